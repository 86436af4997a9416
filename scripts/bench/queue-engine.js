// Runs the queue's programs on Espruino as a board runs its own: boot code in flash.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers";
import { setTimeout as rest } from "node:timers/promises";
import { bootEspruino } from "../../build/tsc/test/support/espruino.js";

const TIMEOUT_MS = 300_000;
const FLASH = "espruino.flash";
const FAILURE = /Uncaught|New interpreter error|out of memory/i;

/** @typedef {{said(pattern: RegExp): Promise<RegExpExecArray>, write(text: string): void, readFlash(): Buffer, stop(): Promise<void>}} Console */

/**
 * @param {string} binary
 * @param {Record<string, string>} files of its Storage
 * @returns {Promise<Console>}
 */
export async function openConsole(binary, files) {
  const waiting = [];
  const lines = [];
  const look = () => {
    while (waiting.length > 0 && lines.length > 0) {
      const line = lines.shift();
      const [{ pattern, resolve, reject }] = waiting;
      const match = pattern.exec(line);
      if (!match && !FAILURE.test(line)) continue;
      waiting.shift();
      if (match) resolve(match);
      else reject(new Error(`${binary} said: ${[line, ...lines].join("\n")}`));
    }
  };
  const onLine = (line) => {
    lines.push(line);
    // What follows an error says more.
    setTimeout(look, FAILURE.test(line) ? 200 : 0);
  };
  const engine = await bootEspruino({ binary, files, onLine, timeoutMs: TIMEOUT_MS });
  return {
    said: (pattern) => {
      const answer = new Promise((resolve, reject) => waiting.push({ pattern, resolve, reject }));
      const late = engine.exited.then(() => Promise.reject(new Error(`${binary} has ended`)));
      look();
      return Promise.race([answer, late]);
    },
    // 0x10 keeps the console from echoing the line.
    write: (text) => engine.write(`\x10${text}\n`),
    readFlash: () => readFileSync(join(engine.directory, FLASH)),
    stop: engine.stop,
  };
}

/** What a program finds of its own accord, or when it is told to. */
export async function resultOf(binary, files, command) {
  const engine = await openConsole(binary, files);
  try {
    if (command) {
      await engine.said(/waiting/);
      engine.write(command);
    }
    const [, text] = await engine.said(/RESULT (.*)/);
    return JSON.parse(text);
  } finally {
    await engine.stop();
  }
}

const idsIn = (text) => (text ? text.split(",").map(Number) : []);

/** What an engine has said over all its lives, and what of it was gone when it started again. */
class Confirmed {
  kills = 0;
  killsWithLoss = 0;
  appended = 0;
  lost = 0;
  most = 0;
  isStarted = false;
  alive = new Set();

  hear(line) {
    const [, word, rest] = /(waiting|appended|settling) ?([\d,]*)$/.exec(line) ?? [];
    if (word === "waiting") this.onStart(idsIn(rest));
    else if (word === "settling") idsIn(rest).forEach((id) => this.alive.delete(id));
    else if (word === "appended") {
      this.alive.add(Number(rest));
      this.appended += 1;
    }
  }

  onStart(ids) {
    const gone = [...this.alive].filter((id) => !ids.includes(id));
    this.isStarted = true;
    this.lost += gone.length;
    this.most = Math.max(this.most, gone.length);
    this.killsWithLoss += gone.length > 0 ? 1 : 0;
    this.alive = new Set(ids);
  }
}

const IDS_PER_LIFE = 10_000;

async function live(binary, folder, confirmed, life) {
  const engine = spawn(binary, [], { cwd: folder });
  const gone = once(engine, "close");
  confirmed.isStarted = false;
  createInterface(engine.stdout).on("line", (line) => confirmed.hear(line.trimEnd()));
  for (let waitedMs = 0; !confirmed.isStarted && waitedMs < 10_000; waitedMs += 10) await rest(10);
  if (!confirmed.isStarted) throw new Error(`${binary} did not start after a kill`);
  engine.stdin.write(`begin(${life * IDS_PER_LIFE})\n`);
  // Each time at another moment.
  await rest(150 + ((life * 137) % 400));
  engine.kill("SIGKILL");
  await gone;
  confirmed.kills += 1;
}

/** Kills the engine that often on the same flash, while its program appends. */
export async function lossesOf(binary, files, kills) {
  const first = await bootEspruino({ binary, files });
  const folder = mkdtempSync(join(tmpdir(), "microspime-bench-"));
  cpSync(join(first.directory, FLASH), join(folder, FLASH));
  await first.stop();
  const confirmed = new Confirmed();
  try {
    // The last only starts.
    for (let life = 0; life <= kills; life++) await live(binary, folder, confirmed, life);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { killsWithLoss, appended, lost, most } = confirmed;
  return { kills, killsWithLoss, appended, lost, most };
}
