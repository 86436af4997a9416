// Who has a database open: a file beside it with the process that does. SQLite's build for WASM locks by a
// directory, which nobody removes after a crash, so that the next start would find the database busy for
// ever. A process is named by its id and, where /proc tells it (proc(5), field 22 of stat), by when it
// started: ids come again, after a reboot and in containers.

import { readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { codeOf } from "../failure.js";

/** A second one in this process would go unnoticed by a file that names the process. */
const ownedHere = new Set<string>();

/** Throws if another has it open; takes it over from one that is gone. Call `disownFile` afterwards. */
export function ownFile(path: string): void {
  const owned = resolve(path);
  const holder = ownedHere.has(owned) ? process.pid : holderOf(owned);
  if (holder !== undefined) {
    throw new Error(`database ${path} is in use by process ${holder}: stop it or use another file`);
  }
  rmSync(ownerFile(owned), { force: true });
  writeFileSync(ownerFile(owned), identityOf(process.pid), { flag: "wx", mode: 0o600 });
  ownedHere.add(owned);
  removeLock(owned);
}

export function disownFile(path: string): void {
  const owned = resolve(path);
  rmSync(ownerFile(owned), { force: true });
  ownedHere.delete(owned);
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

/** The process that has it open, if that still runs. */
function holderOf(path: string): number | undefined {
  const said = readText(ownerFile(path));
  const pid = Number.parseInt(said ?? "", 10);
  if (!(pid > 0) || pid === process.pid) return undefined;
  return isRunning(pid) && identityOf(pid) === said ? pid : undefined;
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
