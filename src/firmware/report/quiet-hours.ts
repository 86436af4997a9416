// Hours of the day in which a board keeps still.

import type { ReportSettings } from "../configuration.js";

const HOUR_MS = 3600000;

/** The hours from a to b, of 24. */
function hoursFrom(a: number, b: number): number {
  return (b - a + 24) % 24;
}

/** At this Unix time; never where no hours are set, nor while nobody knows the time (NaN). */
export function isQuiet(
  { quietFromHour: from = NaN, quietUntilHour: until = NaN }: ReportSettings,
  timeMs: number,
): boolean {
  const hour = Math.floor(timeMs / HOUR_MS) % 24;
  return hoursFrom(from, hour) < hoursFrom(from, until);
}
