// `microspime co2` as a person runs it.

import assert from "node:assert/strict";
import { assertFailure, assertSuccess, linesOf, runProgram } from "./program.js";

const co2 = (...args: string[]) => runProgram(["co2", ...args]);

describe("microspime co2", () => {
  it("says what each frame is, however its bytes are written", async () => {
    for (const bytes of [["ff 86 02 60 47 00 00 00 d1"], ["0xFF,0x86", "02604700:0000d1"]]) {
      const ended = await co2("mhz19", ...bytes);
      assertSuccess(ended);
      assert.deepEqual(linesOf(ended.stdout), [
        "answer   ff 86 02 60 47 00 00 00 d1  read CO2, co2Ppm 608, temperatureC 31, status 0",
      ]);
    }
  });

  it("is an object a line for scripts", async () => {
    const ended = await co2(
      "senseair-s8",
      "fe0400000004e5c6",
      "fe840 2f2f1".replace(" ", ""),
      "--json",
    );
    assertSuccess(ended);
    const [command, error] = linesOf(ended.stdout).map((line) => JSON.parse(line) as object);
    assert.deepEqual(command, {
      event: "frame",
      hex: "fe 04 00 00 00 04 e5 c6",
      kind: "command",
      what: "read status and CO2",
      fields: {},
      check: "right",
    });
    assert.deepEqual(error, {
      event: "frame",
      hex: "fe 84 02 f2 f1",
      kind: "error",
      what: "refusal of function 4",
      fields: { error: 2 },
      check: "right",
    });
  });

  it("tells a wrong check and bytes of nobody, and ends with 1", async () => {
    const ended = await co2("mhz19", "ff86018b3e00000000", "424d");
    assertFailure(ended, 1, /2 pieces of 2 are not right/, /^Is it a mhz19/);
    const [wrong, unknown] = linesOf(ended.stdout);
    assert.match(wrong, /^answer .* co2Ppm 395, .* check WRONG$/);
    assert.match(unknown, /^unknown +42 4d +no frame of this sensor$/);
  });

  it("says which sensors there are, and what bytes look like", async () => {
    assertFailure(await co2("bme280", "00"), 2, /bme280.*mhz19, senseair-s8, t6713/, /--help/);
    assertFailure(await co2("mhz19", "ff8"), 2, /"ff8" is no bytes/, /^Write them as pairs/);
    assertFailure(await co2("mhz19"), 2, /missing required argument/, /--help/);
  });
});
