import assert from "node:assert/strict";
import { ExitCode, Failure } from "../../../src/desktop/failure.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";

describe("readBundle", () => {
  it("reads what the build has made", () => {
    const { file, text } = readBundle("sim");
    assert.match(file, /build.sim\.js$/);
    assert.ok(text.length > 1000);
  });

  it("says what to do before a build", () => {
    assert.throws(
      () => readBundle("toaster"),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.exitCode, ExitCode.toolMissing);
        assert.match(error.message, /build\/toaster\.js cannot be read: ENOENT/);
        assert.match(error.advice, /npm run build/);
        return true;
      },
    );
  });
});
