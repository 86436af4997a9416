// Samples that the ScopeNode will never take, with the reason, in the board's store: the newest few, a line each, for
// whoever looks after the board.

import type { Hash } from "../crypto/hash.js";
import { readDurable, writeDurable } from "./durable-file.js";
import type { DurableFile, SmallStore } from "./durable-file.js";

const MOST_REFUSED = 8;

function refusedFile(hash: Hash, store: SmallStore): DurableFile {
  return { hash, store, name: "microspime.refused" };
}

/** Oldest first; "" for none. */
export function refusedLines(hash: Hash, store: SmallStore): string {
  return readDurable(refusedFile(hash, store));
}

/** Beyond the bound the oldest goes. A store that is full keeps what it has. */
export function keepRefused(hash: Hash, store: SmallStore, line: string): void {
  const file = refusedFile(hash, store);
  const lines = (readDurable(file) + "\n" + line.trim()).trim().split("\n");
  writeDurable(file, lines.slice(-MOST_REFUSED).join("\n"));
}
