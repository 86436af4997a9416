// A pseudo-terminal as a serial line, held by socat: Node has none of its own.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, Failure } from "../failure.js";
import type { Wire } from "./wire.js";

const POLL_MS = 10;
const OPEN_TIMEOUT_MS = 5000;

export interface Pty {
  readonly path: string;
  close(): void;
}

function demandSocat(): void {
  if (spawnSync("socat", ["-V"]).error) {
    throw new Failure(
      ExitCode.toolMissing,
      "socat is missing: it gives the real engine its serial lines.",
      "Install it (Debian: apt install socat), or leave --engine out to run in Node.",
    );
  }
}

async function untilExists(path: string, process: ChildProcessWithoutNullStreams): Promise<void> {
  for (let waitedMs = 0; !existsSync(path); waitedMs += POLL_MS) {
    if (waitedMs > OPEN_TIMEOUT_MS || process.exitCode !== null) {
      process.kill();
      throw new Failure(ExitCode.toolMissing, `socat opened no pseudo-terminal at ${path}.`, "");
    }
    await sleep(POLL_MS);
  }
}

/** Opens a pseudo-terminal at `path` whose other end is the wire's board end. */
export async function openPty(path: string, wire: Wire): Promise<Pty> {
  demandSocat();
  const socat = spawn("socat", [`PTY,raw,echo=0,link=${path}`, "STDIO"], {
    // Ctrl-C goes to all of the terminal's group of processes: detached, socat is ours to end.
    detached: true,
  });
  socat.stdin.on("error", () => {});
  socat.stdout.on("data", (bytes: Buffer) => wire.toSensor(bytes));
  wire.onBytesForBoard((bytes) => socat.stdin.write(bytes));
  await untilExists(path, socat);
  // socat ends when nobody has the line open any more; a board whose power fails comes back.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  return {
    path,
    close: () => {
      closeSync(held);
      socat.kill();
    },
  };
}
