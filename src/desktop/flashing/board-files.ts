// The files that a board is flashed with: what `microspime provision --out` has written, the build's bundle and loader.

import { readFileSync } from "node:fs";
import path from "node:path";
import { codeOf, unreadable, usageFailure } from "../failure.js";
import {
  CONFIGURATION_FILE,
  KEY_FILE,
  LOCK_FILE,
  MAX_CONSOLE_PASSWORD,
  SEED_FILE,
  UPDATE_KEY_FILE,
} from "../provisioning/provision.js";
import type { WantedFile } from "./board-storage.js";

export interface ProvisionedFiles {
  /** In the order in which they are sent, the configuration last of them. */
  readonly files: readonly WantedFile[];
  /** Locks the console. */
  readonly lock: WantedFile | undefined;
}

/** `undefined` where there is none; a `Failure` where it cannot be read. */
function read(folder: string, name: string): WantedFile | undefined {
  const file = path.join(folder, name);
  try {
    return { name, bytes: readFileSync(file) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unreadable(file, error, "Give the folder that microspime provision --out has written.");
  }
}

export function readProvisioned(folder: string): ProvisionedFiles {
  const configuration = read(folder, CONFIGURATION_FILE);
  if (!configuration) {
    throw usageFailure(
      `There is no ${CONFIGURATION_FILE} in ${folder}.`,
      "Give the folder that microspime provision --out has written, with --xmpp and the rest.",
    );
  }
  const others = [KEY_FILE, SEED_FILE, UPDATE_KEY_FILE].flatMap((name) => read(folder, name) ?? []);
  checkKey(configuration, others, folder);
  for (const { name, bytes } of others) checkSize(name, bytes, folder);
  const lock = read(folder, LOCK_FILE);
  if (lock) checkLock(lock.bytes);
  return { files: [...others, configuration], lock };
}

function checkKey(configuration: WantedFile, others: readonly WantedFile[], folder: string): void {
  const { certifier } = parsed(configuration, folder);
  if (certifier === undefined || others.some(({ name }) => name === KEY_FILE)) return;
  throw usageFailure(
    `${CONFIGURATION_FILE} names a certification service, and there is no ${KEY_FILE} in ${folder}.`,
    "A board that signs needs its key: microspime provision writes both.",
  );
}

function parsed({ name, bytes }: WantedFile, folder: string): { certifier?: unknown } {
  try {
    return JSON.parse(bytes.toString("latin1"));
  } catch {
    throw usageFailure(
      `${path.join(folder, name)} is no JSON.`,
      "Mend it, or write it anew with microspime provision.",
    );
  }
}

function checkSize(name: string, bytes: Buffer, folder: string): void {
  if (bytes.length > 0) return;
  throw usageFailure(`${path.join(folder, name)} is empty.`, "microspime provision writes it.");
}

/** One that cannot be typed would lock the board's console for good. */
function checkLock(bytes: Buffer): void {
  if (/^[!-~]+$/.test(bytes.toString("latin1")) && bytes.length <= MAX_CONSOLE_PASSWORD) return;
  throw usageFailure(
    `${LOCK_FILE} must hold 1 to ${MAX_CONSOLE_PASSWORD} characters of ASCII without blanks.`,
    "Espruino takes no longer password: with this one nobody could unlock the console again.",
  );
}
