// Programs of others, which this machine has or has not.

import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The folders of the PATH, in its order. */
export function pathFolders(): string[] {
  return (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
}

/** Where a program is: a path as it is given, a bare name on the PATH. */
export function findProgram(name: string): string | undefined {
  const candidates = name.includes(path.sep)
    ? [name]
    : pathFolders().map((folder) => path.join(folder, name));
  return candidates.find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
