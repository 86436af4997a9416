// A board whose engine is the real Espruino, its Linux build: the bundle build/linux.js in its flash
// file as boot code, UARTs on pseudo-terminals, its console read for the agent's log.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Configuration } from "../../firmware/configuration.js";
import { ExitCode, Failure } from "../failure.js";
import { logEventOf } from "./agent-log.js";
import type { BoardSurroundings, RunningBoard } from "./board.js";
import { readBundle } from "./bundle.js";
import { openPty } from "./pty.js";
import { openTap } from "./tap.js";
import type { Wire } from "./wire.js";

const BOARD = "linux";
/** What the engine's parser takes in one statement without running out of memory. */
const CHUNK_CHARACTERS = 1000;
const PROBE_MS = 5000;
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

/** A script that puts a file into Storage; ASCII only, piece by piece. */
function storageScript(name: string, content: string): string {
  const lines: string[] = [];
  for (let at = 0; at < content.length; at += CHUNK_CHARACTERS) {
    const chunk = JSON.stringify(content.slice(at, at + CHUNK_CHARACTERS));
    lines.push(`require("Storage").write("${name}",${chunk},${at},${content.length});`);
  }
  return lines.join("\n");
}

const toAscii = (text: string) =>
  text.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Ctrl-C goes to all of the terminal's group of processes: detached, the engine is ours to end. */
function startEngine(binary: string, args: string[], folder: string) {
  const engine = spawn(binary, args, { cwd: folder, detached: true });
  engine.stdin.on("error", () => {});
  return engine;
}

async function writeFlash(binary: string, folder: string, files: Record<string, string>) {
  const scripts = Object.entries(files).map(([name, content]) => storageScript(name, content));
  writeFileSync(path.join(folder, "flash.js"), `${scripts.join("\n")}\nquit();\n`);
  const engine = startEngine(binary, ["flash.js"], folder);
  engine.stdout.resume();
  await once(engine, "exit");
}

function readConsole(engine: ChildProcessWithoutNullStreams, around: BoardSurroundings): void {
  createInterface(engine.stdout).on("line", (raw) => {
    // The console's prompt and its cursor movements stand before what the program prints.
    // eslint-disable-next-line no-control-regex
    const line = raw.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").replace(/^[>\s]+/, "");
    if (logEventOf(line)) around.onLog(line.trimEnd());
    else if (/^(Uncaught|Execution Interrupted|Out of Memory)/.test(line))
      around.onCrash(line.trim().replace(/\.+$/, ""));
  });
}

type CleanUp = (() => void)[];

/** The configuration for a board whose traffic is watched, or as it is. */
async function withTap(around: BoardSurroundings, cleanUp: CleanUp): Promise<Configuration> {
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

/** Its title. */
async function boot(
  around: BoardSurroundings,
  binary: string,
  folder: string,
  cleanUp: CleanUp,
): Promise<string> {
  const { text } = readBundle(BOARD);
  const gps = await openLine(path.join(folder, "gps"), around.gps, cleanUp);
  const co2 = await openLine(path.join(folder, "co2"), around.co2, cleanUp);
  const configuration = { ...(await withTap(around, cleanUp)), uartPaths: { gps, co2 } };
  await writeFlash(binary, folder, {
    "microspime.json": toAscii(JSON.stringify(configuration)),
    ".bootcde": text,
  });
  const engine = startEngine(binary, [], folder);
  engine.on("exit", (code) => around.onCrash(`the engine ended with code ${code}`));
  readConsole(engine, around);
  cleanUp.push(() => {
    engine.removeAllListeners("exit");
    engine.kill("SIGKILL");
  });
  return `build/${BOARD}.js (${text.length} bytes) in Espruino, from flash`;
}

/** Rejects with a `Failure` when Espruino or socat are missing. */
export async function startEspruinoBoard(around: BoardSurroundings): Promise<RunningBoard> {
  const binary = findEspruino();
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-"));
  const cleanUp: CleanUp = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })];
  const stop = async () => {
    for (const step of cleanUp.reverse()) step();
  };
  try {
    return { title: await boot(around, binary, folder, cleanUp), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
