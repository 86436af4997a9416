// A clock that goes `speed` times as fast as the wall clock, but stands still while this process does not
// run: computing a login for 100 ms would otherwise cost a board at speed 50 five seconds, and a busy
// machine all its timeouts.

import { performance } from "node:perf_hooks";

const HEARTBEAT_MS = 5;
/** Between two heartbeats; what goes beyond is time in which nothing could run. */
const LONGEST_STEP_MS = 20;

/** What simulated boards and sensors need of a clock. */
export interface BoardClock {
  /** Milliseconds since the start. */
  nowMs(): number;
  /** Calls back once; the handle is for `cancel`. */
  after(delayMs: number, callback: () => void): number;
  cancel(handle: number): void;
}

export class VirtualClock implements BoardClock {
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private readonly heartbeat = setInterval(() => this.nowMs(), HEARTBEAT_MS).unref();
  private lastWallMs = performance.now();
  private virtualMs = 0;
  private lastHandle = 0;
  private isStopped = false;

  constructor(readonly speed: number) {}

  /** Virtual milliseconds since the start. */
  nowMs(): number {
    const wallMs = performance.now();
    this.virtualMs += Math.min(wallMs - this.lastWallMs, LONGEST_STEP_MS) * this.speed;
    this.lastWallMs = wallMs;
    return this.virtualMs;
  }

  after(delayMs: number, callback: () => void): number {
    const handle = ++this.lastHandle;
    if (!this.isStopped) this.arm(handle, this.nowMs() + delayMs, callback);
    return handle;
  }

  cancel(handle: number): void {
    clearTimeout(this.timers.get(handle));
    this.timers.delete(handle);
  }

  /** For good: nothing fires any more, whoever asks for it. */
  stop(): void {
    this.isStopped = true;
    clearInterval(this.heartbeat);
    for (const handle of [...this.timers.keys()]) this.cancel(handle);
  }

  private arm(handle: number, dueMs: number, callback: () => void): void {
    const leftWallMs = (dueMs - this.nowMs()) / this.speed;
    const fire = () => {
      // The clock may have stood still meanwhile; a timer of Node's may be a millisecond early.
      if (dueMs - this.nowMs() > this.speed) {
        this.arm(handle, dueMs, callback);
        return;
      }
      this.timers.delete(handle);
      callback();
    };
    this.timers.set(handle, setTimeout(fire, leftWallMs));
  }
}
