// The server's time (XEP-0202), for a board whose clock nobody else has set.

import { childOf, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";

export const TIME_QUERY = "<time xmlns='urn:xmpp:time'/>";

/** Milliseconds since 1970; 0 or NaN where there is none that could be. */
export function timeIn(answer: Element | undefined): number {
  const date = textOf(childOf(answer, "time"), "utc").slice(0, 19);
  // Of this century: Espruino throws at dates far beyond it, as others have crashed (CVE-2013-6477).
  return /^20[0-9][0-9]-..-..T..:..:..$/.test(date) ? Date.parse(date + "Z") : 0;
}
