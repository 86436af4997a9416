// A clock that goes `speed` times as fast as the wall clock.

import { performance } from "node:perf_hooks";

export class VirtualClock {
  private readonly startMs = performance.now();
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private lastHandle = 0;
  private isStopped = false;

  constructor(readonly speed: number) {}

  /** Virtual milliseconds since the start. */
  nowMs(): number {
    return (performance.now() - this.startMs) * this.speed;
  }

  after(delayMs: number, callback: () => void): number {
    const handle = ++this.lastHandle;
    if (this.isStopped) return handle;
    const fire = () => {
      this.timers.delete(handle);
      callback();
    };
    this.timers.set(handle, setTimeout(fire, delayMs / this.speed));
    return handle;
  }

  cancel(handle: number): void {
    clearTimeout(this.timers.get(handle));
    this.timers.delete(handle);
  }

  /** For good: nothing fires any more, whoever asks for it. */
  stop(): void {
    this.isStopped = true;
    for (const handle of [...this.timers.keys()]) this.cancel(handle);
  }
}
