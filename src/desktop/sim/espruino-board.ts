// A board whose engine is the real Espruino, its Linux build: the bundle build/linux.js in its flash
// file as boot code, UARTs on pseudo-terminals, its console read for the agent's log.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Configuration } from "../../firmware/configuration.js";
import { ExitCode, Failure } from "../failure.js";
import { bundlePath } from "../paths.js";
import type { BoardSurroundings, RunningBoard } from "./board.js";
import { logEventOf } from "./agent-log.js";
import { openPty } from "./pty.js";
import { openTap } from "./tap.js";

const BOARD = "linux";
/** What the engine's parser takes in one statement without running out of memory. */
const CHUNK_CHARACTERS = 1000;
const DEFAULT_BINARY = "espruino-linux";

/** The Espruino to run: `ESPRUINO`, or `espruino-linux` on the PATH. */
export function findEspruino(): string {
  const binary = process.env["ESPRUINO"] || DEFAULT_BINARY;
  // --help is the one option with which it ends by itself.
  if (spawnSync(binary, ["--help"]).error) {
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

async function writeFlash(binary: string, folder: string, files: Record<string, string>) {
  const scripts = Object.entries(files).map(([name, content]) => storageScript(name, content));
  writeFileSync(path.join(folder, "flash.js"), `${scripts.join("\n")}\nquit();\n`);
  const engine = spawn(binary, ["flash.js"], { cwd: folder });
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
      around.onCrash(line.trim());
  });
}

async function withTap(around: BoardSurroundings, configuration: Configuration) {
  const { onTraffic } = around;
  if (!onTraffic) return { configuration, closeTap: () => {} };
  const tap = await openTap(configuration.host, configuration.port, onTraffic);
  const { address, port } = tap;
  return { configuration: { ...configuration, host: address, port }, closeTap: tap.close };
}

/** Rejects with a `Failure` when Espruino or socat are missing. */
export async function startEspruinoBoard(around: BoardSurroundings): Promise<RunningBoard> {
  const binary = findEspruino();
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-"));
  const gps = await openPty(path.join(folder, "gps"), around.gps);
  const co2 = await openPty(path.join(folder, "co2"), around.co2);
  const { configuration, closeTap } = await withTap(around, around.configuration);
  const bundle = readFileSync(bundlePath(BOARD), "utf8");
  const uartPaths = { gps: gps.path, co2: co2.path };
  await writeFlash(binary, folder, {
    "microspime.json": toAscii(JSON.stringify({ ...configuration, uartPaths })),
    ".bootcde": bundle,
  });
  const engine = spawn(binary, [], { cwd: folder });
  engine.stdin.on("error", () => {});
  engine.on("exit", (code) => around.onCrash(`the engine ended with code ${code}`));
  readConsole(engine, around);
  return {
    title: `build/${BOARD}.js (${bundle.length} bytes) in Espruino, from flash`,
    async stop() {
      engine.removeAllListeners("exit");
      engine.kill("SIGKILL");
      gps.close();
      co2.close();
      closeTap();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
