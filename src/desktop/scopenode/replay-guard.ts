// Signed reports that were handed on: OpenSpime v0.9 signs neither the iq's id nor its addresses, so that a
// stanza sent again, by its spime that missed the reply or by somebody who overheard it, can be told by what
// is signed only: who reports, and what the entries say.

import { createHash } from "node:crypto";
import { BoundedMap } from "../openspime/bounded-map.js";
import type { Accepted, Report } from "./queries.js";

/** A digest each: about two megabytes. */
const CAPACITY = 10_000;

export class ReplayGuard {
  private readonly seen: BoundedMap<string, Promise<Accepted>>;

  constructor(capacity: number = CAPACITY) {
    this.seen = new BoundedMap(capacity);
  }

  /**
   * Hands on what is new. A replay shares the outcome of the first, also while that is under way; one that
   * failed is forgotten, since the spime has been asked to send it again, and one that was refused was not handed on.
   */
  once(report: Report, handOn: () => Promise<Accepted>): Replayable {
    const id = idOf(report);
    const earlier = this.seen.get(id);
    if (earlier) return { isReplay: true, accepted: earlier };
    const accepted = handOn();
    this.seen.set(id, accepted);
    const forget = () => this.seen.delete(id);
    accepted.then((outcome) => "fault" in outcome && forget(), forget);
    return { isReplay: false, accepted };
  }
}

export interface Replayable {
  readonly isReplay: boolean;
  readonly accepted: Promise<Accepted>;
}

function idOf({ osid, entries }: Report): string {
  return createHash("sha256")
    .update(JSON.stringify([osid, entries]))
    .digest("base64");
}
