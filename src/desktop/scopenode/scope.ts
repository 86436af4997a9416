// A ScopeNode's scope: "a reason for collecting data" (OpenSpime v0.9 application examples, section 0.7),
// here as the values that make sense for it.

import type { Entry } from "./report.js";

export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Scope {
  /** CO2 in parts per million of volume. */
  readonly co2Ppm: Range;
  /** Degrees, WGS 84. */
  readonly lat: Range;
  readonly lon: Range;
  /** Metres above sea level. */
  readonly eleM: Range;
  readonly earliest: Date;
  /** How far a spime's clock may be ahead of the ScopeNode's. */
  readonly maxFutureS: number;
  /** Whether an entry has to say where its spime was. */
  readonly location: "required" | "optional";
  /** How old the place of an entry may be, in seconds; 0: of the moment of its measurement only. */
  readonly oldestPlaceS: number;
  readonly maxEntries: number;
}

export const defaultScope: Scope = {
  // From below the driest air on record in 800,000 years (172 ppm; the document reports 176.4) less a
  // sensor's error, so that the 0 of a sensor that has not measured yet is out; to the end of the
  // output range of SCD30 and SCD4x, which is also NIOSH's "immediately dangerous to life".
  co2Ppm: { min: 100, max: 40_000 },
  lat: { min: -90, max: 90 },
  lon: { min: -180, max: 180 },
  // The Dead Sea's shore (-430) to Everest (8,849), with room for the vertical error of GPS.
  eleM: { min: -500, max: 9_000 },
  // Before it no spime was built: 1970 and 1980 are clocks and GPS receivers that were never set.
  earliest: new Date("2000-01-01T00:00:00Z"),
  maxFutureS: 300,
  location: "required",
  // Who reads lat and lon and does not know of ages would take an old place for that of the measurement.
  oldestPlaceS: 0,
  // A day of readings every quarter of an hour, sent after an outage.
  maxEntries: 96,
};

export interface Misfit {
  /** Counted from 1; absent when it is the report as a whole that does not fit. */
  readonly entry?: number;
  readonly field: string;
  readonly reason: string;
}

/** The default scope with the caller's changes. A range that holds nothing is a programmer's error. */
export function makeScope(changes: Partial<Scope> = {}): Scope {
  const scope = { ...defaultScope, ...changes };
  for (const field of ["co2Ppm", "lat", "lon", "eleM"] as const) {
    const { min, max } = scope[field];
    if (!(min <= max)) throw new TypeError(`scope.${field}: min ${min} is not below max ${max}`);
  }
  if (Number.isNaN(scope.earliest.getTime())) throw new TypeError("scope.earliest: not a date");
  if (!(scope.maxFutureS >= 0)) throw new TypeError("scope.maxFutureS: not a number of seconds");
  if (!(scope.maxEntries >= 1)) throw new TypeError("scope.maxEntries: less than 1");
  checkPlace(scope);
  return scope;
}

function checkPlace({ location, oldestPlaceS }: Scope): void {
  if (!["required", "optional"].includes(location)) {
    throw new TypeError("scope.location: neither required nor optional");
  }
  if (!(oldestPlaceS >= 0)) throw new TypeError("scope.oldestPlaceS: not a number of seconds");
}

/** The first thing in a report that does not fit the scope. */
export function findMisfit(entries: readonly Entry[], scope: Scope, now: Date): Misfit | undefined {
  if (entries.length > scope.maxEntries) {
    return { field: "entry", reason: `${entries.length} of them, at most ${scope.maxEntries}` };
  }
  for (const [index, entry] of entries.entries()) {
    const misfit = misfitOf(entry, scope, now);
    if (misfit) return { entry: index + 1, ...misfit };
  }
  return undefined;
}

export function describeMisfit({ entry, field, reason }: Misfit): string {
  return entry === undefined ? `${field}: ${reason}` : `entry ${entry}: ${field} ${reason}`;
}

function misfitOf(entry: Entry, scope: Scope, now: Date): Misfit | undefined {
  return (
    misfitOfDate(entry.date, scope, now) ??
    misfitOfPlace(entry, scope) ??
    misfitOfValues(entry, scope)
  );
}

function misfitOfPlace(
  { lat, placeAgeS = 0 }: Entry,
  { location, oldestPlaceS }: Scope,
): Misfit | undefined {
  if (lat === undefined && location === "required") return { field: "lat", reason: "missing" };
  if (placeAgeS <= oldestPlaceS) return undefined;
  return { field: "age", reason: `of its place is ${placeAgeS} s, at most ${oldestPlaceS} s` };
}

function misfitOfDate(date: Date, scope: Scope, now: Date): Misfit | undefined {
  const latestMs = now.getTime() + scope.maxFutureS * 1000;
  const said = date.toISOString();
  if (date < scope.earliest) {
    return { field: "date", reason: `${said} before ${scope.earliest.toISOString()}` };
  }
  if (date.getTime() > latestMs) {
    return { field: "date", reason: `${said} more than ${scope.maxFutureS} s in the future` };
  }
  return undefined;
}

function misfitOfValues(entry: Entry, scope: Scope): Misfit | undefined {
  return (
    misfitOfRange("lat", entry.lat, scope.lat) ??
    misfitOfRange("lon", entry.lon, scope.lon) ??
    misfitOfRange("ele", entry.eleM, scope.eleM) ??
    misfitOfRange("ppm", entry.ppm, scope.co2Ppm)
  );
}

function misfitOfRange(
  field: string,
  value: number | undefined,
  { min, max }: Range,
): Misfit | undefined {
  if (value === undefined || (value >= min && value <= max)) return undefined;
  return { field, reason: `${value} outside ${min} to ${max}` };
}
