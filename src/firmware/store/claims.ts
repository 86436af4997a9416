// Who has claimed this board, in its store: a line a claim, `end owner`, the end in seconds since 1970, the
// owner a bare JID, folded. A claim that has ended counts no more.

import { readDurable, writeDurable } from "./durable-file.js";
import type { DurableFile } from "./durable-file.js";
import type { ByteString } from "../platform.js";

export interface Claims {
  /** How many there are. */
  count(): number;
  isHeldBy(owner: ByteString): boolean;
  /** Begins or renews one; false when there is no room for another, or the store does not take it. */
  keep(owner: ByteString, endS: number): boolean;
  /** False when the store does not take it. */
  release(owner: ByteString): boolean;
}

const MOST_CLAIMS = 8;

function ownerOf(line: string): ByteString {
  return line.slice(line.indexOf(" ") + 1);
}

/** `nowS`: seconds since 1970, 0 while nobody knows; then no claim has ended. */
export function createClaims(file: DurableFile, nowS: () => number): Claims {
  function others(owner: ByteString): string[] {
    const now = nowS();
    return readDurable(file)
      .split("\n")
      .filter((line) => parseInt(line, 10) > now && ownerOf(line) !== owner);
  }

  return {
    count: function () {
      return others("").length;
    },
    isHeldBy: function (owner) {
      return others("").map(ownerOf).indexOf(owner) >= 0;
    },
    keep: function (owner, endS) {
      const lines = others(owner);
      lines.push(endS + " " + owner);
      return lines.length <= MOST_CLAIMS && writeDurable(file, lines.join("\n"));
    },
    release: function (owner) {
      return writeDurable(file, others(owner).join("\n"));
    },
  };
}
