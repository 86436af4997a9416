// The reader of NMEA sentences and a simulated receiver, for hours of a clock that goes only where it is led. The
// receiver is on its way; every fix that is told is held against its course. What the firmware writes goes to the
// receiver over the same line.

import { type FaultName, type Faults, NO_FAULTS } from "../../src/desktop/sim/sensors/faults.js";
import { GpsTwin, type GpsOptions } from "../../src/desktop/sim/sensors/gps.js";
import type { GpsFix } from "../../src/desktop/sim/sensors/nmea-sentences.js";
import { dropByte, flipBit } from "../../src/desktop/sim/sensors/serial-line.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { senseGps } from "../../src/firmware/gps-sensing.js";
import type { Fix } from "../../src/firmware/sensors/nmea.js";
import type { Receiver } from "../../src/firmware/sensors/receiver.js";
import { createFakePlatform } from "../portable/fake-platform.js";
import { SteppedClock } from "../support/stepped-clock.js";
import { Mishaps } from "./mishaps.js";

const EPOCH_MS = 1000;
const BAUD = 9600;
const BITS_PER_BYTE = 10;
/** Half an hour before a leap day. */
export const START_MS = Date.UTC(2024, 1, 28, 23, 30);
export const ACQUIRE_MS = 3000;
/** Half a unit of the last digit: 1e-5 minutes, 0.1 m, 0.01; and what a double adds. */
const ROUNDING_E9 = 0.5e9 * (1e-5 / 60) + 1;
const ROUNDING_MM = 50.001;
const ROUNDING_HDOP = 0.005_001;
/** As long as one may wait for its height, and an epoch that comes late on a slow line. */
const OLDEST_MS = 7000;

/** Over the equator and the 180th meridian, below the sea at times, so fast that a second is 0.001 degrees. */
export function course(second: number): GpsFix {
  const lonDegrees = 178.5 + second / 1000;
  return {
    timeMs: START_MS + 1000 * second,
    latDegrees: -1.8 + second / 1000,
    lonDegrees: lonDegrees > 180 ? lonDegrees - 360 : lonDegrees,
    altitudeM: 500 * Math.sin(second / 100) + 300,
    geoidHeightM: 20,
    hdop: 1 + (second % 7) / 10,
    satellites: 4 + (second % 9),
  };
}

export interface GpsBenchOptions extends Omit<GpsOptions, "course" | "clock" | "faults"> {
  readonly builtMs?: number;
  /** What the firmware tells the receiver; absent: nothing. */
  readonly receiver?: Receiver;
  /** What happens to that on its way, once for each time that it writes: those of `COMMAND_FAULTS`. */
  readonly commandFaults?: Faults;
}

/** `foreign`: noise with half a frame in it, before what is written. */
export const COMMAND_FAULTS = ["bit-flip", "drop", "cut", "silence", "foreign"] as const;
/** UBX-CFG-MSG that ends in its head, between bytes of anything. */
const NOISE = Buffer.from("00ffb5b562060108b562a5", "hex");

/** What an epoch brings: a fix, one without a height, or none. */
export type Told = "fix" | "no height" | "none";

export class GpsBench {
  readonly clock = new SteppedClock();
  readonly wrong: string[] = [];
  readonly counts: Record<Told, number> = { fix: 0, "no height": 0, none: 0 };
  readonly twin: GpsTwin;
  /** That the receiver has said. */
  bytes = 0;
  private told: Told[] = [];
  private lastMs = -Infinity;

  constructor(
    { builtMs, receiver, commandFaults = NO_FAULTS, ...options }: GpsBenchOptions = {},
    readonly mishaps = new Mishaps(),
  ) {
    const wire = new Wire();
    const { clock } = this;
    const whole = { acquireMs: ACQUIRE_MS, course, clock, faults: mishaps, ...options };
    this.twin = new GpsTwin(wire, whole);
    const platform = createFakePlatform();
    const settings = { device: "gps", baud: BAUD };
    senseGps(platform, settings, (fix) => this.onFix(fix), builtMs, receiver);
    const line = platform.line("gps");
    const write = () => carry(clock, wire, Buffer.from(line.sent(), "latin1"), commandFaults);
    wire.onBytesForBoard((bytes) => {
      this.bytes += bytes.length;
      line.push(bytes.toString("latin1"));
      write();
    });
    write();
    this.twin.start();
    // Into the pause between two epochs.
    clock.advance(EPOCH_MS - 1);
  }

  /** What one epoch's time brings, of the one before it, too. */
  epoch(): readonly Told[] {
    this.told = [];
    this.clock.advance(EPOCH_MS);
    if (this.told.length === 0) this.count("none");
    return this.told;
  }

  private count(told: Told): void {
    this.told.push(told);
    this.counts[told]++;
  }

  private onFix(fix: Fix): void {
    this.count(isNaN(fix.heightMm) ? "no height" : "fix");
    const { timeMs } = fix;
    const ageMs = START_MS + this.clock.nowMs() - timeMs;
    const faults = [
      ...differences(fix, course((timeMs - START_MS) / 1000)),
      ...(timeMs > this.lastMs ? [] : ["told before"]),
      ...(ageMs >= 0 && ageMs <= OLDEST_MS ? [] : [`${ageMs} ms old`]),
    ];
    this.lastMs = timeMs;
    if (faults.length > 0) this.wrong.push(`${new Date(timeMs).toISOString()}: ${faults.join()}`);
  }
}

/** To the receiver, when the line has carried them. */
function carry(clock: SteppedClock, wire: Wire, written: Buffer, faults: Faults): void {
  if (written.length === 0) return;
  const bytes = damaged(faults.next(), written, faults);
  const durationMs = (bytes.length * BITS_PER_BYTE * 1000) / BAUD;
  clock.after(durationMs, () => wire.toSensor(bytes));
}

function damaged(fault: FaultName | undefined, bytes: Buffer, faults: Faults): Buffer {
  if (fault === "bit-flip") return flipBit(bytes, faults);
  if (fault === "drop") return dropByte(bytes, faults);
  if (fault === "cut") return bytes.subarray(0, bytes.length >> 1);
  if (fault === "silence") return Buffer.alloc(0);
  return fault === "foreign" ? Buffer.concat([NOISE, bytes]) : bytes;
}

function differences(fix: Fix, { latDegrees, lonDegrees, altitudeM, hdop, satellites }: GpsFix) {
  const parts: [string, number | undefined, number, number][] = [
    ["latitude", fix.latE9, 1e9 * latDegrees, ROUNDING_E9],
    ["longitude", fix.lonE9, 1e9 * lonDegrees, ROUNDING_E9],
    ["height", orNothing(fix.heightMm), 1000 * altitudeM, ROUNDING_MM],
    ["dilution", orNothing(fix.hdop), hdop, ROUNDING_HDOP],
    ["satellites", orNothing(fix.satellites), satellites, 0],
    ["quality", orNothing(fix.quality), 1, 0],
  ];
  return parts.flatMap(([name, told, right, rounding]) =>
    told === undefined || Math.abs(told - right) <= rounding ? [] : [`${name} ${told}`],
  );
}

/** NaN is what nobody has said. */
function orNothing(value: number | undefined): number | undefined {
  return value === undefined || isNaN(value) ? undefined : value;
}
