// How fast the time of a board in Node goes, whose clock is led.

import { setImmediate as turn } from "node:timers/promises";
import type { SteppedClock } from "../support/stepped-clock.js";
import type { Phase } from "./watch.js";

/**
 * How fast the board's clock goes while something is under way: slow enough that TCP's own delays of 40 ms
 * are not taken for a link that is dead.
 */
const SPEED = 50;
/** While this process is busy computing nothing could come. */
const LONGEST_WALL_MS = 5;
/** Milliseconds at a turn of the loop while nothing is. */
const STEPS_MS: Partial<Readonly<Record<Phase, number>>> = { online: 50, waiting: 1000, dead: 500 };

/** A turn of the loop, in which the clock goes on; with other steps than those above, where they are given. */
export function paceOf(clock: SteppedClock, others: typeof STEPS_MS = {}) {
  const stepsMs = { ...STEPS_MS, ...others };
  let lastMs = performance.now();
  return async (phase: Phase): Promise<void> => {
    await turn();
    const wallMs = Math.min(performance.now() - lastMs, LONGEST_WALL_MS);
    lastMs = performance.now();
    clock.advance(stepsMs[phase] ?? wallMs * SPEED);
  };
}
