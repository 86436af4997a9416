// The console of Espruino, read for the agent's log and for what the engine says when a program has failed.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { logEventOf } from "./agent-log.js";
import type { BoardSurroundings } from "./board.js";

/** What the engine says when a program of its own accord ends. */
const CRASH = /^(Uncaught|Execution Interrupted|New interpreter error|ASSERT\()/;
/** The reason can stand some lines below the error. */
const CRASH_MS = 200;

function crashReason(lines: readonly string[]): string {
  if (lines.some((line) => line.includes("MEMORY"))) return "the engine is out of memory";
  return lines[0].trim().replace(/\.+$/, "");
}

/** A line of the console without its prompt and its movements of the cursor. */
function plain(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").replace(/^[>\s]+/, "");
}

/** Until its end. */
export function readConsole(
  console: Readable,
  around: Pick<BoardSurroundings, "onLog" | "onCrash">,
): void {
  const crash: string[] = [];
  createInterface(console).on("line", (raw) => {
    const line = plain(raw);
    if (logEventOf(line)) around.onLog(line.trimEnd());
    else if (CRASH.test(line) && crash.push(line) === 1) {
      setTimeout(() => around.onCrash(crashReason(crash)), CRASH_MS);
    }
  });
}
