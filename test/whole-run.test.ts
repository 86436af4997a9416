import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PRINT =
  "const { leftOut } = require('./test/whole-run.cjs'); console.log(leftOut.join('\\n'))";

function leftOut(environment: Record<string, string>): string[] {
  const env = { PATH: process.env["PATH"], ...environment };
  const { stdout } = spawnSync(process.execPath, ["-e", PRINT], { env, encoding: "utf8" });
  return stdout.trim().split("\n").filter(Boolean);
}

describe("npm test", () => {
  it("leaves out test files that there are", () => {
    const files = leftOut({});
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !existsSync(file)),
      [],
    );
  });

  for (const name of ["WHOLE", "ESPRUINO", "JERRY"]) {
    it(`leaves out none with ${name}`, () => assert.deepEqual(leftOut({ [name]: "1" }), []));
  }
});
