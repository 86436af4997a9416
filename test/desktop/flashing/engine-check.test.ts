// Which Espruino a bundle may go to.

import assert from "node:assert/strict";
import { Failure } from "../../../src/desktop/failure.js";
import { checkEngine, compareVersions } from "../../../src/desktop/flashing/engine-check.js";

const esp32 = { name: "esp32", engine: { board: "ESP32", version: "2v29" } };

function refusal(board: string, version: string): string {
  try {
    checkEngine({ board, version }, esp32);
  } catch (error) {
    assert.ok(error instanceof Failure);
    return `${error.exitCode} ${error.message}`;
  }
  return "";
}

describe("The check of the engine", () => {
  it("takes the board's own, and builds of it", () => {
    assert.equal(checkEngine({ board: "ESP32", version: "2v29" }, esp32), undefined);
    assert.equal(checkEngine({ board: "ESP32_IDF4", version: "2v29.277" }, esp32), undefined);
  });

  it("refuses another chip's", () => {
    assert.match(refusal("ESP32C3_IDF4", "2v29"), /^6 .*for ESP32C3_IDF4, and esp32 needs .*ESP32/);
    assert.match(refusal("", "2v29"), /an unknown board/);
  });

  it("refuses an older one and says of a newer one that nobody has tried it", () => {
    assert.match(refusal("ESP32", "2v25.10"), /^6 The board has Espruino 2v25.10, and 2v29/);
    assert.match(refusal("ESP32", ""), /unknown version/);
    assert.match(checkEngine({ board: "ESP32", version: "2v30" }, esp32) ?? "", /newer than 2v29/);
  });

  it("asks no board's name where any will do", () => {
    const any = { name: "espruino", engine: { version: "2v29" } };
    assert.equal(checkEngine({ board: "PICO_R1_3", version: "2v29" }, any), undefined);
  });

  it("compares numbers, not letters", () => {
    assert.equal(compareVersions("2v100", "2v29"), 1);
    assert.equal(compareVersions("1v99", "2v29"), -1);
    assert.equal(compareVersions("2v29.5", "2v29"), 0);
  });
});
