// A scenario: what a board is given and what it has to do, step by step. docs/hil.md explains the file,
// scenarios/scenario.schema.json is its form.

import path from "node:path";
import { usageFailure } from "../failure.js";
import type { Scope } from "../scopenode/index.js";
import type { FaultName } from "../sim/sensors/faults.js";
import { documentFailure, readDocument } from "./document.js";

export const TARGET_NAMES = ["node", "espruino", "board"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

export interface Tempo {
  /** How many times as fast as the wall clock the board's clock goes; of a real engine it cannot be chosen. */
  readonly speed: number;
  /** Seconds of the board's clock for each of the scenario's. */
  readonly pace: number;
}

export interface Span {
  readonly from?: number;
  readonly to?: number;
}

export interface Point {
  readonly lat: number;
  readonly lon: number;
  readonly eleM?: number;
}

export interface GpsSpec {
  readonly recording?: string;
  readonly track?: readonly Point[];
  readonly speedKmh?: number;
  readonly acquireS?: number;
  readonly silent?: true;
}

export type SerialSensorName = "mhz19" | "senseair-s8" | "t6713" | "cm1106";

export interface Co2Spec {
  readonly sensor?: SerialSensorName;
  /** Seconds and ppm. */
  readonly curve?: readonly (readonly [number, number])[];
  readonly recording?: string;
  readonly warmUpS?: number;
}

export interface FaultSpec {
  readonly sensor: "gps" | "co2";
  readonly name: FaultName | "none";
  readonly answers?: number;
  readonly seconds?: number;
  readonly oneIn?: number;
}

export interface TimedFault extends FaultSpec {
  readonly at: number;
}

export type PlaceCondition =
  | "none"
  | { readonly lat: number; readonly lon: number; readonly withinM: number }
  | { readonly ofTrack: number };

export interface ReportConditions {
  readonly co2Ppm?: Span & { readonly ofCurve?: number };
  readonly place?: PlaceCondition;
  readonly placeAgeS?: Span;
  readonly delayS?: Span;
  readonly encrypted?: boolean;
  readonly signed?: boolean;
  readonly signedBy?: string;
}

interface Expecting {
  /** Seconds. */
  readonly within: number;
}

export interface ExpectReport extends Expecting, ReportConditions {
  readonly expect: "report" | "no-report";
  readonly count?: number;
}

export interface ExpectLog extends Expecting {
  readonly expect: "log" | "no-log";
  readonly event: string;
  readonly level?: string;
  readonly count?: number;
  readonly values?: Readonly<Record<string, string | number>>;
}

export interface ExpectRefusal extends Expecting {
  readonly expect: "refusal";
  readonly condition?: string;
}

export interface ExpectClaim extends Expecting {
  readonly expect: "claim";
  readonly outcome: "granted" | "refused";
  readonly forDays?: Span;
  readonly says?: string;
}

export interface ExpectAnswer extends Expecting {
  readonly expect: "answer";
  readonly entries?: Span;
  readonly encrypted?: boolean;
  readonly place?: PlaceCondition;
}

export interface ExpectState extends Expecting {
  readonly expect: "state";
  readonly fields: Readonly<Record<string, string | number | Span>>;
}

export interface ExpectComplete extends Expecting {
  readonly expect: "complete";
  readonly holeS: number;
  readonly count?: number;
}

export type Expectation =
  | ExpectReport
  | ExpectLog
  | ExpectRefusal
  | ExpectClaim
  | ExpectAnswer
  | ExpectState
  | ExpectComplete;

export type Action =
  | { readonly wait: number }
  | { readonly fault: FaultSpec }
  | { readonly claim: { readonly as?: "owner" | "stranger"; readonly code?: string } }
  | { readonly seek: { readonly within?: number } }
  | { readonly status: "ask" }
  | { readonly "power-cycle": { readonly offS?: number } }
  | { readonly power: "off" | "on" }
  | { readonly server: "down" | "up" }
  | { readonly partition: "begin" | "end" }
  | { readonly link: "cut" };

export type Step = (Action | Expectation) & { readonly note?: string };

export interface Scenario {
  readonly file: string;
  readonly title: string;
  readonly shows: string;
  readonly about: string;
  readonly targets: Readonly<Partial<Record<TargetName, Tempo>>>;
  /** Why not, for the others. */
  readonly notFor: Readonly<Partial<Record<TargetName, string>>>;
  readonly security: "plain" | "signed" | "encrypted";
  readonly keyBits: number;
  readonly samplePeriodS: number;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly scope: Partial<Pick<Scope, "co2Ppm" | "location" | "oldestPlaceS">>;
  readonly gps: GpsSpec;
  readonly co2: Co2Spec;
  readonly faults: readonly TimedFault[];
  readonly always: ReportConditions | undefined;
  readonly steps: readonly Step[];
  /** Of each step, in the file. */
  readonly lines: readonly number[];
  /** Of each of the faults. */
  readonly faultLines: readonly number[];
}

const DEFAULTS = {
  about: "",
  notFor: {},
  security: "encrypted",
  keyBits: 2048,
  samplePeriodS: 3,
  configuration: {},
  scope: {},
  faults: [],
  always: undefined,
} as const;

const DEFAULT_SPEED = 5;

type Written = Partial<
  Omit<Scenario, "gps" | "co2" | "targets" | "file" | "lines" | "faultLines">
> &
  Pick<Scenario, "title" | "shows" | "steps"> & {
    readonly targets: Partial<Record<TargetName, Partial<Tempo>>>;
    readonly sensors: { readonly gps: GpsSpec; readonly co2: Co2Spec };
  };

/** Throws a `Failure` that names line and field. */
export function readScenario(file: string): Scenario {
  const { value, lineOf } = readDocument(file, "scenario.schema.json");
  const { sensors, targets, ...rest } = value as Written;
  checkTargets(file, targets, rest.notFor ?? {}, lineOf);
  checkSensors(file, sensors, lineOf);
  return {
    ...DEFAULTS,
    ...rest,
    ...sensors,
    file,
    targets: temposOf(targets),
    lines: rest.steps.map((_, index) => lineOf(["steps", index])),
    faultLines: (rest.faults ?? []).map((_, index) => lineOf(["faults", index])),
  };
}

function temposOf(targets: Written["targets"]): Scenario["targets"] {
  const entries = Object.entries(targets) as [TargetName, Partial<Tempo>][];
  const full = entries.map(([name, { speed, pace = 1 }]) => {
    const tempo = { speed: speed ?? (name === "node" ? DEFAULT_SPEED : 1), pace };
    return [name, tempo];
  });
  return Object.fromEntries(full) as Scenario["targets"];
}

/** Each of the three is there once: for it, or why not. */
function checkTargets(
  file: string,
  targets: Written["targets"],
  notFor: Scenario["notFor"],
  lineOf: (at: string[]) => number,
): void {
  for (const name of TARGET_NAMES) {
    const isFor = name in targets;
    if (isFor !== name in notFor) continue;
    const what = isFor
      ? `${name} is both in targets and in notFor`
      : `${name} is neither in targets nor, with the reason, in notFor`;
    throw documentFailure(file, lineOf([isFor ? "notFor" : "targets"]), what);
  }
  for (const [name, { speed }] of Object.entries(targets)) {
    if (name === "node" || speed === undefined) continue;
    const what = `targets.${name}.speed: a real engine's clock is that of the wall`;
    throw documentFailure(file, lineOf(["targets", name, "speed"]), what);
  }
}

const GPS_SOURCES = ["recording", "track", "silent"] as const;
const CO2_SOURCES = ["curve", "recording"] as const;

function checkSensors(
  file: string,
  { gps, co2 }: Written["sensors"],
  lineOf: (at: string[]) => number,
): void {
  const check = (name: string, spec: object, sources: readonly string[]) => {
    if (sources.filter((source) => source in spec).length === 1) return;
    const what = `sensors.${name} must have one of ${sources.join(", ")}`;
    throw documentFailure(file, lineOf(["sensors", name]), what);
  };
  check("gps", gps, GPS_SOURCES);
  check("co2", co2, CO2_SOURCES);
  const seconds = (co2.curve ?? []).map(([second]) => second);
  if (seconds.every((second, i) => i === 0 || second > seconds[i - 1])) return;
  throw documentFailure(
    file,
    lineOf(["sensors", "co2", "curve"]),
    "sensors.co2.curve goes back in time",
  );
}

/** How fast it goes there. Throws a `Failure` with the scenario's own reason where it cannot run there. */
export function tempoOn(scenario: Scenario, target: TargetName): Tempo {
  const tempo = scenario.targets[target];
  if (tempo) return tempo;
  const message = `${path.basename(scenario.file)} is not for ${target}: ${scenario.notFor[target]}.`;
  throw usageFailure(message, `It is for ${Object.keys(scenario.targets).join(", ")}.`);
}
