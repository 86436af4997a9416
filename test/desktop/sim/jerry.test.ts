// The main job in the real JerryScript. JERRY names its `jerry` command, JERRY_180 one with a heap of 180 KB, that of a Pico W
// with Kaluma.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertOutcome, assertSuccess, eventsOf, named, runProgram } from "../cli/program.js";

const TIMEOUT_MS = 40_000;
/** So many before the recording is over: when it starts again its dates do too. */
const REPORTS = 3;
/** Of jerry-main, built with --mem-heap=180: the engine takes the rest for itself. */
const SMALL_HEAP_BYTES = 184_320;

interface Heap {
  readonly peakBytes: number;
  readonly totalBytes: number;
}

async function runSim(binary: string, ...args: string[]) {
  const env = { JERRY: binary };
  const common = ["sim", "--json", "--engine", "jerry", "--reports", `${REPORTS}`];
  return runProgram([...common, ...args], { env, timeoutMs: TIMEOUT_MS });
}

async function heapOfReports(binary: string, ...args: string[]): Promise<Heap> {
  const ended = await runSim(binary, ...args);
  assertSuccess(ended);
  assertOutcome(ended.stdout, REPORTS);
  const [scene] = named(eventsOf(ended.stdout), "scene");
  assert.match(`${scene["board"]}`, /build\/jerry\.js .* in JerryScript/);
  const [outcome] = named(eventsOf(ended.stdout), "outcome");
  return outcome["memory"] as Heap;
}

for (const [variable, name] of [
  ["JERRY", "JerryScript"],
  ["JERRY_180", "JerryScript with a heap of 180 KB"],
] as const) {
  const binary = process.env[variable];
  const title = `sim in ${name}${binary ? "" : ` (skipped: set ${variable})`}`;

  (binary ? describe : describe.skip)(title, function () {
    this.timeout(TIMEOUT_MS + 2000);

    for (const options of [["--plain"], [], ["--tls"], ["--trace"]]) {
      it(["has its reports acknowledged", ...options].join(" "), async () => {
        const heap = await heapOfReports(binary!, ...options);
        // A build without statistics says nothing.
        if (variable === "JERRY_180") {
          assert.ok(heap.totalBytes <= SMALL_HEAP_BYTES, `a heap of ${heap.totalBytes}`);
          assert.ok(heap.peakBytes > 50_000 && heap.peakBytes < heap.totalBytes);
        }
      });
    }
  });
}

/** Says its version, takes a line, and ends as the engine without memory does: its lines before it, or after. */
const DYING = `#!/bin/sh
[ "$1" = --version ] && exit 0
read -r line
exec 0<&- 1>&- 2>&-
sleep 0.3
exit 10
`;

describe("sim in JerryScript", function () {
  this.timeout(TIMEOUT_MS);

  it("says so when the engine dies, also when its lines end before it does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "microspime-jerry-"));
    try {
      const binary = join(folder, "jerry");
      writeFileSync(binary, DYING, { mode: 0o755 });
      const ended = await runSim(binary);
      assert.equal(ended.status, 1, ended.stderr);
      assert.match(
        ended.stderr,
        /^microspime: The board's program has stopped: the engine is out of memory/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says how to get it where there is none", async () => {
    const ended = await runSim("/nowhere/jerry");
    assert.equal(ended.status, 5);
    assert.equal(
      ended.stderr,
      'microspime: There is no JerryScript at "/nowhere/jerry".\n' +
        "Set JERRY to the `jerry` command of JerryScript 3.0, or leave --engine out to run in Node.\n",
    );
  });
});
