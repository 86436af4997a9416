// What a CO2 sensor says is a value once it is warm, within its range and without a complaint.

import type { Co2Surroundings } from "./co2-sensor.js";

export interface Co2Values {
  /** The sensor has been switched on, or has begun again by itself. */
  warmUp(): void;
  /** A value, or the gap `status-…` (its bits that are faults, in hexadecimal), `warming-up` or `out-of-range`. */
  tell(co2Ppm: number, faults?: number): void;
}

/** Warm after `around.preheatMs`, or else after the datasheet's; no air is without any CO2. */
export function createValues(
  around: Co2Surroundings,
  datasheetPreheatMs: number,
  mostPpm: number,
): Co2Values {
  const preheatMs = around.preheatMs === undefined ? datasheetPreheatMs : around.preheatMs;
  let warmUps = 0;

  function warmUp(): void {
    if (!preheatMs) return;
    warmUps++;
    around.after(preheatMs, function () {
      warmUps--;
    });
  }

  warmUp();
  return {
    warmUp,
    tell: function (co2Ppm, faults) {
      if (faults) around.onGap("status-" + faults.toString(16));
      else if (warmUps) around.onGap("warming-up");
      else if (co2Ppm > 0 && co2Ppm <= mostPpm) around.onCo2Ppm(co2Ppm);
      else around.onGap("out-of-range");
    },
  };
}
