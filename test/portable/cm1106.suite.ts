// Cubic CM1106: values out of a UART's bytes, and its commands. Frames are of test/vectors/co2-frames.json.

import { cm1106Frame, DRIVER } from "../../src/firmware/sensors/cm1106.js";
import { CM1106_FRAMES } from "./co2-frames.js";
import { createCo2World, digits, testAnswers, warmWorld } from "./co2-world.js";
import { fromHex, toHex } from "./hex.js";
import { equal, suite, thrownBy } from "./suite.js";

const ANSWER = { frame: fromHex(CM1106_FRAMES["rx 600 ppm"]), expected: "600" };
const CALIBRATED = fromHex(CM1106_FRAMES["rx calibration accepted"]);

/** Of the answer to `0f`: on or off, a cycle of 7 days, 400 ppm. */
function setting(open: string): string {
  return cm1106Frame(fromHex("16 07 0f 64" + open + "07 01 90 64"));
}

/** What is told of four digits of value and two of status. */
function toldOf(value: string, status: string): string {
  const frame = cm1106Frame(fromHex("16 05 01" + value + status + "00"));
  return warmWorld(DRIVER).measured(frame).join(" ");
}

export const cm1106Suite = suite("sensors/cm1106", function (test) {
  test("every frame that is known", function () {
    const world = warmWorld(DRIVER);
    equal(world.measured(ANSWER.frame), ["600"]);
    equal(world.written(), [digits(CM1106_FRAMES["tx read CO2"])]);
    const refusal = "rx error 1 (bad checksum) to command 1";
    equal(world.measured(fromHex(CM1106_FRAMES[refusal])), ["gap error-1"]);
    equal(world.measured(CALIBRATED), [], "an answer to another question");
  });

  testAnswers(test, DRIVER, ANSWER, { title: "two minutes", delayMs: 120000 });

  test("status and range", function () {
    equal([toldOf("0258", "11"), toldOf("0258", "80")], ["600", "600"]);
    equal([toldOf("0258", "02"), toldOf("0258", "05")], ["gap status-2", "gap status-4"]);
    equal([toldOf("0258", "20"), toldOf("0258", "48")], ["gap status-20", "gap status-48"]);
    equal([toldOf("0001", "00"), toldOf("1388", "00")], ["1", "5000"]);
    equal([toldOf("0000", "00"), toldOf("1389", "00")].join(), "gap out-of-range,gap out-of-range");
  });

  test("what it says while it warms up is no value, and from afar it has begun again", function () {
    const world = createCo2World(DRIVER, 60000);
    function frame(value: string): string {
      return cm1106Frame(fromHex("16 05 01" + value + "00 00"));
    }
    function measured(value: string): string {
      return world.measured(frame(value)).join(" ");
    }
    world.warmUp(60000, frame("0225"));
    equal([measured("0225"), measured("0226"), measured("0227")], ["549", "gap plateau", "551"]);
    equal([measured("0320"), measured("0226")], ["800", "gap plateau"]);
    equal(measured("0320"), "gap warming-up");
    world.warmUp(60000, frame("0320"));
    equal(measured("0320"), "800");
  });

  test("self-calibration is written when it differs, its cycle and base stay", function () {
    const world = warmWorld(DRIVER);
    const read = toHex(cm1106Frame(fromHex("11 01 0f")));
    world.command("self-calibration", 1);
    world.sensor.push(setting("00"));
    equal([world.written(), world.outcomes()], [[read], ["same"]]);
    world.command("self-calibration", 0);
    world.sensor.push(setting("00"));
    world.sensor.push(cm1106Frame(fromHex("16 01 10")));
    world.advance(500);
    world.sensor.push(setting("02"));
    const write = toHex(cm1106Frame(fromHex("11 07 10 64 02 07 01 90 64")));
    equal([world.written(), world.outcomes()], [[read, write, read], ["done"]]);
  });

  test("calibration", function () {
    const world = warmWorld(DRIVER);
    world.command("forced", 400);
    equal(world.written(), [digits(CM1106_FRAMES["tx calibrate to 400 ppm"])]);
    world.sensor.push(CALIBRATED);
    equal(world.outcomes(), ["done"]);
    world.command("forced", 1500);
    world.sensor.push(cm1106Frame(fromHex("06 02 03 04")));
    world.command("forced", 400);
    world.advance(500);
    world.command("zero", 0);
    equal(world.outcomes(), ["failed", "failed", "unsupported"]);
    [399, 1501, NaN].forEach(function (co2Ppm) {
      const message = thrownBy(function () {
        world.command("forced", co2Ppm);
      });
      equal(message, "forced must be 400 to 1500");
    });
  });
});
