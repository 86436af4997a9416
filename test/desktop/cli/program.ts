// The program as a person runs it: a child process that is never waited for longer than its time.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const PROGRAM = "build/tsc/src/desktop/cli/main.js";
const TIMEOUT_MS = 18_000;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** Each line of its standard output, as it comes. */
  readonly onLine?: (line: string, program: ChildProcess) => void;
  readonly timeoutMs?: number;
  /** In a group of processes of its own, as a terminal's foreground job is. */
  readonly detached?: boolean;
}

const OWN_VARIABLES = [
  "MICROSPIME_PASSWORD",
  "MICROSPIME_SECRET",
  "MICROSPIME_CERT_PASSWORD",
  "MICROSPIME_WIFI_PASSWORD",
  "MICROSPIME_OWNER_PASSWORD",
  "MICROSPIME_CODE",
  "MICROSPIME_CONSOLE_PASSWORD",
  "ESPRUINO",
  "FORCE_COLOR",
  "NO_COLOR",
];

/** The environment, without what the program itself reads there. */
function surroundings(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.includes(name));
  return { ...Object.fromEntries(others), ...env };
}

/** Rejects when it was killed for its time. */
export async function runProgram(args: string[], options: RunOptions = {}): Promise<Ended> {
  const { env, onLine, timeoutMs = TIMEOUT_MS, detached } = options;
  const command = [PROGRAM, ...args];
  const program = spawn(process.execPath, command, { env: surroundings(env), detached });
  let stdout = "";
  let stderr = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  program.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  if (onLine) createInterface(program.stdout).on("line", (line) => onLine(line, program));
  const timer = setTimeout(() => program.kill("SIGKILL"), timeoutMs);
  const [status, signal] = (await once(program, "close")) as [number | null, string | null];
  clearTimeout(timer);
  if (signal === "SIGKILL") {
    throw new Error(`sim was killed after ${timeoutMs} ms; it said:\n${stdout}\n${stderr}`);
  }
  return { status, stdout, stderr };
}

export const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");

export interface Told {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** What `--json` has written. */
export const eventsOf = (stdout: string) => linesOf(stdout).map((line) => JSON.parse(line) as Told);

export const named = (events: Told[], name: string) => events.filter(({ event }) => event === name);

export function assertSuccess({ status, stdout, stderr }: Ended): void {
  assert.equal(stderr, "");
  assert.equal(status, 0, stdout);
}

/** What happened, what to do; no third line, and nothing that a reader could take for a result. */
export function assertFailure(ended: Ended, status: number, message: RegExp, advice: RegExp): void {
  const { stdout, stderr } = ended;
  assert.equal(ended.status, status, `${stdout}${stderr}`);
  const [first, second, ...others] = linesOf(stderr);
  assert.match(first, /^microspime: /);
  assert.match(first, message);
  assert.match(second, advice);
  assert.deepEqual(others, []);
  assert.doesNotMatch(stdout, /[1-9]\d* reports? acknowledged|"event":"acknowledged"/);
}

/** The outcome says what the reports before it add up to. */
export function assertOutcome(stdout: string, reports: number): void {
  const events = eventsOf(stdout);
  const entries = named(events, "acknowledged").map((report) => Number(report["entries"]));
  const { acknowledged, refused, stored } = events[events.length - 1];
  assert.deepEqual([entries.length, acknowledged, refused], [reports, reports, 0]);
  assert.equal(
    stored,
    entries.reduce((sum, count) => sum + count, 0),
  );
}
