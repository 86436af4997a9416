// What a ScopeNode has taken from the simulated board, counted in samples, and how they came.

import { isSameAddress } from "../openspime/address.js";
import type { Report } from "../scopenode/index.js";

export class Tally {
  samples = 0;
  /** With a signature that verifies with the board's own key. */
  signed = 0;
  encrypted = 0;
  /** Answered and not taken again: a recording that starts again brings the same dates. */
  replayed = 0;

  constructor(private readonly spime: string) {}

  add({ osid, entries, isSigned, isEncrypted }: Report): void {
    this.samples += entries.length;
    if (isSigned && isSameAddress(osid, this.spime)) this.signed += entries.length;
    if (isEncrypted) this.encrypted += entries.length;
  }

  addReplay({ entries }: Report): void {
    this.replayed += entries.length;
  }
}
