// Who has a database open: a file beside it with the process that does. SQLite's build for WASM locks by a
// directory, which nobody removes after a crash, so that the next start would find the database busy for
// ever. A process is named by its id and, where /proc tells it (proc(5), field 22 of stat), by when it
// started: ids come again, after a reboot and in containers.

import {
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../failure.js";

/** A second one in this process would go unnoticed by a file that names the process. */
const ownedHere = new Set<string>();

/**
 * Throws if another has it open; takes it over from one that is gone. `path` by realPath. Call `disownFile`
 * afterwards.
 */
export function ownFile(path: string): void {
  const said = readText(ownerFile(path));
  const isTaken = ownedHere.has(path) || (said !== undefined && isHolder(said));
  if (isTaken || (said !== undefined && !setAside(path, said)) || !writeOwner(path)) {
    throw new Error(`in use by process ${Number.parseInt(readText(ownerFile(path)) ?? "", 10)}`);
  }
  ownedHere.add(path);
  removeLock(path);
}

export function disownFile(path: string): void {
  rmSync(ownerFile(path), { force: true });
  ownedHere.delete(path);
}

/** One name for a file, which need not be there, whatever links lead to it; its folder must be. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

/** Whether it names a process that still runs. */
function isHolder(said: string): boolean {
  const pid = Number.parseInt(said, 10);
  return pid > 0 && pid !== process.pid && isRunning(pid) && identityOf(pid) === said;
}

/** False if another that starts at this moment was faster: then the file is that one's. */
function setAside(path: string, said: string): boolean {
  const aside = `${ownerFile(path)}.${process.pid}`;
  try {
    renameSync(ownerFile(path), aside);
    const isSame = readText(aside) === said;
    if (!isSame) linkSync(aside, ownerFile(path));
    return isSame;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function writeOwner(path: string): boolean {
  try {
    writeFileSync(ownerFile(path), identityOf(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function identityOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`) ?? "";
  // The second field, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return `${pid} ${fields[19] ?? ""}`.trim();
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function removeLock(path: string): void {
  try {
    rmdirSync(`${path}.lock`);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
