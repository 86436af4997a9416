// Espruino's Linux build run as a board is: the program lies in flash (Storage, `.bootcde`) and boots from
// there. What an engine needs to know is in https://www.espruino.com/Saving ("Save to flash").

import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface EspruinoOptions {
  /** The engine: a path, or a name to be found in PATH. */
  readonly binary: string;
  /** Storage files by name, byte strings; the one named `.bootcde` is run. */
  readonly files: Readonly<Record<string, string>>;
  /** Each line that the engine prints, without its end. */
  readonly onLine?: (line: string) => void;
  /** After so long it is killed. */
  readonly timeoutMs?: number;
}

export interface Espruino {
  /** The engine's working directory; its flash is `espruino.flash` there. */
  readonly directory: string;
  /** Types on the engine's console. */
  write(text: string): void;
  /** Ends the engine, by its own `quit()` or by force; the directory goes with it. */
  stop(): Promise<void>;
  /** Settles when the engine has ended; rejects when it was killed for its time, or could not start. */
  readonly exited: Promise<void>;
}

const TIMEOUT_MS = 60_000;
/** How long `quit()` may take. */
const QUIT_MS = 2_000;
/** Storage's names are that long at most. */
const NAME_BYTES = 28;

/** Writes the files into a new flash and boots it. */
export async function bootEspruino(options: EspruinoOptions): Promise<Espruino> {
  const { binary, files, onLine = () => {}, timeoutMs = TIMEOUT_MS } = options;
  const directory = await mkdtemp(join(tmpdir(), "microspime-espruino-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await writeToFlash(binary, directory, name, bytes);
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  const engine = launch(binary, [], directory, onLine, timeoutMs);
  return {
    directory,
    write: engine.write,
    exited: engine.exited,
    stop: async () => {
      await engine.quit();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The count, or what the engine says when it gives up. */
function isLast(line: string): boolean {
  return /^(# \d+ passed \d+ failed|Uncaught .*|New interpreter error: .*)$/.test(line);
}

/** Runs a suite's bundle; its lines, of which the count `# N passed N failed` is the last if all is well. */
export async function runOnEspruino(binary: string, bundle: string): Promise<string[]> {
  const lines: string[] = [];
  let isOver = false;
  let finish = () => {};
  const over = new Promise<void>((resolve) => (finish = resolve));
  const onLine = (printed: string) => {
    // The first line may stand behind the console's prompt.
    const line = printed.replace(/^>/, "");
    // What the engine says of itself at its end belongs to nobody.
    if (!isOver) lines.push(line);
    isOver ||= isLast(line);
    if (isOver) finish();
  };
  const engine = await bootEspruino({ binary, files: { ".bootcde": bundle }, onLine });
  try {
    await Promise.race([over, engine.exited]);
  } catch (error) {
    throw new Error(`${(error as Error).message}; it said:\n${lines.join("\n")}`, { cause: error });
  } finally {
    await engine.stop();
  }
  return lines;
}

/**
 * Storage is written in pieces, because the whole would have to fit into the variables beside itself.
 * The engine reads the piece from a file, so that nothing has to be quoted.
 */
async function writeToFlash(binary: string, directory: string, name: string, bytes: string) {
  if (name.length > NAME_BYTES) throw new Error(`${name}: more than ${NAME_BYTES} characters`);
  await writeFile(join(directory, "bytes"), bytes, "latin1");
  await writeFile(join(directory, "load.js"), loader(name, bytes.length));
  let said = "";
  const onLine = (line: string) => (said += `${line}\n`);
  const engine = launch(binary, ["load.js"], directory, onLine, TIMEOUT_MS);
  await engine.exited;
  if (!said.includes(`\nwritten ${bytes.length}\n`)) {
    throw new Error(`${binary} did not write ${name} to its flash:\n${said}`);
  }
}

function loader(name: string, size: number): string {
  return (
    `var file=E.openFile("bytes","r"),at=0,piece;` +
    `while(piece=file.read(512)){` +
    `require("Storage").write(${JSON.stringify(name)},piece,at,${size});at+=piece.length}` +
    `print("\\nwritten "+at);quit();\n`
  );
}

interface Engine {
  write(text: string): void;
  quit(): Promise<void>;
  readonly exited: Promise<void>;
}

function launch(
  binary: string,
  args: string[],
  directory: string,
  onLine: (line: string) => void,
  timeoutMs: number,
): Engine {
  // Its standard input has to stay open: at the end of it the engine stops.
  const child = spawn(binary, args, { cwd: directory });
  readLines(child, onLine);
  // Whoever writes to an engine that is gone learns that from `exited`.
  child.stdin.on("error", () => {});
  const exited = exitOf(child, timeoutMs);
  // It may end before anybody waits for it.
  exited.catch(() => {});
  return {
    write: (text) => void child.stdin.write(text),
    exited,
    quit: async () => {
      child.stdin.write("\nquit()\n");
      const force = setTimeout(() => child.kill("SIGKILL"), QUIT_MS);
      await exited.catch(() => {});
      clearTimeout(force);
    },
  };
}

function exitOf(child: ChildProcessWithoutNullStreams, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(timer);
      if (isLate) reject(new Error(`Espruino was killed after ${timeoutMs} ms`));
      else resolve();
    });
  });
}

/** The console's colours, cursor movements and carriage returns are no part of a line. */
function readLines(child: ChildProcessWithoutNullStreams, onLine: (line: string) => void) {
  let pending = "";
  const take = (chunk: Buffer) => {
    const lines = (pending + chunk.toString("latin1")).split("\n");
    pending = lines.pop() ?? "";
    // eslint-disable-next-line no-control-regex
    for (const line of lines) onLine(line.replace(/\x1b\[[0-9;]*[A-Za-z]|\r/g, ""));
  };
  child.stdout.on("data", take);
  child.stderr.on("data", () => {});
}
