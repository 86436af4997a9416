// Samples that wait for their acknowledgement: in the board's flash; and in memory those that nobody could date yet, or
// that came while there was no room to write (a chip that computes RSA in its variables has none for seconds). These
// are lost with the power, and those without a date could not have got one after it.

import { flashLog } from "../store/flash-log.js";
import type { FlashLogState, Settled } from "../store/flash-log.js";
import { datedSample, isDated, packSample, unpackSample } from "./sample.js";
import type { PackedSample, Sample } from "./sample.js";

export interface SampleQueue {
  /** Writes those in memory that have a date. */
  flush(): void;
  /**
   * Places of samples in flash, `count` at most, in the order in which they came: the oldest; with `isLive` those of the
   * last `count` that wait, and the oldest beside them.
   */
  next(count: number, isLive: boolean): number[];
  /** That of a place which has just been told. */
  sampleAt(place: number): Sample;
  /** They leave the queue, where they are still there; false when the flash has let none of them go. */
  remove(places: number[], as: Settled): boolean;
  size(): number;
  /** How many were given up since the last call: at the bound, or damaged. */
  takeDropped(): number;
}

/** In memory: half an hour of samples at one a minute. */
const PENDING_LIMIT = 30;

/** What of a queue lasts in memory. */
export interface QueueState {
  log: FlashLogState;
  /** Unix time of a moment of the monotonic clock, NaN while nobody knows (time.ts). */
  timeMsAt(monotonicMs: number): number;
  /** Not in flash yet. */
  pending: { atMs: number; packed: PackedSample }[];
}

/** Into memory first. */
export function addSample({ log, pending }: QueueState, sample: Sample): void {
  pending.push({ atMs: sample.atMs, packed: packSample(sample) });
  if (pending.length <= PENDING_LIMIT) return;
  pending.shift();
  log.dropped++;
}

/** How many samples wait that have their date, or can get it. */
export function datedCount({ log, pending, timeMsAt }: QueueState): number {
  const dated = pending.filter(({ atMs, packed }) => isDated(packed) || !isNaN(timeMsAt(atMs)));
  return log.size + dated.length;
}

/** Made anew for each use: between two of them nothing but the state takes memory. */
export function sampleQueue(state: QueueState): SampleQueue {
  const log = flashLog(state.log);

  /** Once and for all: with another date it would be another sample to the ScopeNode. */
  function flush(): void {
    state.pending = state.pending.filter(function ({ atMs, packed }) {
      const timeMs = state.timeMsAt(atMs);
      const isKnown = isDated(packed);
      if (!isKnown && isNaN(timeMs)) return true;
      log.append(isKnown ? packed : datedSample(packed, timeMs));
      return false;
    });
  }

  return {
    flush,
    next: function (count, isLive) {
      flush();
      const live = isLive ? log.newest(count) : [];
      const isOld = (place: number) => live.indexOf(place) < 0;
      return log
        .waiting(count)
        .filter(isOld)
        .slice(0, count - live.length)
        .concat(live);
    },
    sampleAt: function (place) {
      return unpackSample(log.bodyAt(place));
    },
    remove: function (places, as) {
      const kept = places.filter(function (place) {
        return log.settle(place, as);
      });
      return kept.length < places.length;
    },
    size: function () {
      return state.log.size + state.pending.length;
    },
    takeDropped: function () {
      const { dropped } = state.log;
      state.log.dropped = 0;
      return dropped;
    },
  };
}
