// Kaluma's own tool, the npm package `@kaluma/cli`, which this machine has or has not: its YMODEM sends the program. As a
// dependency of ours it would bring serialport 9, which has to be compiled; of what is used here it is no part.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { findProgram, pathFolders } from "../outside-programs.js";
import { projectRoot } from "../paths.js";
import type { SerialLine } from "./kaluma-console.js";

/** As `lib/ymodem.js` of 1.0.0 and `util/ymodem.js` of 1.4.0 have it. A transfer that was refused is told of as done. */
export type Transfer = (
  serial: SerialLine,
  fileName: string,
  bytes: Buffer,
  onEnd: (error: Error | null) => void,
  onPacket: (progress: { writtenBytes: number; totalBytes: number }) => void,
) => void;

export interface KalumaCli {
  readonly version: string;
  readonly transfer: Transfer;
}

const PACKAGE = "@kaluma/cli";
const YMODEM = ["lib/ymodem.js", "util/ymodem.js"];
const ADVICE =
  "npm install -g --ignore-scripts @kaluma/cli brings it; KALUMA_CLI names its folder where it is not on the PATH.";

/** A `Failure` where there is none. */
export function findKalumaCli(): KalumaCli {
  const folder = packageFolder();
  const file = YMODEM.map((name) => path.join(folder, name)).find((name) => existsSync(name));
  const { version } = packageOf(folder)!;
  if (!file) throw missing(`${PACKAGE} ${version} in ${folder} has no YMODEM that is known here.`);
  try {
    const { transfer } = createRequire(file)(file) as { transfer: Transfer };
    return { version, transfer };
  } catch (error) {
    const [reason] = messageOf(error).split("\n");
    throw missing(`${PACKAGE} ${version} in ${folder} cannot be loaded: ${reason}.`);
  }
}

function missing(message: string): Failure {
  return new Failure(ExitCode.toolMissing, message, ADVICE);
}

function packageFolder(): string {
  const named = process.env["KALUMA_CLI"];
  if (named) {
    const folder = folderAbove(named);
    if (folder) return folder;
    throw missing(`KALUMA_CLI=${named} is no ${PACKAGE}.`);
  }
  const folder = [onPath(), ...installedFolders()].find((one) => one && packageOf(one));
  if (folder) return folder;
  throw missing(`${PACKAGE} is missing: it sends programs to boards with Kaluma.`);
}

function onPath(): string | undefined {
  const program = findProgram("kaluma");
  return program && folderAbove(program);
}

/** Beside us, and where npm on Windows puts global packages: next to their commands, which are no links there. */
function installedFolders(): string[] {
  const folders = [projectRoot, ...pathFolders()];
  return folders.map((folder) => path.join(folder, "node_modules", PACKAGE));
}

/** Of the package that a file or folder is part of. */
function folderAbove(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let folder = realpathSync(file);
  while (!packageOf(folder)) {
    const above = path.dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return folder;
}

function packageOf(folder: string): { version: string } | undefined {
  try {
    const data = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
    };
    return data.name === PACKAGE ? data : undefined;
  } catch {
    return undefined;
  }
}
