// Makes a board's program, and the loader, out of the sources beside us, as `npm run build` does for all boards.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { ExitCode, Failure } from "../failure.js";
import { bundlePath, projectRoot } from "../paths.js";

const BUILD = path.join("scripts", "build.js");

/** Whether something of what a board gets has not been built yet. */
export function isUnbuilt(board: string, pathOf = bundlePath): boolean {
  return [board, "loader"].some((name) => !existsSync(pathOf(name)));
}

/** Takes ten seconds or more. `bundles`: another folder than build/. */
export function buildProgram(board: string, bundles?: string): void {
  const folder = bundles === undefined ? {} : { BUNDLES: bundles };
  const { status, stderr } = spawnSync(process.execPath, [BUILD, "rollup.config.js"], {
    cwd: projectRoot,
    env: { ...process.env, ...folder, ONLY: board },
    encoding: "utf8",
  });
  if (status === 0) return;
  const [reason = ""] = stderr.trim().split("\n");
  const message = `The program of the board ${board} could not be built: ${reason || `exit ${status}`}.`;
  throw new Failure(ExitCode.toolMissing, message, "Run npm ci, then npm run build.");
}
