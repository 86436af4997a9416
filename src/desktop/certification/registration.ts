// Registering a key with a certification service that has a folder of them: key-store.ts has the names.

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileNameOf, KeyStore } from "./key-store.js";

export interface Registration {
  readonly path: string;
  readonly state: "new" | "replaced" | "unchanged";
}

/** Another key is registered under that address. */
export class OtherKey extends Error {}

/**
 * Writes the public half, and over another key only with `isForced`. Makes the folder if it is missing.
 * Rejects with `OtherKey`, the TypeError of a key that is there and wrong, or the system's error.
 */
export async function registerKey(
  folder: string,
  jid: string,
  key: KeyObject,
  isForced = false,
): Promise<Registration> {
  await mkdir(folder, { recursive: true });
  const store = new KeyStore(folder);
  await store.load();
  const path = join(folder, fileNameOf(jid));
  const half = key.type === "public" ? key : createPublicKey(key);
  const known = store.find(jid);
  if (known?.equals(half)) return { path, state: "unchanged" };
  if (known && !isForced) throw new OtherKey(`${jid} has another key`);
  // Written beside that, it would be the second for one address, and the folder could not be read any more.
  if (known && !(await isThere(path))) throw new TypeError(`keys: ${jid} is not in ${path}`);
  await write(path, String(half.export({ type: "spki", format: "pem" })), known !== undefined);
  return { path, state: known ? "replaced" : "new" };
}

/** A service that reads the folder meanwhile finds the old file or the new one. */
async function write(path: string, pem: string, isOver: boolean): Promise<void> {
  if (!isOver) return writeFile(path, pem, { flag: "wx" });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, pem);
  await rename(draft, path);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
