// Who has claimed this board, in its store: a line a claim, `end owner`, the end in seconds since 1970, the
// owner a bare JID, folded. A claim that has ended counts no more.

import type { Hash } from "../crypto/hash.js";
import type { ByteString } from "../platform.js";
import { readDurable, writeDurable } from "./durable-file.js";
import type { DurableFile, SmallStore } from "./durable-file.js";

/** The file with the claims, and the moment by which they count. */
export interface ClaimList extends DurableFile {
  /** Seconds since 1970; 0 while nobody knows: then no claim has ended. */
  nowS: number;
}

export const MOST_CLAIMS = 8;

export function claimList(hash: Hash, store: SmallStore, nowS: number): ClaimList {
  return { hash, store, name: "microspime.claims", nowS };
}

function ownerOf(line: string): ByteString {
  return line.slice(line.indexOf(" ") + 1);
}

/** The lines of all owners but one. */
function others(list: ClaimList, owner: ByteString): string[] {
  return readDurable(list)
    .split("\n")
    .filter((line) => parseInt(line, 10) > list.nowS && ownerOf(line) !== owner);
}

/** Those who have one. */
export function claimOwners(list: ClaimList): ByteString[] {
  return others(list, "").map(ownerOf);
}

/** Begins or renews one; false when there is no room for another, or the store does not take it. */
export function keepClaim(list: ClaimList, owner: ByteString, endS: number): boolean {
  const lines = others(list, owner);
  lines.push(endS + " " + owner);
  return lines.length <= MOST_CLAIMS && writeDurable(list, lines.join("\n"));
}

/** False when the store does not take it. */
export function releaseClaim(list: ClaimList, owner: ByteString): boolean {
  return writeDurable(list, others(list, owner).join("\n"));
}
