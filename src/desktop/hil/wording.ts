// Steps, expectations and what came, as people read them.

import type { ReceivedEntry } from "./journal.js";
import type {
  Action,
  Expectation,
  FaultSpec,
  PlaceCondition,
  ReportConditions,
  Span,
  Step,
} from "./scenario.js";

export function titleOf(step: Step): string {
  const title = "expect" in step ? expectationTitle(step) : actionTitle(step);
  return step.note === undefined ? title : `${step.note} (${title})`;
}

export function faultTitle({ sensor, name, answers, seconds, oneIn }: FaultSpec): string {
  if (name === "none") return `${sensor}: no fault any more`;
  const span =
    answers !== undefined ? `, ${plural(answers, "answer")}` : seconds ? `, for ${seconds} s` : "";
  return `${sensor}: ${name}${oneIn ? `, one in ${oneIn}` : ""}${span}`;
}

function actionTitle(action: Action): string {
  if ("wait" in action) return `wait ${action.wait} s`;
  if ("fault" in action) return faultTitle(action.fault);
  if ("claim" in action) return `the ${action.claim.as ?? "owner"} claims the board`;
  if ("seek" in action) return "the owner seeks the board";
  if ("status" in action) return "the owner asks the board how it is";
  if ("power-cycle" in action) return `power off for ${action["power-cycle"].offS ?? 1} s, and on`;
  if ("power" in action) return `power ${action.power}`;
  if ("server" in action) return `server ${action.server}`;
  if ("partition" in action) return `partition: ${action.partition}`;
  return "the connection is cut";
}

function expectationTitle(expectation: Expectation): string {
  const { within } = expectation;
  const isNone = expectation.expect.startsWith("no-");
  return `${wantedOf(expectation)} ${isNone ? "for" : "within"} ${within} s`;
}

/** Without the time. */
export function wantedOf(wanted: Expectation): string {
  switch (wanted.expect) {
    case "report":
      return joined(someOf(wanted.count, "report"), conditionWords(wanted));
    case "no-report":
      return joined("no report", conditionWords(wanted));
    case "log":
    case "no-log": {
      const { expect, event, level, count, values = {} } = wanted;
      const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${value}`);
      const line = `"${level ? `${level} ` : ""}${event}${pairs.join("")}"`;
      return `${expect === "log" ? someOf(count, "log line") : "no log line"} ${line}`;
    }
    case "refusal":
      return `the ScopeNode refuses a report${wanted.condition ? `: ${wanted.condition}` : ""}`;
    case "claim":
      return joined(`the claim is ${wanted.outcome}`, [
        ...(wanted.forDays ? [`for ${spanWords(wanted.forDays)} days`] : []),
        ...(wanted.says ? [`saying /${wanted.says}/`] : []),
      ]);
    case "answer":
      return joined("an answer of the ScopeNode", [
        ...(wanted.entries ? [`with ${spanWords(wanted.entries)} entries`] : []),
        ...flagWords("encrypted", wanted.encrypted),
        ...placeWords(wanted.place),
      ]);
    case "state":
      return `the board says ${Object.entries(wanted.fields)
        .map(([name, value]) =>
          typeof value === "object" ? `${name} ${spanWords(value)}` : `${name}=${value}`,
        )
        .join(", ")}`;
    case "complete":
      return joined("every sample once", [
        `at most ${wanted.holeS} s between two`,
        ...(wanted.count ? [`${wanted.count} of them at least`] : []),
      ]);
  }
}

function joined(head: string, words: readonly string[]): string {
  return words.length === 0 ? head : `${head}: ${words.join(", ")}`;
}

export function conditionWords(conditions: ReportConditions): string[] {
  const { co2Ppm, placeAgeS, delayS, signedBy } = conditions;
  const { ofCurve, ...span } = co2Ppm ?? {};
  return [
    ...(co2Ppm && Object.keys(span).length > 0 ? [`CO2 ${spanWords(span)} ppm`] : []),
    ...(ofCurve !== undefined ? [`CO2 within ${ofCurve} ppm of the air`] : []),
    ...placeWords(conditions.place),
    ...(placeAgeS ? [`its place ${spanWords(placeAgeS)} s old`] : []),
    ...(delayS ? [`delayed by ${spanWords(delayS)} s`] : []),
    ...flagWords("encrypted", conditions.encrypted),
    ...flagWords("signed", conditions.signed),
    ...(signedBy ? [`signed by ${signedBy === "board" ? "the board" : signedBy}`] : []),
  ];
}

function placeWords(place: PlaceCondition | undefined): string[] {
  if (place === undefined) return [];
  if (place === "none") return ["without a place"];
  if ("ofTrack" in place) return [`within ${place.ofTrack} m of the receiver`];
  return [`within ${place.withinM} m of ${place.lat}, ${place.lon}`];
}

function flagWords(name: string, wanted: boolean | undefined): string[] {
  if (wanted === undefined) return [];
  return [wanted ? name : `not ${name}`];
}

function spanWords({ from, to }: Span): string {
  if (from !== undefined && to !== undefined) return from === to ? `${from}` : `${from} to ${to}`;
  return from !== undefined ? `${from} or more` : `${to} or less`;
}

export function entryWords(entry: ReceivedEntry): string {
  const { date, co2Ppm, lat, lon, isSigned, isEncrypted } = entry;
  const place = lat === undefined ? "no place" : `${lat.toFixed(6)}, ${lon?.toFixed(6)}`;
  const security = [
    isSigned ? "signed" : "not signed",
    isEncrypted ? "encrypted" : "not encrypted",
  ];
  return `${date.toISOString().slice(11, 19)} ${co2Ppm} ppm, ${place}, ${security.join(", ")}`;
}

function someOf(count: number | undefined, one: string): string {
  return count === undefined ? `a ${one}` : plural(count, one);
}

export function plural(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}
