// A board's console with Kaluma (1.2.1 and 1.3.0-beta.2, src/repl.c): lines that begin with a dot are commands, all others
// are JavaScript. A line ends with a carriage return and has 1,023 characters at most. A byte 3 among them is Ctrl-C: it
// stops what runs, and drops what has arrived (targets/rp2/src/tty.c).

import { EventEmitter } from "node:events";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NoAnswer } from "./board-console.js";
import type { Engine } from "./board-console.js";
import { createLineReader } from "./console-lines.js";
import type { Port } from "./port.js";
import { openPortLine } from "./port-line.js";

export interface KalumaConsole {
  /** Who is there; nothing where no Kaluma has answered, asked so often, so long each. */
  greet(attempts: number, timeoutMs?: number): Promise<Engine | undefined>;
  /** The value of an expression; rejects with `NoAnswer`, or `LineCut`. */
  ask<Value>(expression: string, timeoutMs?: number): Promise<Value>;
  /** A line with a dot. Resolves when it is sent. */
  command(line: string): Promise<void>;
  /** All that a command prints. */
  printedBy(command: string): Promise<string>;
  /** Stops JavaScript that runs. What is sent too soon behind it goes with it. */
  interrupt(): Promise<void>;
  /** Ends a transfer that waits for its sender. */
  abortTransfer(): Promise<void>;
  /** Nothing when the time is up; listens from the call on. */
  untilLine(matches: (line: string) => boolean, timeoutMs: number): Promise<string | undefined>;
  /** Rejects with `LineCut` when the line is cut before the task is done. */
  orCut<T>(task: Promise<T>): Promise<T>;
  /** The newest text. */
  heard(): string;
  /** For a transfer: what serialport's ports have, without the rest. */
  readonly serial: SerialLine;
  readonly isOpen: boolean;
  close(): void;
}

/** As `@kaluma/cli` uses a serial port. */
export interface SerialLine extends EventEmitter {
  write(bytes: Buffer, encoding?: string): void;
  drain(onDone: (error?: Error) => void): void;
}

/** A program that joins the Wi-Fi, or computes, does not look at its console meanwhile. */
const GREETING_MS = 8000;
const ANSWER_MS = 10_000;
/** KALUMA_REPL_BUFFER_SIZE, less the end of a text. */
const MAX_LINE = 1023;
/** More than a program is long. */
const HEARD = 1_000_000;
const CTRL_C = "\x03";
const INTERRUPT_MS = 300;
const ABORT = "a";
const ANSWER = /^<([0-9a-f]{8}) (.*)>$/;
/** What `.flash -w` prints while it waits: it asks for a packet, and later gives up, for ever. */
// eslint-disable-next-line no-control-regex
const WAITING_TRANSFER = /^[C\x18]+$/;

/** In two parts, because what is only echoed is no answer; what is thrown is one. */
function question(mark: string, expression: string): string {
  const value = `(function(){try{return[1,${expression}]}catch(e){return[0,""+e]}})()`;
  return `console.log("<"+"${mark} "+JSON.stringify(${value})+">")`;
}

export function createKalumaConsole(port: Port): KalumaConsole {
  const line = openPortLine(port);
  const { orCut, write, untilLine } = line;
  const serial = new EventEmitter() as SerialLine;
  let heard = "";
  const read = createLineReader(line.tell);

  serial.write = (bytes) => void port.write(bytes);
  serial.drain = (onDone) => setImmediate(onDone);
  port.onBytes((bytes) => {
    const text = bytes.toString("latin1");
    heard = (heard + text).slice(-HEARD);
    serial.emit("data", bytes);
    read(text);
  });

  async function answerTo(
    expression: string,
    timeoutMs: number,
    before = "",
  ): Promise<[isValue: 0 | 1, value: unknown] | undefined> {
    const mark = randomBytes(4).toString("hex");
    const line = question(mark, expression);
    if (line.length > MAX_LINE) throw new Error(`a line of ${line.length} characters`);
    const answer = untilLine((text) => ANSWER.exec(text)?.[1] === mark, timeoutMs);
    answer.catch(() => {});
    await write(`${before}${line}\r`);
    const text = await answer;
    return text === undefined ? undefined : JSON.parse(ANSWER.exec(text)![2]);
  }

  async function greetOnce(timeoutMs: number): Promise<Engine | undefined> {
    heard = "";
    // What somebody has begun to type ends here.
    const answer = await answerTo("[board.name,process.version]", timeoutMs, "\r.echo off\r");
    if (answer?.[0] !== 1) return undefined;
    const [board, version] = answer[1] as [string, string];
    return { board, version };
  }

  async function ask(expression: string, timeoutMs = ANSWER_MS): Promise<unknown> {
    const answer = await answerTo(expression, timeoutMs);
    if (!answer) throw new NoAnswer("no answer");
    if (answer[0] !== 1) throw new NoAnswer(String(answer[1]));
    return answer[1];
  }

  return {
    greet: async (attempts, timeoutMs = GREETING_MS) => {
      for (let left = attempts; left; left--) {
        const engine = await greetOnce(timeoutMs);
        if (engine) return engine;
        if (WAITING_TRANSFER.test(heard.replace(/\s/g, ""))) await write(ABORT);
      }
      return undefined;
    },
    ask: <Value>(expression: string, timeoutMs?: number) =>
      ask(expression, timeoutMs) as Promise<Value>,
    command: (line) => write(`${line}\r`),
    printedBy: async (command) => {
      heard = "";
      await write(`${command}\r`);
      await ask("0");
      return heard;
    },
    interrupt: async () => {
      await write(CTRL_C);
      await orCut(sleep(INTERRUPT_MS));
    },
    abortTransfer: () => write(ABORT),
    untilLine,
    orCut,
    heard: () => heard,
    serial,
    get isOpen() {
      return line.isOpen;
    },
    close: port.close,
  };
}
