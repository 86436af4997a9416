// A server program in a directory of its own that does not survive the test process.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import type { Starting } from "./loopback.js";

export interface Leashed extends Starting {
  /** Once the program has said so; rejects when it ends without. */
  untilSaid(text: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  /** The program and its arguments; it stays in the foreground. */
  readonly command: readonly string[];
  /** It goes with the program. */
  readonly directory: string;
  /** Beside the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Standard input is the leash: however the test process ends, even by SIGKILL, it closes, and the shell
 * kills the server and removes its directory. If the server ends first, so does the shell.
 */
const LEASH = `
trap '' INT TERM HUP PIPE
directory=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -KILL $server; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait $server
status=$?
kill -KILL $watch 2>/dev/null
rm -rf "$directory"
exit $status
`;

export function leash({ name, command, directory, environment = {} }: Program): Leashed {
  const child = spawn("/bin/sh", ["-c", LEASH, name, directory, ...command], {
    env: { ...process.env, ...environment },
  });
  let output = "";
  const append = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    name,
    exited: () => hasExited(child),
    log: () => output,
    untilSaid: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.includes(text) && resolve();
        child.stdout.on("data", look);
        look();
        void closed.then(() => reject(new Error(`${name} has ended:\n${output}`)));
      }),
    stop: async () => {
      child.stdin.destroy();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
