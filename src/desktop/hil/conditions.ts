// Whether what came is what was expected, in a person's words. Pure.

import type { LogEvent } from "../sim/agent-log.js";
import type { ReceivedAnswer, ReceivedEntry } from "./journal.js";
import type {
  Expectation,
  ExpectLog,
  ExpectState,
  PlaceCondition,
  Point,
  ReportConditions,
  Span,
} from "./scenario.js";
import { metresBetween } from "./track.js";

/** What the sensors were asked to say, by second of the board's clock. */
export interface Given {
  readonly curve: (second: number) => number;
  readonly placeAt: ((second: number) => Point) | undefined;
  /** Of an entry's date; undefined where nobody knows what the receiver's clock was. */
  secondOf(date: Date): number | undefined;
  /** A sample speaks of so many seconds before its date. */
  readonly windowS: number;
  /** Seconds of the board's clock for each of the scenario's. */
  readonly pace: number;
  /** The board's full JID. */
  readonly spime: string;
}

const CURVE_STEP_S = 0.5;
/** A reading and the date of a fix can be so far from each other. */
const SLACK_S = 2;

/** The least and the most that the air was while the sample was taken. */
export function airAround(given: Given, second: number): { least: number; most: number } {
  const values: number[] = [];
  const from = Math.max(0, second - given.windowS);
  for (let at = from; at <= second + SLACK_S; at += CURVE_STEP_S) values.push(given.curve(at));
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** Why it does not fit, a word or two each; none: it does. */
export function misfitsOf(
  entry: ReceivedEntry,
  conditions: ReportConditions,
  given: Given,
  receivedS: number,
): string[] {
  const second = given.secondOf(entry.date);
  const { encrypted, signed, signedBy, placeAgeS, delayS } = conditions;
  const delay = second === undefined ? NaN : (receivedS - second) / given.pace;
  return [
    ...ppmMisfits(entry.co2Ppm, conditions.co2Ppm, given, second),
    ...placeMisfits(entry, conditions.place, given, second),
    ...spanMisfit("age of its place", entry.placeAgeS ?? 0, placeAgeS),
    ...spanMisfit("delay", delay, delayS),
    ...flagMisfit("encrypted", entry.isEncrypted, encrypted),
    ...flagMisfit("signed", entry.isSigned, signed),
    ...signerMisfit(entry, signedBy, given.spime),
  ];
}

function ppmMisfits(
  ppm: number,
  condition: ReportConditions["co2Ppm"],
  given: Given,
  second: number | undefined,
): string[] {
  if (condition === undefined) return [];
  const { ofCurve, ...span } = condition;
  const misfits = spanMisfit("CO2", ppm, span);
  if (ofCurve === undefined) return misfits;
  if (second === undefined) return [...misfits, "nobody knows what the air was at its date"];
  const { least, most } = airAround(given, second);
  if (ppm >= least - ofCurve && ppm <= most + ofCurve) return misfits;
  return [...misfits, `CO2 ${ppm}, but the air was ${rangeText(least, most)}`];
}

function rangeText(least: number, most: number): string {
  const [low, high] = [Math.round(least), Math.round(most)];
  return low === high ? `${low}` : `${low} to ${high}`;
}

function placeMisfits(
  entry: { readonly lat?: number; readonly lon?: number },
  condition: PlaceCondition | undefined,
  given: Given,
  second?: number,
): string[] {
  if (condition === undefined) return [];
  const { lat, lon } = entry;
  if (lat === undefined || lon === undefined) return condition === "none" ? [] : ["no place"];
  if (condition === "none") return ["a place"];
  const isOfTrack = "ofTrack" in condition;
  const point = isOfTrack ? second !== undefined && given.placeAt?.(second) : condition;
  if (!point) return ["nobody knows where the receiver was at its date"];
  const metres = metresBetween({ lat, lon }, point);
  if (metres <= (isOfTrack ? condition.ofTrack : condition.withinM)) return [];
  return [`${Math.round(metres)} m away`];
}

export function spanMisfit(name: string, value: number, span: Span | undefined): string[] {
  if (span === undefined) return [];
  const { from = -Infinity, to = Infinity } = span;
  return value >= from && value <= to ? [] : [`${name} ${rounded(value)}`];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function flagMisfit(name: string, value: boolean, wanted: boolean | undefined): string[] {
  if (wanted === undefined || value === wanted) return [];
  return [value ? name : `not ${name}`];
}

/** "board" is the board, whatever it is called. */
function signerMisfit(entry: ReceivedEntry, wanted: string | undefined, spime: string): string[] {
  if (wanted === undefined) return [];
  const jid = wanted === "board" ? spime : wanted;
  if (!entry.isSigned) return ["signed by nobody"];
  return entry.osid.toLowerCase() === jid.toLowerCase() ? [] : [`signed by ${entry.osid}`];
}

export function answerMisfits(
  answer: ReceivedAnswer,
  condition: Extract<Expectation, { expect: "answer" }>,
  given: Given,
): string[] {
  const { entries, isEncrypted } = answer;
  const places = condition.place === undefined ? [] : entries;
  return [
    ...spanMisfit("entries", entries.length, condition.entries),
    ...flagMisfit("encrypted", isEncrypted, condition.encrypted),
    ...places.flatMap((entry) => placeMisfits(entry, condition.place, given)).slice(0, 1),
  ];
}

/** Exactly so, or /a regular expression/. */
export function fitsText(text: string | undefined, wanted: string | number): boolean {
  const pattern = /^\/(.*)\/$/.exec(String(wanted));
  if (text === undefined) return false;
  return pattern ? new RegExp(pattern[1]).test(text) : text === String(wanted);
}

export function fitsLog({ name, level, values }: LogEvent, wanted: ExpectLog): boolean {
  const pairs = Object.entries(wanted.values ?? {});
  return (
    name === wanted.event &&
    (wanted.level === undefined || level === wanted.level) &&
    pairs.every(([key, value]) => fitsText(values[key], value))
  );
}

export function stateMisfits(
  fields: Readonly<Record<string, string>>,
  wanted: ExpectState["fields"],
): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const field = fields[name];
    if (typeof value !== "object") return fitsText(field, value) ? [] : [`${name}=${field}`];
    return spanMisfit(name, field === undefined ? NaN : Number(field), value);
  });
}

/** What is missing, or twice, in entries by their dates; `holeS` seconds may lie between two. */
export function holesIn(dates: readonly Date[], holeS: number): string[] {
  const times = dates.map((date) => date.getTime() / 1000).sort((one, other) => one - other);
  return times.slice(1).flatMap((time, index) => {
    const gapS = time - times[index];
    if (gapS === 0) return [`two entries of ${clockOf(time)}`];
    return gapS > holeS ? [`nothing for ${rounded(gapS)} s before ${clockOf(time)}`] : [];
  });
}

function clockOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
