// A clock that goes only where it is led: days of a board's back-off in seconds, and the same at each run.

import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class SteppedClock implements BoardClock {
  private readonly timers = new Map<number, Timer>();
  private timeMs = 0;
  private lastHandle = 0;

  /** `onStart` hears of every timer that is started. */
  constructor(private readonly onStart: (delayMs: number) => void = () => {}) {}

  nowMs(): number {
    return this.timeMs;
  }

  after(delayMs: number, callback: () => void): number {
    this.onStart(delayMs);
    this.timers.set((this.lastHandle += 1), { dueMs: this.timeMs + delayMs, callback });
    return this.lastHandle;
  }

  cancel(handle: number): void {
    this.timers.delete(handle);
  }

  /** What is due on the way is called in its order, at its time. */
  advance(stepMs: number): void {
    const endMs = this.timeMs + stepMs;
    while (this.step(endMs));
  }

  /** Calls what is due first, of two at the same moment what was asked for first; false: nothing was, until then. */
  step(untilMs: number): boolean {
    const next = this.first(untilMs);
    if (!next) {
      this.timeMs = untilMs;
      return false;
    }
    const [handle, { dueMs, callback }] = next;
    this.timers.delete(handle);
    this.timeMs = Math.max(this.timeMs, dueMs);
    callback();
    return true;
  }

  private first(endMs: number): [number, Timer] | undefined {
    let first: [number, Timer] | undefined;
    for (const entry of this.timers) {
      if (entry[1].dueMs <= endMs && (!first || entry[1].dueMs < first[1].dueMs)) first = entry;
    }
    return first;
  }
}
