// What a month has come to, sample by sample: each is stored once, or there is a reason why not, and the reason is one of
// five.

import type { StoredEntry } from "../../../src/desktop/scopenode/database.js";
import type { Fate, Ledger, Sample } from "./ledger.js";
import type { MonthBoard } from "./plan.js";
import { NUMBER_BASE } from "./sensors.js";

export interface MonthFigures extends Readonly<Record<Fate, number>> {
  /** Put into the board's queue. */
  readonly taken: number;
  readonly stored: number;
  /** Given up, as the log says, and as only the flash says because power failed before the log could. */
  readonly told: number;
  readonly untold: number;
  readonly lost: number;
  /**
   * Refused because another sample is stored with their date: an entry is known by its spime and its date, and a receiver whose
   * clock has gone back has said that date before, to the hundredth of a second.
   */
  readonly sameDate: number;
  /** Stored twice, or of no sample. */
  readonly surplus: number;
  /** Sent again, and recognised. */
  readonly repeated: number;
}

/** How far ahead of its own a ScopeNode believes a date (scope.ts). */
const FUTURE_MS = 300_000;

export function verdictOf(
  ledger: Ledger,
  rows: readonly StoredEntry[],
  received: number,
  { policy }: MonthBoard,
): { samples: MonthFigures; found: string[] } {
  const { samples, told, untold } = ledger;
  const stored = new Map<number, StoredEntry>();
  const found = [...ledger.faults];
  const fates: Record<Fate, number> = { dropped: 0, torn: 0, refused: 0, unwritten: 0 };
  const serials = new Map(rows.map(({ date, ppm }) => [date.getTime(), ppm - NUMBER_BASE]));
  let surplus = 0;
  let lost = 0;
  let sameDate = 0;
  for (const row of rows) {
    const serial = row.ppm - NUMBER_BASE;
    const fault = stored.has(serial) ? "was stored twice" : faultOf(row, samples.get(serial));
    if (fault !== undefined) found.push(`Sample ${serial} ${fault}.`);
    if (fault !== undefined && stored.has(serial)) surplus += 1;
    stored.set(serial, row);
  }
  for (const sample of samples.values()) {
    if (stored.has(sample.serial)) continue;
    const fault = reasonless(sample);
    const other = samples.get(serials.get(sample.dateMs as number) ?? NaN);
    if (sample.fate === "refused" && other && [sample, other].some(isMisdated)) sameDate += 1;
    else if (fault === undefined) fates[sample.fate as Fate] += 1;
    else {
      lost += 1;
      found.push(`Sample ${sample.serial} ${fault}.`);
    }
  }
  const crowded = [...samples.values()].filter(isCrowdedOut).length;
  if (policy === "roomy" && crowded > 0)
    found.push(`${crowded} samples were given up, though there was room for all.`);
  const counts = {
    taken: samples.size,
    stored: stored.size,
    told,
    untold,
    lost,
    sameDate,
    surplus,
  };
  return { samples: { ...counts, ...fates, repeated: received - rows.length }, found };
}

/** As no right clock has it. */
function isMisdated({ dateMs, trueMs }: Sample): boolean {
  return Math.abs((dateMs as number) - trueMs) > FUTURE_MS;
}

/** Out of flash: what has no date yet waits in memory, where there is room for few. */
function isCrowdedOut({ fate, dateMs }: Sample): boolean {
  return fate === "dropped" && dateMs !== undefined;
}

/** Of what is stored. */
function faultOf(row: StoredEntry, sample: Sample | undefined): string | undefined {
  if (!sample) return "was stored and never taken";
  const dateMs = row.date.getTime();
  if (dateMs !== sample.dateMs) return `has the date ${dateMs}, and ${sample.dateMs} in flash`;
  const isFixed = sample.fixMs === undefined || sample.fixMs === dateMs;
  return isFixed ? undefined : `has the date ${dateMs}, and its fix had ${sample.fixMs}`;
}

/** Why it ought to be stored. */
function reasonless({ fate, isDelivered, dateMs, trueMs }: Sample): string | undefined {
  if (isDelivered) return "was acknowledged and is not stored";
  if (fate === undefined) return "is not stored, and nobody gave it up";
  const isAhead = dateMs !== undefined && dateMs > trueMs + FUTURE_MS;
  return fate === "refused" && !isAhead ? "was refused, though its date was right" : undefined;
}
