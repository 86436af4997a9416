// What every simulated sensor is made of.

import type { Co2Curve } from "../co2-curve.js";
import type { BoardClock } from "../virtual-clock.js";
import { type Faults, NO_FAULTS } from "./faults.js";

export interface TwinOptions {
  /** The air, in ppm by second since the clock's start. */
  readonly curve: Co2Curve;
  readonly clock: Pick<BoardClock, "nowMs">;
  readonly faults?: Faults;
  /** Instead of what the datasheet says of this sensor. */
  readonly warmUpMs?: number;
  /** How fast the sensor goes wrong without calibration. */
  readonly driftPpmPerDay?: number;
}

/** What a test can see and do that a board cannot. */
export interface Twin {
  /** How often its non-volatile memory has been written. */
  readonly eepromWrites: number;
  /** Power off and on. */
  reboot(): void;
}

export function faultsOf(options: TwinOptions): Faults {
  return options.faults ?? NO_FAULTS;
}

/** Settings that survive a reboot, and how often they were written. */
export class Eeprom<Settings extends object> {
  writes = 0;
  private settings: Settings;

  /** Beyond `enduranceWrites` nothing stays any more. */
  constructor(
    private readonly factory: Settings,
    private readonly enduranceWrites = Infinity,
  ) {
    this.settings = factory;
  }

  read(): Readonly<Settings> {
    return this.settings;
  }

  /** Each call is a write, whether or not it changes anything, as in the chip. */
  write(changes: Partial<Settings>): void {
    this.writes++;
    if (this.writes <= this.enduranceWrites) this.settings = { ...this.settings, ...changes };
  }

  erase(): void {
    this.write(this.factory);
  }
}
