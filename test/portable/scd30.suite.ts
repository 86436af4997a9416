// Sensirion SCD30: values off the bus, and its commands. Frames are of test/vectors/co2-frames.json.

import { DRIVER, wholeFloat } from "../../src/firmware/sensors/scd30.js";
import { crc8, wordsIn } from "../../src/firmware/sensors/sensirion.js";
import { SCD30_FRAMES } from "./co2-frames.js";
import { digits, measuredOnBus, measuringWorld, proveBounds, warmWorld } from "./co2-world.js";
import type { Co2World } from "./co2-world.js";
import { fromHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const READY = SCD30_FRAMES["rx data ready"];
const NOT_READY = "00 00 81";
const PPM_439 = SCD30_FRAMES["rx 439.09515 ppm, 27.23828 C, 48.806744 %RH"];
const ZERO = "00 00 81 00 00 81";

function tx(meaning: string): string {
  return "61 " + digits(SCD30_FRAMES["tx " + meaning]);
}

/** A number's two words, the lower one zero, with their checks. */
function float(high: string): string {
  const crc = (crc8(fromHex(high)) + 256).toString(16).slice(1);
  return high + crc + "000081";
}

/** One whose first value is over. */
function started(): Co2World {
  return measuringWorld(DRIVER, [READY, PPM_439]);
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
    const world = started();
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    equal(world.written(), ["61 0202", "61 0300"]);
  });

  test("the first after the start is none, nor a zero and the next", function () {
    const world = warmWorld(DRIVER);
    const warming = ["gap warming-up"];
    equal(measuredOnBus(world, [READY, ZERO]), warming);
    equal(measuredOnBus(world, [READY, PPM_439]), warming);
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    equal(measuredOnBus(world, [READY, ZERO]), warming, "it has begun again");
    equal(measuredOnBus(world, [READY, PPM_439]), warming);
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
  });

  test("after it has not answered it may have begun again: the first is none", function () {
    const world = started();
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    equal(measuredOnBus(world, [READY, "nack"]), ["gap silent"]);
    equal(measuredOnBus(world, [READY, PPM_439]), ["gap warming-up"]);
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    world.isThere = false;
    equal(measuredOnBus(world, []), ["gap silent"]);
    world.isThere = true;
    equal(measuredOnBus(world, [READY, PPM_439]), ["gap warming-up"]);
  });

  test("a fall that its filter does not let through is one that has begun again", function () {
    const world = started();
    const [ppm320, ppm340] = [float("43a0"), float("43aa")];
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    equal(measuredOnBus(world, [READY, ppm340]), ["340"], "as far as it can fall");
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
    equal(measuredOnBus(world, [READY, ppm320]), ["gap warming-up"]);
    equal(measuredOnBus(world, [READY, PPM_439]), ["gap warming-up"]);
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
  });

  test("what does not measure is started, once: it is kept", function () {
    const world = warmWorld(DRIVER);
    [1, 2, 3, 4, 5].forEach(function () {
      equal(measuredOnBus(world, [NOT_READY]), ["gap not-ready"]);
    });
    const ready = "61 0202";
    equal(world.written(), [ready, ready, tx("start, no pressure"), ready, ready, ready]);
  });

  test("a start that it does not take is tried again", function () {
    const world = warmWorld(DRIVER);
    measuredOnBus(world, [NOT_READY]);
    world.answers = [NOT_READY];
    world.sensor.measure();
    world.isThere = false;
    world.advance(1000);
    world.isThere = true;
    world.written();
    measuredOnBus(world, [NOT_READY]);
    measuredOnBus(world, [NOT_READY]);
    equal(world.written(), ["61 0202", "61 0202", tx("start, no pressure")]);
  });

  test("any bit flipped", function () {
    const world = started();
    for (let bit = 0; bit < 48; bit++) {
      const bytes = fromHex(PPM_439);
      const at = bit >> 3;
      const flipped = ((bytes.charCodeAt(at) ^ (1 << (bit & 7))) + 256).toString(16).slice(1);
      const hex = digits(PPM_439);
      const answer = hex.slice(0, 2 * at) + flipped + hex.slice(2 * at + 2);
      equal(measuredOnBus(world, [READY, answer]), ["gap check"], "bit " + bit);
    }
    equal(measuredOnBus(world, ["00 01 b1"]), ["gap check"]);
    equal(measuredOnBus(world, [READY, PPM_439]), ["439"]);
  });

  test("it does not answer", function () {
    const world = started();
    equal(measuredOnBus(world, ["nack"]), ["gap silent"]);
    equal(measuredOnBus(world, [READY, "nack"]), ["gap silent"]);
    equal(measuredOnBus(world, [READY, "43 db cb"]), ["gap silent"], "cut");
    world.isThere = false;
    equal(measuredOnBus(world, [READY, PPM_439]), ["gap silent"]);
  });

  test("values that are none", function () {
    ["c3db", "7fc0", "7f80", "477f"].forEach(function (high) {
      equal(measuredOnBus(started(), [READY, float(high)]), ["gap out-of-range"], high);
    });
  });

  test("settings are read before they are written, and after", function () {
    const world = started();
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
    const world = started();
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
    const world = started();
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
    const world = started();
    world.command("zero", 0);
    world.command("range", 2000);
    equal(world.outcomes(), ["unsupported", "unsupported"]);
    proveBounds(world, [
      ["forced", 399],
      ["forced", 2001],
      ["pressure", 699],
      ["altitude", -1],
    ]);
    equal(world.written(), []);
  });
});
