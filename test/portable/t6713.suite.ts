// Telaire T6713: values out of a UART's bytes, and its commands. Frames are of test/vectors/co2-frames.json.

import { withCrc16 } from "../../src/firmware/sensors/modbus.js";
import { DRIVER } from "../../src/firmware/sensors/t6713.js";
import { T6713_FRAMES } from "./co2-frames.js";
import { digits, testAnswers, warmWorld } from "./co2-world.js";
import { fromHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const WARM = withCrc16(fromHex("15 04 02 00 00"));
const ANSWER = { first: WARM, frame: fromHex(T6713_FRAMES["rx 600 ppm"]), expected: "600" };

/** What is told of a status and, if it is asked for, of a value: four digits each. */
function toldOf(status: string, value: string): string[] {
  const world = warmWorld(DRIVER);
  world.sensor.measure();
  world.sensor.push(withCrc16(fromHex("15 04 02" + status)));
  if (world.written().length > 1) world.sensor.push(withCrc16(fromHex("15 04 02" + value)));
  return world.told();
}

export const t6713Suite = suite("sensors/t6713", function (test) {
  test("every frame that is known", function () {
    const world = warmWorld(DRIVER);
    world.sensor.measure();
    world.sensor.push(WARM);
    equal(world.measured("").concat(world.told()), ["gap silent"], "the value did not come");
    world.sensor.push(WARM);
    world.sensor.push(ANSWER.frame);
    equal(world.told(), ["600"]);
    const status = digits(T6713_FRAMES["tx read status"]);
    const ppm = digits(T6713_FRAMES["tx read ppm"]);
    equal(world.written(), [status, ppm, status, ppm]);
    equal(world.measured(fromHex(T6713_FRAMES["rx status bit 11: warm-up"])), ["gap warming-up"]);
    equal(world.written(), [status], "no value is asked for");
  });

  testAnswers(test, DRIVER, ANSWER, { title: "two minutes", delayMs: 120000 });

  test("the status: faults and calibration, but not the lines", function () {
    equal(toldOf("0001", "0258"), ["gap status-1"]);
    equal(toldOf("0006", "0258"), ["gap status-6"]);
    equal(toldOf("8000", "0258"), ["gap status-8000"]);
    equal(toldOf("0700", "0258"), ["600"]);
  });

  test("the range", function () {
    equal([toldOf("0000", "0008"), toldOf("0000", "1388")], [["8"], ["5000"]]);
    equal(toldOf("0000", "1389"), ["gap out-of-range"]);
  });

  test("a status that comes late is no value", function () {
    equal(toldOf("0000", "0000"), ["gap ambiguous"]);
    equal(toldOf("0000", "0800"), ["gap ambiguous"]);
    equal(toldOf("0000", "8004"), ["gap ambiguous"]);
    equal(toldOf("0700", "0700"), ["gap ambiguous"]);
    equal(toldOf("0400", "0c01"), ["gap ambiguous"]);
    equal([toldOf("0000", "0700"), toldOf("0000", "0808")], [["1792"], ["2056"]]);
  });

  test("an error in the answer's place", function () {
    equal(warmWorld(DRIVER).measured(withCrc16("\x15\x84\x04")), ["gap error-4"]);
  });

  test("commands are done when they are answered with themselves", function () {
    const world = warmWorld(DRIVER);
    const on = digits(T6713_FRAMES["tx ABC on"]);
    world.command("self-calibration", 1);
    equal([world.written(), world.outcomes()], [[on], []]);
    world.sensor.push(fromHex(on));
    world.command("self-calibration", 0);
    world.sensor.push(withCrc16(fromHex("15 05 03 ee 00 00")));
    world.command("zero", 0);
    world.sensor.push(withCrc16(fromHex("15 05 03 ec ff 00")));
    equal(world.outcomes(), ["done", "done", "done"]);
    world.command("zero", 0);
    world.sensor.push(fromHex(on));
    world.advance(500);
    world.command("forced", 400);
    equal(world.outcomes(), ["failed", "unsupported"]);
  });
});
