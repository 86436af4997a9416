// The server's clock for its time-outs. Node's own, but for who leads a server through a month in a second.

export type TimerHandle = NodeJS.Timeout | number;

export interface Timers {
  /** Calls back once; the handle is for `cancel`. */
  after(delayMs: number, callback: () => void): TimerHandle;
  /** Nothing happens with one that has fired, nor with none. */
  cancel(handle: TimerHandle | undefined): void;
}

export const NODE_TIMERS: Timers = {
  after: (delayMs, callback) => setTimeout(callback, delayMs),
  cancel: (handle) => clearTimeout(handle),
};
