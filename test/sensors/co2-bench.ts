// A CO2 driver and its simulated sensor, for hours of a clock that goes only where it is led. The air moves; what the
// sensor has read of it is remembered, and every value that the driver tells is held against that.

import type { Co2Curve } from "../../src/desktop/sim/co2-curve.js";
import { I2cBus } from "../../src/desktop/sim/sensors/i2c-bus.js";
import type { Twin } from "../../src/desktop/sim/sensors/twin.js";
import { type TwinName, TWINS } from "../../src/desktop/sim/sensors/twins.js";
import { DRIVER as CM1106 } from "../../src/firmware/sensors/cm1106.js";
import { openSensor } from "../../src/firmware/sensors/co2-sensor.js";
import type { Co2Driver, Co2Sensor } from "../../src/firmware/sensors/co2-sensor.js";
import { DRIVER as MHZ19 } from "../../src/firmware/sensors/mhz19.js";
import { DRIVER as SCD30 } from "../../src/firmware/sensors/scd30.js";
import { DRIVER as SCD4X } from "../../src/firmware/sensors/scd4x.js";
import { DRIVER as SENSEAIR_S8 } from "../../src/firmware/sensors/senseair-s8.js";
import { DRIVER as T6713 } from "../../src/firmware/sensors/t6713.js";
import { SteppedClock } from "../support/stepped-clock.js";
import { Mishaps } from "./mishaps.js";
import { PacedLine } from "./paced-line.js";

export const DRIVERS: Readonly<Record<TwinName, Co2Driver>> = {
  mhz19: MHZ19,
  "senseair-s8": SENSEAIR_S8,
  t6713: T6713,
  cm1106: CM1106,
  scd30: SCD30,
  scd4x: SCD4X,
};

/** So long Espruino waits for a held clock. */
const STRETCH_LIMIT_MS = 100;
/** All of them tell whole ppm; SCD30 rounds in single precision before. */
const ROUNDING_PPM = 0.501;

/** A room that is aired four times an hour, and a draught. */
export function movingAir(meanPpm: number, swingPpm: number): Co2Curve {
  return (second) =>
    meanPpm +
    swingPpm * Math.sin((2 * Math.PI * second) / 900) +
    (swingPpm / 18) * Math.sin((2 * Math.PI * second) / 37);
}

interface Reading {
  readonly atMs: number;
  readonly ppm: number;
}

/** A value, or the reason of a gap. */
export type Told = number | string;

export class Co2Bench {
  readonly clock = new SteppedClock();
  readonly sensor: Co2Sensor;
  readonly twin: Twin;
  readonly gaps: Record<string, number> = {};
  values = 0;
  asked = 0;
  /** Values that the sensor has not had, each as a sentence. */
  readonly wrong: string[] = [];
  /** What the sensor answers to somebody else, in hexadecimal digits. */
  readonly answerTo: (question: string, count: number) => string;
  private told: Told[] = [];
  private readings: Reading[] = [];
  private askedMs = 0;
  private askedBeforeMs = 0;
  private faultsBefore: Mishaps["recent"] = [];

  constructor(
    readonly name: TwinName,
    private readonly air: Co2Curve,
    readonly mishaps = new Mishaps(),
  ) {
    const { clock, driver } = this;
    const twin = TWINS[name];
    const options = { curve: (second: number) => this.read(second), clock, faults: mishaps };
    const bus = new I2cBus(STRETCH_LIMIT_MS);
    const baud = driver.uart?.baud ?? 0;
    const line = new PacedLine(clock, baud, (bytes) => this.sensor.push(bytes));
    this.twin = twin.bus === "i2c" ? twin.attach(bus, options) : twin.attach(line.wire, options);
    this.answerTo = (question, count) => {
      const bytes = Buffer.from(question.replaceAll(" ", ""), "hex");
      if (twin.bus === "uart") {
        line.wire.toSensor(bytes);
        return line.lastAnswer.toString("hex");
      }
      bus.write(twin.address, bytes.toString("latin1"));
      return Buffer.from(bus.read(twin.address, count) ?? "", "latin1").toString("hex");
    };
    this.sensor = openSensor(driver, {
      line,
      bus,
      after: (delayMs, callback) => void clock.after(delayMs, callback),
      onCo2Ppm: (co2Ppm) => this.onCo2Ppm(co2Ppm),
      onGap: (reason) => this.onGap(reason),
    });
  }

  get driver(): Co2Driver {
    return DRIVERS[this.name];
  }

  /**
   * Asks, and waits a period, in which something may happen; what was told in it, a gap for the question before
   * among it.
   */
  ask(happening?: { readonly atMs: number; happen(): void }): readonly Told[] {
    this.told = [];
    this.asked++;
    this.faultsBefore = this.mishaps.recent;
    this.mishaps.recent = [];
    this.askedBeforeMs = this.askedMs;
    this.askedMs = this.clock.nowMs();
    this.forgetReadings();
    const { atMs, happen } = happening ?? { atMs: 0, happen: () => {} };
    this.sensor.measure();
    this.clock.advance(atMs);
    happen();
    this.clock.advance(this.driver.periodMs - atMs);
    return this.told;
  }

  get gapCount(): number {
    return Object.values(this.gaps).reduce((sum, count) => sum + count, 0);
  }

  /** Those that nothing can be compared with any more. */
  private forgetReadings(): void {
    const last = this.readings.length - 1;
    this.readings = this.readings.filter(({ atMs }, i) => atMs >= this.askedBeforeMs || i === last);
  }

  private read(second: number): number {
    const ppm = this.air(second);
    this.readings.push({ atMs: 1000 * second, ppm });
    return ppm;
  }

  private onGap(reason: string): void {
    this.gaps[reason] = (this.gaps[reason] ?? 0) + 1;
    this.told.push(reason);
  }

  private onCo2Ppm(co2Ppm: number): void {
    this.values++;
    this.told.push(co2Ppm);
    if (this.truths().some((ppm) => Math.abs(ppm - co2Ppm) <= ROUNDING_PPM)) return;
    const faults = `${this.faultsBefore.join()} then ${this.mishaps.recent.join()}`;
    this.wrong.push(
      `${co2Ppm} at ${this.clock.nowMs()} ms, after ${faults}: ${this.truths().join()}`,
    );
  }

  /**
   * What the sensor has read since it was asked. Two faults nobody can see in a frame: one that comes late is a period
   * old, and a sensor that is stuck says what it read before.
   */
  private truths(): number[] {
    const sinceMs = this.faultsBefore.includes("late") ? this.askedBeforeMs : this.askedMs;
    const isStuck = this.mishaps.recent.includes("stuck");
    const from = this.readings.findIndex(({ atMs }) => atMs >= sinceMs);
    const start = from < 0 ? this.readings.length : from;
    return this.readings.slice(Math.max(0, isStuck ? start - 1 : start)).map(({ ppm }) => ppm);
  }
}
