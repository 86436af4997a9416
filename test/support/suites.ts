// The minified suites (rollup.suites.config.js) and what their runs print (test/portable/run.ts).

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export { findProgram } from "../../src/desktop/outside-programs.js";

export interface SuiteBundle {
  readonly name: string;
  readonly file: string;
  readonly source: string;
}

const DIRECTORY = "build/suites";
/** An engine that stands still is not waited for. */
const TIMEOUT_MS = 60_000;

/** Every suite's bundle; a missing build is an error that says what to do. */
export function findSuiteBundles(): SuiteBundle[] {
  return bundleFiles().map((file) => ({
    name: basename(file, ".js"),
    file,
    source: readFileSync(file, "latin1"),
  }));
}

function bundleFiles(): string[] {
  try {
    const files = readdirSync(DIRECTORY).filter((name) => name.endsWith(".js"));
    if (files.length > 0) return files.sort().map((name) => join(DIRECTORY, name));
  } catch {
    // As if it were empty.
  }
  throw new Error(`There is no bundle in ${DIRECTORY}/. Build them first: npm run build:test`);
}

/** Fails with the tests that failed, or when the run did not come to its end. */
export function assertPassed(lines: readonly string[]): void {
  const count = /^# (\d+) passed (\d+) failed$/.exec(lines.at(-1) ?? "");
  assert.ok(count, `it did not come to its end:\n${lines.join("\n")}`);
  const failures = lines.filter((line) => line.startsWith("not ok "));
  assert.equal(failures.join("\n"), "");
  const [, passed, failed] = count.map(Number);
  assert.equal(failed, 0);
  assert.ok(passed > 0, "it has no test");
  assert.equal(lines.filter((line) => line.startsWith("ok ")).length, passed);
}

/** What an engine prints that runs some files and ends. */
export function runEngine(program: string, files: string[]): string[] {
  const { stdout, stderr, error } = spawnSync(program, files, {
    encoding: "latin1",
    timeout: TIMEOUT_MS,
  });
  if (error) throw error;
  return (stdout + stderr).trimEnd().split("\n");
}
