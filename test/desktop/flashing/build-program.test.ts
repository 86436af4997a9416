// What flash builds: the board's program and the loader, and no other board's.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildProgram, isUnbuilt } from "../../../src/desktop/flashing/build-program.js";

describe("building what is flashed", function () {
  this.timeout(120_000);

  it("makes the board's program and the loader where they are missing", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-build-"));
    const pathOf = (name: string) => path.join(folder, `${name}.js`);
    try {
      assert.ok(isUnbuilt("linux", pathOf));
      buildProgram("linux", folder);
      assert.ok(!isUnbuilt("linux", pathOf));
      assert.ok(isUnbuilt("esp32", pathOf));
      const boards = readdirSync(folder).filter((name) => /^(esp32|espruino|sim)/.test(name));
      assert.deepEqual(boards, []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says which board could not be built", () => {
    assert.throws(() => buildProgram("no-such-board"), /board no-such-board could not be built/);
  });
});
