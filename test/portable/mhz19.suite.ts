// Winsen MH-Z19: values out of a UART's bytes, and its commands. Frames are of test/vectors/co2-frames.json.

import { DRIVER, mhz19Frame } from "../../src/firmware/sensors/mhz19.js";
import { MHZ19_FRAMES } from "./co2-frames.js";
import { createCo2World, digits, proveBounds, testAnswers, warmWorld } from "./co2-world.js";
import { fromHex, toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const PPM_608 = fromHex(MHZ19_FRAMES["rx 608 ppm, 31 C"]);
const ANSWER = { frame: PPM_608, expected: "608" };

/** An answer of any command. */
function answer(command: string, data: string): string {
  return mhz19Frame("\xff" + command + (data + "\0\0\0\0\0\0").slice(0, 6));
}

function reading(co2Ppm: number): string {
  return answer("\x86", String.fromCharCode(co2Ppm >> 8, co2Ppm & 255));
}

/** What is told of readings, one after the other. */
function toldOf(readings: number[]): string[] {
  const world = warmWorld(DRIVER);
  return readings.map((co2Ppm) => world.measured(reading(co2Ppm)).join(" "));
}

export const mhz19Suite = suite("sensors/mhz19", function (test) {
  test("every frame that is known", function () {
    const world = warmWorld(DRIVER);
    equal(world.measured(fromHex(MHZ19_FRAMES["rx 544 ppm"])), ["544"]);
    equal(world.written(), [digits(MHZ19_FRAMES["tx read CO2"])]);
    equal(world.measured(PPM_608), ["608"]);
    const wrong = "rx 3557 ppm, 21 C, status 0x40 (PWM said 1420 ppm)";
    equal(world.measured(fromHex(MHZ19_FRAMES[wrong])), ["gap status-40"]);
    const constant = "rx 410 ppm, 25 C (the warm-up constant)";
    equal(world.measured(fromHex(MHZ19_FRAMES[constant])), ["gap plateau"]);
    const damaged = "rx 395 ppm, 22 C but checksum 00: must be rejected";
    equal(world.measured(fromHex(MHZ19_FRAMES[damaged])), []);
    equal(world.measured(PPM_608), ["gap check", "608"]);
  });

  testAnswers(test, DRIVER, ANSWER, { title: "three minutes", delayMs: 180000 });

  test("the range", function () {
    equal(toldOf([1, 400, 10000]), ["1", "400", "10000"]);
    const none = "gap out-of-range";
    equal(toldOf([0, 10001, 65535]), [none, none, none]);
  });

  test("a plateau is no value, however it was come to", function () {
    equal(toldOf([409, 410, 411]), ["409", "gap plateau", "411"], "a sensor that begins again");
    equal(toldOf([1200, 1215, 1216]), ["1200", "gap plateau", "1216"]);
    equal(
      toldOf([388, 410, 555, 1215, 15000]).filter((told) => told !== "gap plateau"),
      [],
    );
  });

  test("a plateau from afar is a sensor that has lost its power, and warms up again", function () {
    const world = createCo2World(DRIVER, 60000);
    world.warmUp(60000, reading(800));
    equal(world.measured(reading(800)), ["800"]);
    equal(world.measured(reading(410)), ["gap plateau"]);
    equal(world.measured(reading(700)), ["gap warming-up"]);
    world.warmUp(60000, reading(700));
    equal(world.measured(reading(700)), ["700"]);
  });

  test("self-calibration is written when it differs, and read again", function () {
    const world = warmWorld(DRIVER);
    const on = answer("\x7d", "\0\0\0\0\0\x01");
    const off = answer("\x7d", "");
    const read = "ff017d0000000000" + toHex(mhz19Frame("\xff\x01\x7d\0\0\0\0\0").slice(8));
    world.command("self-calibration", 0);
    world.sensor.measure();
    equal(world.told(), ["gap busy"]);
    world.sensor.push(on);
    world.advance(500);
    world.sensor.push(off);
    equal(world.written(), [read, digits(MHZ19_FRAMES["tx ABC off"]), read]);
    equal(world.outcomes(), ["done"]);
    world.command("self-calibration", 0);
    world.sensor.push(off);
    equal([world.written(), world.outcomes()], [[read], ["same"]]);
    world.command("self-calibration", 1);
    world.sensor.push(off);
    equal(world.written(), [read, digits(MHZ19_FRAMES["tx ABC on"])]);
    world.advance(500);
    world.sensor.push(off);
    equal(world.outcomes(), ["failed"], "it did not take it");
  });

  test("a command to a sensor that does not answer writes nothing", function () {
    const world = warmWorld(DRIVER);
    world.command("self-calibration", 1);
    world.advance(499);
    equal([world.written().length, world.outcomes()], [1, []]);
    world.command("range", 2000);
    equal(world.outcomes(), ["failed"], "one at a time");
    world.advance(1);
    equal([world.written(), world.outcomes(), world.told()], [[], ["failed"], []]);
    equal(world.measured(PPM_608), ["608"]);
  });

  test("a command in the place of a measurement", function () {
    const world = warmWorld(DRIVER);
    world.sensor.measure();
    world.command("zero", 0);
    equal(world.told(), ["gap busy"]);
    equal(world.written().slice(1), [digits(MHZ19_FRAMES["tx zero point calibration (400 ppm)"])]);
    world.sensor.push(PPM_608);
    equal([world.told(), world.outcomes()], [[], ["done"]]);
  });

  test("span and range", function () {
    const world = warmWorld(DRIVER);
    world.command("forced", 2000);
    equal(world.written(), [digits(MHZ19_FRAMES["tx span 2000 ppm"])]);
    [2000, 5000].forEach(function (rangePpm) {
      world.command("range", rangePpm);
      world.sensor.push(answer("\x9b", "\0\0\x27\x10"));
      equal(world.written()[1], digits(MHZ19_FRAMES["tx range " + rangePpm]));
      world.advance(500);
      world.sensor.push(
        answer("\x9b", "\0\0" + String.fromCharCode(rangePpm >> 8, rangePpm & 255)),
      );
      world.written();
    });
    equal(world.outcomes(), ["done", "done", "done"]);
  });

  test("what it cannot do, and what nobody can mean", function () {
    const world = warmWorld(DRIVER);
    world.command("altitude", 100);
    world.command("pressure", 1000);
    equal(world.outcomes(), ["unsupported", "unsupported"]);
    proveBounds(world, [
      ["self-calibration", 2],
      ["self-calibration", NaN],
      ["forced", 999],
      ["forced", 1000.5],
      ["range", 999],
      ["range", 10001],
    ]);
    equal([world.written(), world.outcomes()], [[], []]);
    equal(world.measured(PPM_608), ["608"]);
  });
});
