// A small text that a power cut leaves old or new, never torn: two files take turns, each with a check and the
// number of its turn, so that one of them is whole at every moment of a write. Nothing of it stays in memory.

import type { Hash } from "../crypto/hash.js";

/** Small files that survive a restart; `write` may throw. */
export interface SmallStore {
  read(name: string): string | undefined;
  write(name: string, bytes: string): void;
}

export interface DurableFile {
  hash: Hash;
  store: SmallStore;
  /** The files have 0 and 1 behind it. */
  name: string;
}

const CHECK_BYTES = 4;

function checkOf(hash: Hash, body: string): string {
  return hash.digest(body).slice(0, CHECK_BYTES);
}

/** What was written last, behind the number of its turn and a blank; "0 " if nothing was. */
function newestOf({ hash, store, name }: DurableFile): string {
  let newest = "0 ";
  [0, 1].forEach(function (slot) {
    const file = store.read(name + slot) || "";
    const body = file.slice(CHECK_BYTES);
    const isWhole = checkOf(hash, body) + body === file;
    if (isWhole && parseInt(body, 10) > parseInt(newest, 10)) newest = body;
  });
  return newest;
}

/** What was written last; "" if nothing was. */
export function readDurable(file: DurableFile): string {
  const newest = newestOf(file);
  return newest.slice(newest.indexOf(" ") + 1);
}

/** False when the store has not taken it: what was there before holds. */
export function writeDurable(file: DurableFile, text: string): boolean {
  const { hash, store, name } = file;
  const turn = parseInt(newestOf(file), 10) + 1;
  const body = turn + " " + text;
  const bytes = checkOf(hash, body) + body;
  const slot = name + (turn & 1);
  try {
    store.write(slot, bytes);
  } catch {
    // A full store shows when it is read.
  }
  return store.read(slot) === bytes;
}
