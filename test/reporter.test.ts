// The reporter of these very tests: what is skipped and why, and the count as the last line.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SPEC = `
describe("outer", () => {
  it("passes", () => {});
  it("passes too", () => {});
  it("fails", () => { throw new Error("wrong"); });
  it.skip("needs one (skipped: install one)", () => {});
  describe.skip("suite (skipped: set TWO)", () => {
    it("first", () => {});
    it("second", () => {});
  });
  it("says nothing", function () { this.skip(); });
});
`;

describe("reporter", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-reporter-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(spec: string): { status: number | null; lines: string[] } {
    const file = join(folder, "spec.cjs");
    writeFileSync(file, spec);
    const options = ["--no-config", "--no-color", "--reporter", "test/reporter.cjs"];
    const command = ["node_modules/mocha/bin/mocha.js", ...options, file];
    const { status, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" });
    return { status, lines: stdout.trimEnd().split("\n") };
  }

  it("lists what was skipped by what it lacks, and counts in the last line", () => {
    const { status, lines } = run(SPEC);
    assert.equal(status, 1);
    assert.deepEqual(lines.slice(lines.indexOf("Skipped:")), [
      "Skipped:",
      "  install one",
      "    - outer needs one",
      "  no reason given",
      "    - outer says nothing",
      "  set TWO",
      "    - outer suite first",
      "    - outer suite second",
      "",
      "2 passed, 1 failed, 4 skipped",
    ]);
  });

  it("says nothing of skipped tests when there are none", () => {
    const { status, lines } = run('it("passes", () => {});');
    assert.equal(status, 0);
    assert.ok(!lines.includes("Skipped:"));
    assert.equal(lines.at(-1), "1 passed, 0 failed, 0 skipped");
  });
});
