// `microspime selftest` where something goes wrong in the middle: a row that fails, a line that is cut, Ctrl-C, nobody
// who reads any more.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeEspruino } from "../../support/fake-espruino.js";
import type { FakeEspruino } from "../../support/fake-espruino.js";
import { assertFailure, runProgram } from "./program.js";
import type { RunOptions } from "./program.js";

describe("microspime selftest, on a board that is none", function () {
  this.timeout(60_000);
  let board: FakeEspruino;
  let folder: string;
  let out: string;

  beforeEach(async () => {
    board = await startFakeEspruino();
    folder = mkdtempSync(path.join(tmpdir(), "microspime-selftest-"));
    out = path.join(folder, "linux.json");
  });
  afterEach(() => {
    board.stop();
    rmSync(folder, { recursive: true });
  });

  const run = (options: RunOptions = {}, ...more: string[]) => {
    const where = ["--board", "linux", "--port", board.port, "--out", out];
    return runProgram(["selftest", ...where, ...more], { timeoutMs: 40_000, ...options });
  };
  const saved = () => {
    const { engine, rows } = JSON.parse(readFileSync(out, "utf8")) as {
      engine: object;
      rows: { name: string; outcome: string }[];
    };
    return { engine, rows: rows.map(({ name, outcome }) => `${name} ${outcome}`) };
  };
  const FIRST = ["boots not on this board", "memory measured"];
  const LAST = ["tls skipped", "accelerator not on this board", "noise measured", "uart skipped"];
  const engine = { board: "LINUX", version: "2v29" };

  /** Resolves a moment after the self-test has asked for that row, which then says nothing. */
  function untilAsked(row: string): Promise<void> {
    return new Promise((resolve) => {
      board.onRow = (name) => {
        if (name !== row) return "value=1";
        setTimeout(resolve, 100);
        return undefined;
      };
    });
  }

  /** A restart waits for a timer. */
  async function untilRunning(): Promise<void> {
    for (let left = 100; left && !board.isRunning; left--) await sleep(20);
    assert.ok(board.isRunning);
  }

  it("ends with 0 where all went well", async () => {
    const { status, stderr } = await run();
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(saved(), { engine, rows: [...FIRST, "speed measured", ...LAST] });
    await untilRunning();
    assert.deepEqual([...board.files.keys()], []);
  });

  it("ends with 1 where a row has failed", async () => {
    board.onRow = (name) => (name === "speed" ? "error=Error: no memory" : "value=1");
    const { status, stdout, stderr } = await run();
    assert.equal(status, 1, stderr);
    assert.match(stdout, /\nFailed: speed\. The board's program starts again\. Saved in /);
    assert.deepEqual(saved().rows, [...FIRST, "speed failed", ...LAST]);
  });

  it("saves the rows that there are when the board is gone", async () => {
    const asked = untilAsked("speed").then(() => board.unplug());
    const ended = await run();
    await asked;
    assertFailure(ended, 6, /was cut during the self-test\.$/, /take its power away/);
    assert.deepEqual(saved(), { engine, rows: FIRST });
  });

  it("gives the board its program back on Ctrl-C", async () => {
    let program: ChildProcess | undefined;
    const asked = untilAsked("speed").then(() => program?.kill("SIGINT"));
    const ended = await run({ onLine: (_, running) => (program = running) });
    await asked;
    assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    assert.match(ended.stdout, /\nInterrupted\. The board's program starts again\. Saved in /);
    await untilRunning();
    assert.deepEqual([...board.files.keys()], []);
    assert.deepEqual(saved(), { engine, rows: FIRST });
  });

  it("leaves the board's program running on Ctrl-C at its start", async () => {
    let isFirst = true;
    const onLine = (_: string, program: ChildProcess) => {
      // A second one does not wait.
      if (isFirst) program.kill("SIGINT");
      isFirst = false;
    };
    const ended = await run({ onLine });
    assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    assert.match(ended.stdout, /\nInterrupted\./);
    await untilRunning();
  });

  it("goes on to its end when nobody reads any more", async () => {
    const ended = await run({ onLine: (_, program) => program.stdout?.destroy() });
    assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    assert.deepEqual(saved().rows, [...FIRST, "speed measured", ...LAST]);
    await untilRunning();
  });

  it("saves nothing where nobody has answered", async () => {
    board.unplug();
    assertFailure(await run(), 3, /cannot be reached \(ECONNREFUSED\)/, /listens/);
    assert.ok(!existsSync(out));
  });
});
