// A board that is talked to: its port is opened again when a restart has taken it away, its console is unlocked, and
// locked again at the end.

import { setTimeout as sleep } from "node:timers/promises";
import { boardFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { createBoardConsole } from "./board-console.js";
import type { BoardConsole, Engine } from "./board-console.js";
import { openPort } from "./port.js";
import { LineCut, silentFailure } from "./port-line.js";

export interface SessionOptions {
  readonly port: string;
  readonly baud?: number | undefined;
  /** The first that is right counts. */
  readonly passwords: readonly string[];
  /** Sends Ctrl-C first, to a program that never lets go of the console. */
  readonly interrupts?: boolean | undefined;
  /** How often it is asked who is there, for 3 s each. */
  readonly greetings?: number;
}

/** A board that signs in interpreted code looks at its console between two steps only. */
const GREETINGS = 5;

export interface Session {
  readonly console: BoardConsole;
  readonly engine: Engine;
  readonly wasLocked: boolean;
}

const REOPEN_MS = 500;

export async function openConsole({ port, baud }: SessionOptions): Promise<BoardConsole> {
  return createBoardConsole(await openPort(port, baud));
}

/** Rejects with a `Failure` where no Espruino answers, or none that can be unlocked. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const console = await openConsole(options);
  try {
    if (options.interrupts) await console.interrupt();
    return await greetAgain(console, options);
  } catch (error) {
    console.close();
    throw error instanceof LineCut ? closedAtOnce(options.port) : error;
  }
}

function closedAtOnce(port: string): Failure {
  return boardFailure(
    `${port} was closed by the other end before an Espruino answered.`,
    "Is it the board's port, and does nobody else use it?",
  );
}

/** Rejects with `LineCut`, or a `Failure`. */
export async function greetAgain(console: BoardConsole, options: SessionOptions): Promise<Session> {
  const { greetings = GREETINGS } = options;
  const first = await console.greet(greetings);
  const wasLocked = first === "locked";
  if (wasLocked) await unlock(console, options);
  const greeting = wasLocked ? await console.greet(greetings) : first;
  if (greeting === "silent") throw silent(options.port, console.heard());
  if (greeting === "locked") throw lockedFailure(options.port);
  return { console, engine: greeting, wasLocked };
}

function silent(port: string, heard: string): Failure {
  const said = heard.replace(/[^ -~\n]/g, "").replace(/print\(.*\)/g, "");
  const advice =
    "Check port, wires and --baud; press the board's reset button; --interrupt ends a program that hangs.";
  return silentFailure("Espruino", port, said, advice);
}

function lockedFailure(port: string): Failure {
  return boardFailure(
    `The console at ${port} is locked, and its password was not given or is wrong.`,
    "It is in microspime.lock of the board's folder: --console-password, or MICROSPIME_CONSOLE_PASSWORD.",
  );
}

async function unlock(console: BoardConsole, options: SessionOptions): Promise<void> {
  for (const password of options.passwords) if (await console.unlock(password)) return;
  throw lockedFailure(options.port);
}

/** Leaves the console as it was. The password that it had is still in the engine's memory. */
export async function leave({ console, wasLocked }: Session): Promise<void> {
  try {
    if (wasLocked && console.isOpen) await console.evaluate("E.lockConsole()");
  } catch {
    // A board that is gone, or that has started again, is locked by itself.
  }
  console.close();
}

/** Until it can be, or the time is up: a chip's own USB goes away while it starts. */
export async function reopenConsole(
  options: SessionOptions,
  timeoutMs: number,
): Promise<BoardConsole> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await openConsole(options);
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await sleep(REOPEN_MS);
    }
  }
}
