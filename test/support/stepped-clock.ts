// A clock that goes only where it is led: days of a board's back-off in seconds, and the same at each run.

import assert from "node:assert/strict";
import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";

interface Timer {
  readonly handle: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

export class SteppedClock implements BoardClock {
  /** What is due first, first; of two at the same moment what was asked for first. */
  private readonly timers: Timer[] = [];
  private timeMs = 0;
  private lastHandle = 0;

  /** `onStart` hears of every timer that is started. */
  constructor(private readonly onStart: (delayMs: number) => void = () => {}) {}

  nowMs(): number {
    return this.timeMs;
  }

  after(delayMs: number, callback: () => void): number {
    this.onStart(delayMs);
    assert.ok(!Number.isNaN(delayMs), "a delay that is no number");
    const dueMs = this.timeMs + delayMs;
    const behind = this.timers.findLastIndex((timer) => timer.dueMs <= dueMs) + 1;
    this.timers.splice(behind, 0, { handle: (this.lastHandle += 1), dueMs, callback });
    return this.lastHandle;
  }

  cancel(handle: number): void {
    const at = this.timers.findIndex((timer) => timer.handle === handle);
    if (at >= 0) this.timers.splice(at, 1);
  }

  /** What is due on the way is called in its order, at its time. */
  advance(stepMs: number): void {
    const endMs = this.timeMs + stepMs;
    while (this.step(endMs));
  }

  /** Calls what is due first; false: nothing was, until then. */
  step(untilMs: number): boolean {
    const [first] = this.timers;
    if (!first || first.dueMs > untilMs) {
      this.timeMs = untilMs;
      return false;
    }
    this.timers.shift();
    this.timeMs = Math.max(this.timeMs, first.dueMs);
    first.callback();
    return true;
  }
}
