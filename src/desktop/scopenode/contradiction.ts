// An entry is known by its spime and its date. A receiver whose clock goes back can give two measurements one date: the
// second is not the first that comes again, and taking it for that would lose it without a word.

import type { Entry } from "./report.js";

/** The date of which these entries of one spime say two things; undefined where there is none. */
export function contradictionIn(entries: readonly Entry[]): Date | undefined {
  const said = new Map<number, Entry>();
  for (const entry of entries) {
    const dateMs = entry.date.getTime();
    const earlier = said.get(dateMs) ?? entry;
    if (areTwo(earlier, entry)) return entry.date;
    said.set(dateMs, earlier);
  }
  return undefined;
}

/** By what was measured, and where: a board may have learned to say more of it since, or been told to say less. */
function areTwo(one: Entry, other: Entry): boolean {
  const haveLocation = one.lat !== undefined && other.lat !== undefined;
  const isElsewhere = haveLocation && (one.lat !== other.lat || one.lon !== other.lon);
  return one.ppm !== other.ppm || isElsewhere;
}
