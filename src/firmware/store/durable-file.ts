// A small text that a power cut leaves old or new, never torn: two files take turns, each with a check and the
// number of its turn, so that one of them is whole at every moment of a write.

import type { Hash } from "../crypto/hash.js";

/** Small files that survive a restart; `write` may throw. */
export interface SmallStore {
  read(name: string): string | undefined;
  write(name: string, bytes: string): void;
}

export interface DurableFile {
  /** What was written last; "" if nothing was. */
  read(): string;
  /** False when the store has not taken it: what was there before holds. */
  write(text: string): boolean;
}

const CHECK_BYTES = 4;

/** Kept as `name` with 0 and 1 behind it. */
export function createDurableFile(hash: Hash, store: SmallStore, name: string): DurableFile {
  let turn = 0;
  let newest = "";

  function withCheck(body: string): string {
    return hash.digest(body).slice(0, CHECK_BYTES) + body;
  }

  function load(slot: number): void {
    const file = store.read(name + slot) || "";
    const body = file.slice(CHECK_BYTES);
    const space = body.indexOf(" ");
    const itsTurn = +body.slice(0, space);
    if (itsTurn > turn && withCheck(body) === file) {
      turn = itsTurn;
      newest = body.slice(space + 1);
    }
  }

  load(0);
  load(1);
  return {
    read: function () {
      return newest;
    },
    write: function (text) {
      const next = turn + 1;
      const file = withCheck(next + " " + text);
      const slot = name + (next & 1);
      try {
        store.write(slot, file);
      } catch {
        // A full store shows when it is read.
      }
      const isKept = store.read(slot) === file;
      if (isKept) {
        turn = next;
        newest = text;
      }
      return isKept;
    },
  };
}
