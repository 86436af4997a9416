// Sensirion SCD30: values off the bus, and its commands. Frames are of test/vectors/co2-frames.json.

import { DRIVER, wholeFloat } from "../../src/firmware/sensors/scd30.js";
import { crc8, wordsIn } from "../../src/firmware/sensors/sensirion.js";
import { SCD30_FRAMES } from "./co2-frames.js";
import { digits, warmWorld } from "./co2-world.js";
import type { Co2World } from "./co2-world.js";
import { fromHex } from "./hex.js";
import { equal, suite, thrownBy } from "./suite.js";

const READY = SCD30_FRAMES["rx data ready"];
const NOT_READY = "00 00 81";
const PPM_439 = SCD30_FRAMES["rx 439.09515 ppm, 27.23828 C, 48.806744 %RH"];
const ZERO = "00 00 81 00 00 81";

function tx(meaning: string): string {
  return "61 " + digits(SCD30_FRAMES["tx " + meaning]);
}

/** Asks once, the device saying this; what was told. */
function measured(world: Co2World, answers: string[]): string[] {
  world.answers = answers;
  world.sensor.measure();
  world.advance(1000);
  return world.told();
}

/** A number's two words, the lower one zero, with their checks. */
function float(high: string): string {
  const crc = (crc8(fromHex(high)) + 256).toString(16).slice(1);
  return high + crc + "000081";
}

/** One whose first value is over. */
function measuringWorld(): Co2World {
  const world = warmWorld(DRIVER);
  measured(world, [READY, PPM_439]);
  world.written();
  return world;
}

function commanded(world: Co2World, answers: string[], command: () => void): string[] {
  world.answers = answers;
  command();
  world.advance(5000);
  return world.outcomes();
}

export const scd30Suite = suite("sensors/scd30", function (test) {
  test("the datasheet's CRC and float", function () {
    equal(crc8("\xbe\xef"), 0x92);
    equal(wordsIn(fromHex(PPM_439)).length, 12);
    equal(wholeFloat(fromHex("43 db 8c 2e")), 439);
    equal(
      ["00000000", "3f800000", "461c4000", "471c4000"].map((hex) => wholeFloat(fromHex(hex))),
      [0, 1, 10000, 40000],
    );
    equal(
      ["c3db8c2e", "7fc00000", "7f800000", "ff800000", "4b800000"].map(
        (hex) => wholeFloat(fromHex(hex)) > 40000,
      ),
      [true, true, true, true, true],
    );
  });

  test("a value, and what is asked for it", function () {
    const world = measuringWorld();
    equal(measured(world, [READY, PPM_439]), ["439"]);
    equal(world.written(), ["61 0202", "61 0300"]);
  });

  test("the first after the start is none, nor a zero and the next", function () {
    const world = warmWorld(DRIVER);
    const warming = ["gap warming-up"];
    equal(measured(world, [READY, ZERO]), warming);
    equal(measured(world, [READY, PPM_439]), warming);
    equal(measured(world, [READY, PPM_439]), ["439"]);
    equal(measured(world, [READY, ZERO]), warming, "it has begun again");
    equal(measured(world, [READY, PPM_439]), warming);
    equal(measured(world, [READY, PPM_439]), ["439"]);
  });

  test("after it has not answered it may have begun again: the first is none", function () {
    const world = measuringWorld();
    equal(measured(world, [READY, PPM_439]), ["439"]);
    equal(measured(world, [READY, "nack"]), ["gap silent"]);
    equal(measured(world, [READY, PPM_439]), ["gap warming-up"]);
    equal(measured(world, [READY, PPM_439]), ["439"]);
    world.isThere = false;
    equal(measured(world, []), ["gap silent"]);
    world.isThere = true;
    equal(measured(world, [READY, PPM_439]), ["gap warming-up"]);
  });

  test("a fall that its filter does not let through is one that has begun again", function () {
    const world = measuringWorld();
    const [ppm320, ppm340] = [float("43a0"), float("43aa")];
    equal(measured(world, [READY, PPM_439]), ["439"]);
    equal(measured(world, [READY, ppm340]), ["340"], "as far as it can fall");
    equal(measured(world, [READY, PPM_439]), ["439"]);
    equal(measured(world, [READY, ppm320]), ["gap warming-up"]);
    equal(measured(world, [READY, PPM_439]), ["gap warming-up"]);
    equal(measured(world, [READY, PPM_439]), ["439"]);
  });

  test("what does not measure is started, once: it is kept", function () {
    const world = warmWorld(DRIVER);
    [1, 2, 3, 4, 5].forEach(function () {
      equal(measured(world, [NOT_READY]), ["gap not-ready"]);
    });
    const ready = "61 0202";
    equal(world.written(), [ready, ready, tx("start, no pressure"), ready, ready, ready]);
  });

  test("a start that it does not take is tried again", function () {
    const world = warmWorld(DRIVER);
    measured(world, [NOT_READY]);
    world.answers = [NOT_READY];
    world.sensor.measure();
    world.isThere = false;
    world.advance(1000);
    world.isThere = true;
    world.written();
    measured(world, [NOT_READY]);
    measured(world, [NOT_READY]);
    equal(world.written(), ["61 0202", "61 0202", tx("start, no pressure")]);
  });

  test("any bit flipped", function () {
    const world = measuringWorld();
    for (let bit = 0; bit < 48; bit++) {
      const bytes = fromHex(PPM_439);
      const at = bit >> 3;
      const flipped = ((bytes.charCodeAt(at) ^ (1 << (bit & 7))) + 256).toString(16).slice(1);
      const hex = digits(PPM_439);
      const answer = hex.slice(0, 2 * at) + flipped + hex.slice(2 * at + 2);
      equal(measured(world, [READY, answer]), ["gap check"], "bit " + bit);
    }
    equal(measured(world, ["00 01 b1"]), ["gap check"]);
    equal(measured(world, [READY, PPM_439]), ["439"]);
  });

  test("it does not answer", function () {
    const world = measuringWorld();
    equal(measured(world, ["nack"]), ["gap silent"]);
    equal(measured(world, [READY, "nack"]), ["gap silent"]);
    equal(measured(world, [READY, "43 db cb"]), ["gap silent"], "cut");
    world.isThere = false;
    equal(measured(world, [READY, PPM_439]), ["gap silent"]);
  });

  test("values that are none", function () {
    ["c3db", "7fc0", "7f80", "477f"].forEach(function (high) {
      equal(measured(measuringWorld(), [READY, float(high)]), ["gap out-of-range"], high);
    });
  });

  test("settings are read before they are written, and after", function () {
    const world = measuringWorld();
    const off = function () {
      world.command("self-calibration", 0);
    };
    equal(commanded(world, ["00 00 81"], off), ["same"]);
    equal(world.written(), ["61 5306"]);
    equal(commanded(world, ["00 01 b0", "00 00 81"], off), ["done"]);
    equal(world.written(), ["61 5306", tx("ASC off"), "61 5306"]);
    equal(commanded(world, ["00 01 b0", "00 01 b0"], off), ["failed"]);
    equal(commanded(world, ["00 01 b1"], off), ["failed"], "wrong check");
    equal(commanded(world, [], off), ["failed"]);
    world.written();
    equal(
      commanded(world, ["00 00 81", "03 e8 d4"], function () {
        world.command("altitude", 1000);
      }),
      ["done"],
    );
    equal(world.written()[1], tx("altitude 1000 m"));
    equal(world.told(), []);
  });

  test("a forced value, and the pressure, which is not set twice", function () {
    const world = measuringWorld();
    equal(
      commanded(world, [], function () {
        world.command("forced", 450);
      }),
      ["done"],
    );
    equal(world.written(), [tx("FRC 450 ppm")]);
    function press(): void {
      world.command("pressure", 1000);
    }
    equal([commanded(world, [], press), commanded(world, [], press)], [["done"], ["same"]]);
    equal(world.written(), ["61 001003e8d4"]);
  });

  test("a command goes before a measurement, and one at a time", function () {
    const world = measuringWorld();
    world.answers = ["00 00 81"];
    world.sensor.measure();
    world.command("self-calibration", 0);
    world.command("altitude", 0);
    world.sensor.measure();
    world.advance(1000);
    equal(
      [world.told(), world.outcomes()],
      [
        ["gap busy", "gap busy"],
        ["failed", "same"],
      ],
    );
  });

  test("what it cannot do, and what nobody can mean", function () {
    const world = measuringWorld();
    world.command("zero", 0);
    world.command("range", 2000);
    equal(world.outcomes(), ["unsupported", "unsupported"]);
    const wrong: [Parameters<typeof world.command>[0], number][] = [
      ["forced", 399],
      ["forced", 2001],
      ["pressure", 699],
      ["altitude", -1],
    ];
    wrong.forEach(function (pair) {
      const message = thrownBy(function () {
        world.command(pair[0], pair[1]);
      });
      equal(message.split(" must be ")[0], pair[0]);
    });
    equal(world.written(), []);
  });
});
