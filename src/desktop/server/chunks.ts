// TCP keeps no borders: whatever is written may arrive in any pieces.
import type { Style } from "./serialise.js";

const MAX_CUTS = 4;

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

function startOfCharacter(bytes: Buffer, position: number): number {
  while (position > 0 && isContinuation(bytes[position])) position--;
  return position;
}

/** Chance alone would seldom hit one of the few long characters of a stanza. */
function cutInsideCharacter(bytes: Buffer, style: Style): number {
  let at = style.random.below(bytes.length);
  while (at < bytes.length && !isContinuation(bytes[at])) at++;
  return at < bytes.length ? at : 0;
}

function cutPositions(bytes: Buffer, style: Style): number[] {
  const cuts = Array.from({ length: style.random.below(MAX_CUTS) }, () =>
    style.random.below(bytes.length),
  );
  if (style.manners.splitCharacters) cuts.push(cutInsideCharacter(bytes, style));
  else cuts.forEach((cut, index) => (cuts[index] = startOfCharacter(bytes, cut)));
  return [...new Set(cuts)].filter((cut) => cut > 0).sort((left, right) => left - right);
}

export function cutInChunks(bytes: Buffer, style: Style): Buffer[] {
  if (!style.manners.split || bytes.length === 0) return [bytes];
  const borders = [0, ...cutPositions(bytes, style), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}
