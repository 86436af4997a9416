// A board whose engine is the real Espruino, its Linux build: the bundle build/linux.js in its flash
// file as boot code, UARTs on pseudo-terminals, its console read for the agent's log.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { on, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { ExitCode, Failure } from "../failure.js";
import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import { configurationText } from "../provisioning/configuration-text.js";
import { CONFIGURATION_FILE } from "../provisioning/provision.js";
import type { BoardSurroundings, RunningBoard, Variables } from "./board.js";
import { readBundle } from "./bundle.js";
import { readConsole } from "./console-reader.js";
import { flashScript } from "./flash-script.js";
import { openPty } from "./pty.js";
import { openTap } from "./tap.js";
import type { Wire } from "./wire.js";

const BOARD = "linux";
const PROBE_MS = 5000;
const MEMORY_TIMEOUT_MS = 2000;
const DEFAULT_BINARY = "espruino-linux";

/** The Espruino to run: `ESPRUINO`, or `espruino-linux` on the PATH. */
export function findEspruino(): string {
  const binary = process.env["ESPRUINO"] || DEFAULT_BINARY;
  // --help is the one option with which it ends by itself.
  if (spawnSync(binary, ["--help"], { timeout: PROBE_MS }).error) {
    throw new Failure(
      ExitCode.toolMissing,
      `There is no Espruino at "${binary}".`,
      "Set ESPRUINO to a Linux build of Espruino 2v29, or leave --engine out to run in Node.",
    );
  }
  return binary;
}

/** Ctrl-C goes to all of the terminal's group of processes: detached, the engine is ours to end. */
function startEngine(binary: string, args: string[], folder: string) {
  const engine = spawn(binary, args, { cwd: folder, detached: true });
  engine.stdin.on("error", () => {});
  return engine;
}

/** An engine with few variables has no room for a longer program. */
const FLASH_LINES = 60;

async function writeFlash(binary: string, folder: string, files: Readonly<Record<string, Buffer>>) {
  const lines = flashScript(files).split("\n");
  for (let at = 0; at < lines.length; at += FLASH_LINES) {
    const part = lines.slice(at, at + FLASH_LINES).join("\n");
    writeFileSync(path.join(folder, "flash.js"), `${part}\nquit();\n`);
    const engine = startEngine(binary, ["flash.js"], folder);
    engine.stdout.resume();
    await once(engine, "exit");
  }
}

/** Asks the engine's console; 0x10 keeps it from echoing the line. */
async function askMemory(engine: ChildProcessWithoutNullStreams): Promise<Variables | undefined> {
  const lines = createInterface(engine.stdout);
  const answers = on(lines, "line", { signal: AbortSignal.timeout(MEMORY_TIMEOUT_MS) });
  engine.stdin.write("\x10var m=process.memory();console.log('memory='+m.usage+'/'+m.total)\n");
  try {
    for await (const [line] of answers) {
      const match = /memory=(\d+)\/(\d+)/.exec(String(line));
      if (match) return { used: Number(match[1]), total: Number(match[2]) };
    }
  } catch {
    // An engine that is too busy to answer has nothing to say about its memory.
  } finally {
    lines.close();
    // Closing has paused it, for the log's reader too.
    engine.stdout.resume();
  }
  return undefined;
}

type CleanUp = (() => void)[];

/** Its power can fail: what the engine was doing stays half done, and its flash as it is. */
export interface EspruinoBoard extends RunningBoard {
  cutPower(): Promise<void>;
  /** Boots what its flash holds. */
  powerUp(): void;
}

/** The configuration for a board whose traffic is watched, or as it is. */
async function withTap(around: BoardSurroundings, cleanUp: CleanUp): Promise<BoardConfiguration> {
  const { configuration, onTraffic } = around;
  if (!onTraffic) return configuration;
  const tap = await openTap(configuration.host, configuration.port, onTraffic);
  cleanUp.push(tap.close);
  return { ...configuration, host: tap.address, port: tap.port };
}

async function openLine(file: string, wire: Wire, cleanUp: CleanUp): Promise<string> {
  const pty = await openPty(file, wire);
  cleanUp.push(pty.close);
  return pty.path;
}

async function boot(
  around: BoardSurroundings,
  binary: string,
  folder: string,
  cleanUp: CleanUp,
): Promise<Omit<EspruinoBoard, "stop">> {
  const bundle = around.bundle ?? readBundle(BOARD);
  const text = bundle.text + (around.probe ?? "");
  const gps = await openLine(path.join(folder, "gps"), around.gps, cleanUp);
  const co2 = await openLine(path.join(folder, "co2"), around.co2, cleanUp);
  const configuration = { ...(await withTap(around, cleanUp)), uartPaths: { gps, co2 } };
  await writeFlash(binary, folder, {
    ...around.files,
    [CONFIGURATION_FILE]: Buffer.from(configurationText(configuration), "latin1"),
    ".bootcde": Buffer.from(text, "latin1"),
  });
  let engine = launch(around, binary, folder);
  cleanUp.push(() => kill(engine));
  return {
    title: `build/${path.basename(bundle.file)} (${text.length} bytes) in Espruino, from flash`,
    memory: () => askMemory(engine),
    cutPower: async () => {
      const gone = once(engine, "close");
      kill(engine);
      await gone;
    },
    powerUp: () => void (engine = launch(around, binary, folder)),
  };
}

/** With what its flash holds. */
function launch(around: BoardSurroundings, binary: string, folder: string) {
  const engine = startEngine(binary, [], folder);
  engine.on("exit", (code) => around.onCrash(`the engine ended with code ${code}`));
  readConsole(engine.stdout, around);
  return engine;
}

function kill(engine: ChildProcessWithoutNullStreams): void {
  engine.removeAllListeners("exit");
  engine.kill("SIGKILL");
}

/** Rejects with a `Failure` when Espruino or socat are missing. */
export async function startEspruinoBoard(around: BoardSurroundings): Promise<EspruinoBoard> {
  const binary = findEspruino();
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-"));
  const cleanUp: CleanUp = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })];
  const stop = async () => {
    for (const step of cleanUp.reverse()) step();
  };
  try {
    return { ...(await boot(around, binary, folder, cleanUp)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
