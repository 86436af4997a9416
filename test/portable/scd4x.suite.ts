// Sensirion SCD40/SCD41: values off the bus, and their commands. Frames are of test/vectors/co2-frames.json.

import { DRIVER } from "../../src/firmware/sensors/scd4x.js";
import { SCD4X_FRAMES } from "./co2-frames.js";
import { digits, measuredOnBus, measuringWorld } from "./co2-world.js";
import type { Co2World } from "./co2-world.js";
import { equal, suite, thrownBy } from "./suite.js";

const READY = SCD4X_FRAMES["rx data ready"];
const NOT_READY = SCD4X_FRAMES["rx data NOT ready (low 11 bits 0)"];
const PPM_500 = SCD4X_FRAMES["rx 500 ppm, 25.0 C, 37.0 %RH"];
const ON = "00 01 b0";
const OFF = "00 00 81";
const START = "62 21b1";
const STOP = "62 3f86";
const PERSIST = "62 3615";

function tx(meaning: string): string {
  return "62 " + digits(SCD4X_FRAMES["tx " + meaning]);
}

/** One whose first value is over. */
function started(): Co2World {
  return measuringWorld(DRIVER, [READY, PPM_500]);
}

/** The outcomes of a command and what was written for it. */
function commanded(
  world: Co2World,
  answers: string[],
  name: Parameters<Co2World["command"]>[0],
  value: number,
): [string[], string[]] {
  world.answers = answers;
  world.command(name, value);
  world.advance(5000);
  return [world.outcomes(), world.written()];
}

export const scd4xSuite = suite("sensors/scd4x", function (test) {
  test("a value, and what is asked for it", function () {
    const world = started();
    equal(measuredOnBus(world, [READY, PPM_500]), ["500"]);
    equal(world.written(), ["62 e4b8", "62 ec05"]);
  });

  test("a word that says not ready, and is not zero", function () {
    const world = started();
    equal(measuredOnBus(world, [NOT_READY, PPM_500]), ["gap not-ready"]);
    equal(measuredOnBus(world, [READY, PPM_500]), ["500"]);
    equal(measuredOnBus(world, [NOT_READY]), ["gap not-ready"]);
    equal(world.written().indexOf(START), -1, "one miss is none");
  });

  test("what does not measure is started, and its first value is none", function () {
    const world = started();
    measuredOnBus(world, [NOT_READY]);
    measuredOnBus(world, [NOT_READY]);
    equal(world.written(), ["62 e4b8", "62 e4b8", START]);
    equal(measuredOnBus(world, [READY, PPM_500]), ["gap warming-up"]);
    equal(measuredOnBus(world, [READY, PPM_500]), ["500"]);
    world.written();
    measuredOnBus(world, [NOT_READY]);
    measuredOnBus(world, [NOT_READY]);
    equal(world.written()[2], START, "again: it has lost its power");
  });

  test("any bit flipped", function () {
    const world = started();
    const hex = digits(PPM_500);
    for (let bit = 0; bit < 24; bit++) {
      const at = 2 * (bit >> 3);
      const byte = parseInt(hex.slice(at, at + 2), 16) ^ (1 << (bit & 7));
      const flipped = hex.slice(0, at) + (byte + 256).toString(16).slice(1) + hex.slice(at + 2);
      equal(measuredOnBus(world, [READY, flipped]), ["gap check"], "bit " + bit);
    }
  });

  test("it does not answer", function () {
    const world = started();
    equal(measuredOnBus(world, ["nack"]), ["gap silent"]);
    world.isThere = false;
    equal(measuredOnBus(world, [READY, PPM_500]), ["gap silent"]);
    equal(commanded(world, [], "self-calibration", 1)[0], ["failed"]);
  });

  test("the range", function () {
    const world = started();
    equal(measuredOnBus(world, [READY, "ff ff ac"]), ["gap out-of-range"]);
    equal(measuredOnBus(world, [READY, OFF]), ["gap warming-up"]);
  });

  test("self-calibration is persisted when it differs, and only then", function () {
    const world = started();
    const get = "62 2313";
    equal(commanded(world, [ON], "self-calibration", 1), [["same"], [STOP, get, START]]);
    equal(commanded(world, [ON, OFF], "self-calibration", 0), [
      ["done"],
      [STOP, get, tx("ASC off"), PERSIST, get, START],
    ]);
    equal(commanded(world, [OFF, OFF], "self-calibration", 1), [
      ["failed"],
      [STOP, get, tx("ASC on"), PERSIST, get, START],
    ]);
    equal(measuredOnBus(world, [READY, PPM_500]), ["gap warming-up"]);
  });

  test("it has the time to stop and to persist", function () {
    const world = started();
    world.answers = [ON, OFF];
    world.command("self-calibration", 0);
    world.advance(499);
    equal(world.written(), [STOP]);
    world.advance(1);
    equal(world.written(), ["62 2313"]);
    world.sensor.measure();
    equal(world.told(), ["gap busy"]);
    world.advance(10);
    equal(world.written(), [tx("ASC off"), PERSIST]);
    world.advance(799);
    equal(world.written(), []);
    world.advance(20);
    equal(world.outcomes(), ["done"]);
  });

  test("altitude and pressure", function () {
    const world = started();
    const get = "62 2322";
    equal(commanded(world, [OFF, "07 9e 09"], "altitude", 1950), [
      ["done"],
      [STOP, get, tx("altitude 1950 m"), PERSIST, get, START],
    ]);
    equal(commanded(world, [], "pressure", 987), [["done"], [tx("pressure 98700 Pa")]]);
  });

  test("a forced value", function () {
    const world = started();
    const written = [STOP, tx("forced recalibration 480 ppm"), START];
    const answer = SCD4X_FRAMES["rx FRC correction -50 ppm (word - 0x8000)"];
    equal(commanded(world, [answer], "forced", 480), [["done"], written]);
    equal(commanded(world, [SCD4X_FRAMES["rx FRC failed"]], "forced", 480), [["failed"], written]);
    equal(
      commanded(world, [], "forced", 480),
      [["failed"], written],
      "no answer: it measures again",
    );
  });

  test("what it cannot do, and what nobody can mean", function () {
    const world = started();
    equal(commanded(world, [], "zero", 0), [["unsupported"], []]);
    equal(commanded(world, [], "range", 2000), [["unsupported"], []]);
    const message = thrownBy(function () {
      world.command("altitude", 3001);
    });
    equal([message, world.written()], ["altitude must be 0 to 3000", []]);
  });
});
