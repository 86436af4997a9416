// The sensors that the rig plays: a GPS receiver and a CO2 sensor, made of a scenario or of an earlier recording, each
// on its line, with faults on demand; and what they were asked to say, to compare reports with.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { codeOf, usageFailure } from "../failure.js";
import { recordingPath } from "../paths.js";
import { type Co2Curve, co2CurveOf } from "../sim/co2-curve.js";
import { epochsOf, GpsReceiver, RECORDING_FAULTS } from "../sim/gps-receiver.js";
import type { FaultName } from "../sim/sensors/faults.js";
import { GPS_FAULTS, GpsTwin } from "../sim/sensors/gps.js";
import type { GpsFix } from "../sim/sensors/nmea-sentences.js";
import { TWINS } from "../sim/sensors/twins.js";
import type { UbloxGeneration } from "../sim/sensors/ublox.js";
import type { VirtualClock } from "../sim/virtual-clock.js";
import type { Wire } from "../sim/wire.js";
import { playAnswers, playOnTime, type Recording } from "./replay.js";
import type { RigFaults } from "./rig-faults.js";
import type { Point, Scenario, SerialSensorName } from "./scenario.js";
import { pointOn } from "./track.js";

/** The moment when the board's power came, which is second 0. */
export interface Origin {
  /** Of the run's clock. */
  clockMs: number;
  /** Unix time, whole seconds. */
  dateMs: number;
}

export interface PlayedSensors {
  /** What the air was, in ppm by second. */
  readonly curve: Co2Curve;
  /** Where the receiver was, by second; absent for a recording. */
  readonly placeAt: ((second: number) => Point) | undefined;
  /** What the receiver's clock said at second 0; undefined where it says nothing. */
  gpsStartMs(): number | undefined;
  /** At second 0. */
  start(): void;
  stop(): void;
}

export interface SensorSurroundings {
  readonly scenario: Scenario;
  /** Seconds of the board's clock for each of the scenario's. */
  readonly pace: number;
  readonly clock: VirtualClock;
  readonly origin: Origin;
  /** The sensors' ends of their lines. */
  readonly gps: Wire;
  readonly co2: Wire;
  readonly sensor: SerialSensorName;
  readonly faults: { readonly gps: RigFaults; readonly co2: RigFaults };
  /** In the place of what the scenario says. */
  readonly replay?: Recording;
}

/** What obeys the commands of every generation. */
const GENERATION: UbloxGeneration = 9;
/** The line sees to the pace. */
const AT_ONCE = Infinity;
const NEVER_S = 1e9;
const METRES_A_KMH = 1 / 3.6;

export function faultsOf({ gps }: Scenario, sensor: SerialSensorName) {
  const ofGps: readonly FaultName[] = gps.recording === undefined ? GPS_FAULTS : RECORDING_FAULTS;
  const ofCo2: readonly FaultName[] = TWINS[sensor].faults;
  return { gps: gps.silent ? [] : ofGps, co2: ofCo2 };
}

/** Throws a `Failure` where one of its recordings cannot be read. */
export function checkRecordings(scenario: Scenario): void {
  curveOf(scenario, 1);
  const { recording } = scenario.gps;
  if (recording !== undefined) epochsIn(scenario, recording);
}

/** Throws a `Failure` where a recording cannot be read. */
export function playSensors(around: SensorSurroundings): PlayedSensors {
  const curve = curveOf(around.scenario, around.pace);
  const { replay, clock, gps, co2, origin } = around;
  const receiver = receiverOf(around);
  if (replay) {
    playAnswers(replay.bytes, co2, clock);
    const start = () => playOnTime(replay.bytes, gps, clock, origin.clockMs);
    return {
      placeAt: receiver.placeAt,
      gpsStartMs: () => replay.gpsStartMs,
      curve,
      start,
      stop() {},
    };
  }
  const { scenario, sensor, faults, pace } = around;
  const warmUpMs = (scenario.co2.warmUpS ?? 0) * pace * 1000;
  const twin = TWINS[sensor].attach(co2, {
    curve: (second) => curve(Math.max(0, second - origin.clockMs / 1000)),
    ...{ clock, faults: faults.co2, warmUpMs },
  });
  const start = () => {
    twin.reboot();
    receiver.start();
  };
  return { ...receiver, curve, start };
}

function curveOf(scenario: Scenario, pace: number): Co2Curve {
  const { curve, recording } = scenario.co2;
  if (curve) {
    const [, last] = curve[curve.length - 1];
    const held = co2CurveOf(
      [...curve, [NEVER_S, last]].map((point) => point.join(",")).join("\n"),
    )!;
    return (second) => held(second / pace);
  }
  const recorded = co2CurveOf(read(scenario, recording!).toString("utf8"));
  if (recorded) return (second) => recorded(second / pace);
  throw usageFailure(`${recording} holds no lines "seconds,ppm" with times that go up.`, "");
}

/** Beside the scenario, or else built in. */
function read({ file }: Scenario, name: string): Buffer {
  const beside = path.resolve(path.dirname(file), name);
  try {
    return readFileSync(existsSync(beside) ? beside : recordingPath(name));
  } catch (error) {
    const message = `The recording ${name} cannot be read (${codeOf(error)}).`;
    throw usageFailure(message, `It is looked for beside ${file} and among those built in.`);
  }
}

type PlayedReceiver = Omit<PlayedSensors, "curve">;

function receiverOf(around: SensorSurroundings): PlayedReceiver {
  const { track, recording } = around.scenario.gps;
  if (track) return onTrack(around, track);
  if (recording !== undefined) return ofRecording(around, recording);
  return { placeAt: undefined, gpsStartMs: () => undefined, start() {}, stop() {} };
}

/** Its clock is right: it starts with the machine's. */
function onTrack(around: SensorSurroundings, track: readonly Point[]): PlayedReceiver {
  const { clock, gps, pace, faults, scenario, origin } = around;
  const { speedKmh = 0, acquireS = 0 } = scenario.gps;
  const placeAt = (second: number) => pointOn(track, (second / pace) * speedKmh * METRES_A_KMH);
  const course = (clockS: number): GpsFix => {
    const second = clockS - origin.clockMs / 1000;
    const { lat, lon, eleM = 0 } = placeAt(second);
    // A receiver's epochs are whole seconds.
    const timeMs = origin.dateMs + Math.round(second) * 1000;
    const place = { latDegrees: lat, lonDegrees: lon, altitudeM: eleM };
    return { timeMs, ...place, hdop: 0.9, satellites: 9 };
  };
  const acquireMs = acquireS * pace * 1000;
  const options = { course, clock, faults: faults.gps, generation: GENERATION, acquireMs };
  const receiver = new GpsTwin(gps, { ...options, baud: AT_ONCE });
  const start = () => {
    receiver.reboot();
    receiver.start();
  };
  return { placeAt, gpsStartMs: () => origin.dateMs, start, stop: () => receiver.stop() };
}

function epochsIn(scenario: Scenario, name: string) {
  const recording = read(scenario, name);
  const epochs = epochsOf(recording);
  if (!epochs) throw usageFailure(`${name} holds no NMEA sentence with a time.`, "");
  return { recording, epochs };
}

function ofRecording(around: SensorSurroundings, name: string): PlayedReceiver {
  const { clock, gps, faults, scenario } = around;
  const { recording, epochs } = epochsIn(scenario, name);
  const receiver = new GpsReceiver(epochs, gps, clock, AT_ONCE, GENERATION, faults.gps);
  const gpsStartMs = firstDateIn(recording.toString("latin1"));
  const start = () => receiver.play(() => {});
  return { placeAt: undefined, gpsStartMs: () => gpsStartMs, start, stop() {} };
}

const RMC = /^\$..RMC,(\d\d)(\d\d)(\d\d)(?:\.\d+)?,(?:[^,]*,){7}(\d\d)(\d\d)(\d\d),/m;

function firstDateIn(text: string): number | undefined {
  const match = RMC.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds, day, month, year] = match.slice(1).map(Number);
  return Date.UTC(2000 + year, month - 1, day, hours, minutes, seconds);
}
