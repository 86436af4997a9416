// A clock that goes from one event to the next: a month takes as long as what happens in it. The order of events is the
// same at each run.

import type { BoardClock } from "../../../src/desktop/sim/virtual-clock.js";

interface Event {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class EventClock implements BoardClock {
  private readonly events = new Map<number, Event>();
  private timeMs = 0;
  private lastHandle = 0;

  nowMs(): number {
    return this.timeMs;
  }

  after(delayMs: number, callback: () => void): number {
    this.events.set((this.lastHandle += 1), { dueMs: this.timeMs + delayMs, callback });
    return this.lastHandle;
  }

  cancel(handle: number): void {
    this.events.delete(handle);
  }

  /** Calls what is due first, of two at the same moment what was asked for first; false: nothing was, until then. */
  step(untilMs: number): boolean {
    const handle = this.first(untilMs);
    if (handle === undefined) {
      this.timeMs = untilMs;
      return false;
    }
    const { dueMs, callback } = this.events.get(handle) as Event;
    this.events.delete(handle);
    this.timeMs = dueMs;
    callback();
    return true;
  }

  private first(untilMs: number): number | undefined {
    let first: number | undefined;
    let firstMs = untilMs;
    for (const [handle, { dueMs }] of this.events) {
      if (dueMs > firstMs || (dueMs === firstMs && first !== undefined)) continue;
      first = handle;
      firstMs = dueMs;
    }
    return first;
  }
}
