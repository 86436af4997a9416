import assert from "node:assert/strict";
import { logEventOf } from "../../../src/desktop/sim/agent-log.js";

describe("logEventOf", () => {
  it("reads level, event and values", () => {
    assert.deepEqual(logEventOf("info report id=k3Zx/A+=-1 entries=1 ele=-12.5"), {
      level: "info",
      name: "report",
      values: { id: "k3Zx/A+=-1", entries: "1", ele: "-12.5" },
    });
  });

  it("reads an event without values", () => {
    assert.deepEqual(logEventOf("error lost"), { level: "error", name: "lost", values: {} });
  });

  it("keeps the blanks in what an engine says of an error", () => {
    const line = "warn offline reason=disconnected:Error: Unable to connect (-2) retryMs=812";
    assert.deepEqual(logEventOf(line)?.values, {
      reason: "disconnected:Error: Unable to connect (-2)",
      retryMs: "812",
    });
  });

  it("reads an empty value, and one with a colon and an equals sign", () => {
    assert.deepEqual(logEventOf("warn refused id= condition=a+b type=x=y:z")?.values, {
      id: "",
      condition: "a+b",
      type: "x=y:z",
    });
  });

  it("does not mind blanks around the line", () => {
    assert.equal(logEventOf("  warn gap reason=no-fix \r")?.values["reason"], "no-fix");
  });

  for (const line of ["", "info", "debug gap", "Uncaught Error: x", ">", "information desk=1"]) {
    it(`passes over "${line}"`, () => assert.equal(logEventOf(line), undefined));
  }
});
