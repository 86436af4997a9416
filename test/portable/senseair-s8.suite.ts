// SenseAir S8, S88, K30: values out of a UART's bytes, and their commands. Frames are of test/vectors/co2-frames.json.

import { withCrc16 } from "../../src/firmware/sensors/modbus.js";
import { DRIVER } from "../../src/firmware/sensors/senseair-s8.js";
import { K30_FRAMES, S8_FRAMES } from "./co2-frames.js";
import { digits, testAnswers, warmWorld } from "./co2-world.js";
import { fromHex } from "./hex.js";
import { equal, suite, thrownBy } from "./suite.js";

const ANSWER = { frame: fromHex(S8_FRAMES["rx status 0, 400 ppm"]), expected: "400" };

function s8(kindAndMeaning: string): string {
  return fromHex(S8_FRAMES[kindAndMeaning]);
}

/** What is told of an answer with this status and this value, four digits each. */
function toldOf(status: string, value: string): string {
  const frame = withCrc16(fromHex("fe 04 08" + status + "0000 0000" + value));
  return warmWorld(DRIVER).measured(frame).join(" ");
}

export const senseairS8Suite = suite("sensors/senseair-s8", function (test) {
  test("every frame that is known", function () {
    const world = warmWorld(DRIVER);
    equal(world.measured(ANSWER.frame), ["400"]);
    equal(world.written(), [digits(S8_FRAMES["tx read status+CO2"])]);
    equal(world.measured(s8("rx output status 1, 531 ppm")), ["531"]);
    equal(world.measured(s8("rx output status 1, 532 ppm")), ["532"]);
    equal(world.measured(s8("rx -17 ppm as int16 (65519 if unsigned)")), ["gap out-of-range"]);
    equal(world.measured(s8("rx Modbus exception 2 to function 4")), ["gap error-2"]);
  });

  test("answers to other questions are none", function () {
    const world = warmWorld(DRIVER);
    Object.keys(S8_FRAMES).forEach(function (meaning) {
      if (S8_FRAMES[meaning].slice(0, 8) === "fe 04 08" || meaning.slice(0, 4) === "rx M") return;
      world.sensor.measure();
      world.told();
      world.sensor.push(s8(meaning));
      equal(world.told(), [], meaning);
    });
    Object.keys(K30_FRAMES).forEach(function (meaning) {
      world.sensor.push(fromHex(K30_FRAMES[meaning]));
      equal(world.told(), [], meaning);
    });
  });

  testAnswers(test, DRIVER, ANSWER, { title: "a minute", delayMs: 60000 });

  test("each bit of the status", function () {
    equal(toldOf("0001", "0190"), "gap status-1");
    equal(toldOf("0002", "0190"), "gap status-2");
    equal(toldOf("0010", "0190"), "gap status-10");
    equal(toldOf("0020", "0190"), "gap out-of-range");
    equal(toldOf("0060", "0190"), "gap status-40");
    equal(toldOf("8000", "0190"), "gap status-8000");
  });

  test("the range", function () {
    equal([toldOf("0000", "0001"), toldOf("0000", "2710")], ["1", "10000"]);
    ["0000", "2711", "7fff", "8000", "ffff"].forEach(function (value) {
      equal(toldOf("0000", value), "gap out-of-range", value);
    });
  });

  test("self-calibration is written when it differs, and read again", function () {
    const world = warmWorld(DRIVER);
    const read = digits(S8_FRAMES["tx read ABC period"]);
    const off = withCrc16(fromHex("fe 03 02 00 00"));
    world.command("self-calibration", 1);
    world.sensor.push(s8("rx ABC period 180 h"));
    equal([world.written(), world.outcomes()], [[read], ["same"]]);
    world.command("self-calibration", 0);
    world.sensor.push(s8("rx ABC period 180 h"));
    world.sensor.push(s8("tx ABC off"));
    world.advance(500);
    world.sensor.push(off);
    equal(world.written(), [read, digits(S8_FRAMES["tx ABC off"]), read]);
    world.command("self-calibration", 1);
    world.sensor.push(off);
    equal(world.written(), [read, digits(S8_FRAMES["tx ABC period 180 h"])]);
    world.advance(1000);
    equal(world.outcomes(), ["done", "failed"], "nothing could be read again");
  });

  test("background calibration is done when its bit says so", function () {
    const clear = digits(S8_FRAMES["tx clear acknowledgement register"]);
    const start = digits(S8_FRAMES["tx background calibration (400 ppm)"]);
    const read = digits(S8_FRAMES["tx read acknowledgement"]);
    const bit5 = s8("rx acknowledgement bit 5: background calibration done");
    [bit5, withCrc16(fromHex("fe 03 02 00 00"))].forEach(function (answer) {
      const world = warmWorld(DRIVER);
      world.command("zero", 0);
      world.sensor.push(fromHex(clear));
      world.sensor.push(fromHex(start));
      world.advance(10000);
      equal(world.written(), [clear, start, read]);
      world.sensor.push(answer);
      equal(world.outcomes(), [answer === bit5 ? "done" : "failed"]);
    });
  });

  test("a command is refused, or not answered", function () {
    const world = warmWorld(DRIVER);
    world.command("zero", 0);
    world.sensor.push(withCrc16("\xfe\x86\x02"));
    equal(world.outcomes(), ["failed"]);
    world.command("zero", 0);
    world.advance(500);
    equal([world.outcomes(), world.told()], [["failed"], []]);
    equal(world.measured(ANSWER.frame), ["400"]);
  });

  test("what it cannot do, and what nobody can mean", function () {
    const world = warmWorld(DRIVER);
    world.command("forced", 400);
    world.command("range", 2000);
    world.command("altitude", 100);
    equal(world.outcomes(), ["unsupported", "unsupported", "unsupported"]);
    const message = thrownBy(function () {
      world.command("self-calibration", -1);
    });
    equal([message, world.written()], ["self-calibration must be 0 to 1", []]);
  });
});
