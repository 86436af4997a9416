// What a CO2 sensor says is a value once it is warm, within its range, without a complaint, and no number that it says
// while it boots.

import type { Co2Surroundings } from "./co2-sensor.js";

/** The sensors' accuracy: air does not change by more from one reading to the next and meet just a plateau. */
const NEAR_PPM = 50;

/**
 * A value, or the gap `status-…` (its bits that are faults, in hexadecimal), `plateau`, `warming-up` or
 * `out-of-range`.
 */
export type TellCo2 = (co2Ppm: number, faults?: number) => void;

/**
 * Warm after `around.preheatMs`, or else after the datasheet's; no air is without any CO2. `plateaus`: what it says
 * while it boots, again and again, and nothing else tells. Air that has just that much is a gap, too; when it has not
 * come there step by step, the sensor has lost its power and warms up again.
 */
export function createValues(
  around: Co2Surroundings,
  datasheetPreheatMs: number,
  mostPpm: number,
  plateaus?: number[],
): TellCo2 {
  const preheatMs = around.preheatMs === undefined ? datasheetPreheatMs : around.preheatMs;
  let warmUps = 0;
  let lastPpm = -Infinity;

  function warmUp(): void {
    if (!preheatMs) return;
    warmUps++;
    around.after(preheatMs, function () {
      warmUps--;
    });
  }

  warmUp();
  return function (co2Ppm, faults) {
    const stepPpm = Math.abs(co2Ppm - lastPpm);
    lastPpm = co2Ppm;
    if (faults) around.onGap("status-" + faults.toString(16));
    else if (plateaus && plateaus.indexOf(co2Ppm) >= 0) {
      if (stepPpm > NEAR_PPM) warmUp();
      around.onGap("plateau");
    } else if (warmUps) around.onGap("warming-up");
    else if (co2Ppm > 0 && co2Ppm <= mostPpm) around.onCo2Ppm(co2Ppm);
    else around.onGap("out-of-range");
  };
}
