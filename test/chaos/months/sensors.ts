// The sensors of a board that lives for a month: they speak once for each sample, just before it is taken. The value of
// each is its number, and the receiver's clock is what the run makes of it.

import type {
  Co2Driver,
  Co2Sensor,
  Co2Surroundings,
} from "../../../src/firmware/sensors/co2-sensor.js";
import { sentencesOf, type FixState } from "../../../src/desktop/sim/sensors/nmea-sentences.js";
import { PLACE } from "../../soak/steady-receiver.js";
import type { Random } from "../../../src/desktop/server/random.js";
import type { Reading } from "./ledger.js";

/** Of the numbers: the least CO2 that a board believes. */
export const NUMBER_BASE = 100;
/** One in so many sentences is damaged, and one in so many readings is none. */
const SELDOM = 100;
const ROLLOVER_MS = 1024 * 7 * 86_400_000;
/** NMEA has hundredths. */
const TICK_MS = 10;

/** The receiver's line; false when the board had no room to read it. */
export type GpsLine = (bytes: string) => boolean;

export class Sensors {
  /** Whether the receiver has a fix, and if it has none, what it says. */
  state: FixState = "valid";
  /** How far its clock is from what it is. */
  errorMs = 0;
  /** It counts the weeks 1,024 too few. */
  isRolledOver = false;
  private serial = 0;
  private newest: Reading | undefined;

  constructor(
    private readonly nowMs: () => number,
    private readonly random: Random,
  ) {}

  /** What the sensors said last, if that can be a sample. */
  reading(): Reading | undefined {
    return this.newest;
  }

  /** A driver that asks as often as samples are taken, and a moment before. */
  driver(periodMs: number, gps: GpsLine): Co2Driver {
    return {
      ...{ name: "numbers", periodMs, preheatMs: 0, mostPpm: 40_000 },
      open: (around) => this.sensor(around, gps),
      measure: () => {},
      ordersOf: () => ({}) as ReturnType<Co2Driver["ordersOf"]>,
    };
  }

  private sensor(around: Co2Surroundings, gps: GpsLine): Co2Sensor {
    return {
      measure: () => {
        this.newest = { serial: (this.serial += 1), trueMs: this.nowMs(), ...this.tellFix(gps) };
        if (this.random.below(SELDOM) > 0) around.onCo2Ppm(NUMBER_BASE + this.serial);
      },
      push: () => {},
      command: () => {},
    };
  }

  private tellFix(gps: GpsLine): Pick<Reading, "fixMs"> {
    const fixMs = Math.floor((this.nowMs() + this.errorMs) / TICK_MS) * TICK_MS;
    const timeMs = fixMs - (this.isRolledOver ? ROLLOVER_MS : 0);
    const lines = (["RMC", "GGA"] as const).flatMap((name) =>
      sentencesOf("GP", name, { timeMs, ...PLACE }, this.state),
    );
    const text = lines.map((line) => `${line}\r\n`).join("");
    const isDamaged = this.random.below(SELDOM) === 0;
    const isRead = gps(isDamaged ? text.replace("A", "B") : text);
    return this.state === "valid" && isRead && !isDamaged ? { fixMs } : {};
  }
}
