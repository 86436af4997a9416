// The log in Espruino's own flash file, while the engine is killed: what it said that it had appended is there when
// it starts again, and nothing that was never there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { bootEspruino } from "../support/espruino.js";
import { findProgram } from "../support/suites.js";

const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const skipped = binary ? "" : " (skipped: set ESPRUINO)";
const ROUNDS = Number(process.env["FLASH_KILLS"] ?? 20);
const FLASH = "espruino.flash";
const PER_ROUND = 10_000;

/** What the engine has said so far, over all its lives. */
class Onlooker {
  readonly appended = new Set<number>();
  readonly settled = new Set<number>();
  waiting: number[] | undefined;

  hear(line: string): void {
    const [, word, rest] = /(waiting|appended|settling) ?([\d,]*)$/.exec(line) ?? [];
    if (word === "waiting") this.waiting = rest ? rest.split(",").map(Number) : [];
    else if (word === "appended") this.appended.add(Number(rest));
    else if (word === "settling") this.settled.add(Number(rest));
  }

  check(round: number): void {
    const waiting = this.waiting ?? assert.fail("it did not start");
    assert.equal(new Set(waiting).size, waiting.length, `twice: ${waiting.join()}`);
    for (const id of this.appended) {
      if (!this.settled.has(id))
        assert.ok(waiting.includes(id), `${id} is lost: ${waiting.join()}`);
    }
    // The last one that it wrote it may not have told any more.
    for (const id of waiting) assert.ok(id < round * PER_ROUND && !Number.isNaN(id), `${id}`);
    waiting.forEach((id) => this.appended.add(id));
  }
}

/** Starts on the flash in `folder`, works for a while, and is killed. */
async function live(folder: string, onlooker: Onlooker, round: number, workMs: number) {
  const engine = spawn(String(binary), [], { cwd: folder });
  const gone = once(engine, "close");
  onlooker.waiting = undefined;
  createInterface(engine.stdout).on("line", (line) => onlooker.hear(line.trimEnd()));
  for (let waited = 0; !onlooker.waiting && waited < 10_000; waited += 20) await delay(20);
  onlooker.check(round);
  engine.stdin.write(`begin(${round * PER_ROUND})\n`);
  await delay(workMs);
  engine.kill("SIGKILL");
  await gone;
}

describe("the log in Espruino's flash", function () {
  this.timeout(60_000 + ROUNDS * 2000);

  (skipped ? it.skip : it)(`loses nothing when the engine is killed${skipped}`, async () => {
    const files = { ".bootcde": readFileSync("build/programs/flash-worker.js", "latin1") };
    const first = await bootEspruino({ binary: String(binary), files });
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-flash-"));
    cpSync(path.join(first.directory, FLASH), path.join(folder, FLASH));
    await first.stop();
    const onlooker = new Onlooker();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        // Each time at another moment.
        await live(folder, onlooker, round, 150 + ((round * 137) % 400));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    assert.ok(onlooker.appended.size > 5 * ROUNDS, `${onlooker.appended.size} records`);
    assert.ok(onlooker.settled.size > ROUNDS, `${onlooker.settled.size} settled`);
  });
});
