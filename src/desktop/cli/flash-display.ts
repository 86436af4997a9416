// What `microspime flash` shows: a bar on a terminal, lines elsewhere, objects for scripts.

import type { ByteCodeSize } from "../flashing/byte-code.js";
import type { FlashEvent } from "../flashing/flash.js";
import type { KalumaFlashEvent } from "../flashing/kaluma-flash.js";
import { PROGRAM_FILES } from "../flashing/flash-plan.js";
import type { Plan, Step } from "../flashing/flash-plan.js";
import { logEventOf } from "../sim/agent-log.js";
import type { Terminal } from "./progress.js";
import { plural, print, printEvent } from "./terminal.js";

type ShownEvent = FlashEvent | KalumaFlashEvent;

export interface FlashDisplay {
  onEvent(event: ShownEvent): void;
  /** Takes the bar away. */
  end(): void;
}

interface Mode {
  readonly json?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

const BAR = 30;
const ERASE_LINE = "\r\x1b[K";

/** Exported for its test. */
export function barOf(file: string, sent: number, of: number): string {
  // More than was planned goes where Bluetooth erases a loader that was there.
  const share = of > 0 ? Math.min(1, sent / of) : 1;
  const done = Math.round(share * BAR);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `[${"#".repeat(done)}${"-".repeat(BAR - done)}]${percent}  ${file}`;
}

export function flashDisplay(mode: Mode, terminal: Terminal = process.stderr): FlashDisplay {
  if (mode.json) return { onEvent: (event) => printObject(event), end: () => {} };
  let hasBar = false;
  const end = () => {
    if (hasBar) terminal.write(ERASE_LINE);
    hasBar = false;
  };
  return {
    onEvent: (event) => {
      if (event.event === "sending") {
        if (!terminal.isTTY) return;
        hasBar = true;
        terminal.write(ERASE_LINE + barOf(event.file, event.sent, event.of));
        return;
      }
      end();
      for (const line of linesOf(event, mode.dryRun)) print(line);
    },
    end,
  };
}

/** Files by name, without what is in them. */
function printObject(told: ShownEvent): void {
  const { event, ...values } = told;
  if (told.event !== "plan") return printEvent(event, values);
  const { steps, bytesToSend, bytesNeeded } = told.plan;
  const files = steps.map(({ file, from }) => ({
    name: file.name,
    bytes: file.bytes.length,
    there: from,
  }));
  printEvent("plan", { files, bytesToSend, bytesNeeded });
}

/** Exported for its test. */
export function linesOf(event: ShownEvent, isDryRun = false): string[] {
  switch (event.event) {
    case "found":
      return foundLines(event);
    case "byteCode":
      return [byteCodeLine(event)];
    case "plan":
      return planLines(event.plan, event.replaces !== undefined, isDryRun);
    case "written":
      return [`  ${event.file} is there, its checksum is right`];
    case "note":
      return [event.text];
    case "restarting":
      return ["The board starts again."];
    case "hello":
      return helloLines(event.line, event.tookMs);
    case "sending":
      return [];
  }
}

function foundLines(event: Extract<ShownEvent, { event: "found" }>): string[] {
  const { version, board } = event.engine;
  if ("heap" in event) {
    const { totalBytes, usedBytes } = event.heap;
    return [
      `Kaluma ${version} for ${board}`,
      `  ${totalBytes - usedBytes} bytes of ${totalBytes} of its heap free`,
    ];
  }
  const { freeVariables, freeBytes } = event.storage;
  return [
    `Espruino ${version} for ${board}`,
    `  ${freeVariables} variables free, ${freeBytes} bytes of Storage free`,
  ];
}

/** Which of the two is written, and why. */
function byteCodeLine({ textBytes, byteCodeBytes }: ByteCodeSize): string {
  const difference = byteCodeBytes - textBytes;
  const how = difference < 0 ? `${-difference} less` : `${difference} more`;
  return `As byte code (jerry-snapshot) it is ${byteCodeBytes} bytes, ${how}. The text is what is sent: Kaluma parses the text in its flash, and runs nothing else.`;
}

function planLines({ steps, bytesToSend }: Plan, isReplaced: boolean, isDryRun: boolean): string[] {
  const verb = isDryRun ? "Would send" : "Sends";
  if (bytesToSend === 0) return ["It has all of it already."];
  const files = steps.filter(({ file, from }) => from < file.bytes.length);
  const beside = isReplaced ? ", beside the program that is there" : "";
  return [
    `${verb} ${plural(bytesToSend, "byte")} in ${plural(files.length, "file")}${beside}:`,
    ...steps.map((step) => `  ${stepLine(step)}`),
  ];
}

function stepLine({ file, from }: Step): string {
  const { name, bytes } = file;
  // Kaluma's is no file there, and has its name here.
  const isProgram = Object.values<string>(PROGRAM_FILES).includes(name) || name.endsWith(".js");
  const size = `${name.padEnd(18)} ${String(bytes.length).padStart(6)} bytes`;
  const what = isProgram ? ", the program" : "";
  if (from === bytes.length) return `${size}${what}, is there already`;
  return from > 0 ? `${size}${what}, ${from} are there already` : `${size}${what}`;
}

function helloLines(line: string, tookMs: number): string[] {
  const event = logEventOf(line);
  const board = event?.values["board"];
  const who = board === undefined ? "The new program is up" : `The board ${board} says hello`;
  return [`${who}, ${(tookMs / 1000).toFixed(1)} s after its restart.`];
}
