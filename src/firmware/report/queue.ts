// Samples that wait for their acknowledgement, in RAM. At the bound the oldest makes room: what is
// newest says most about now, and the loss is counted.

import { dateSample, isUndated, packSample } from "./sample.js";
import type { PackedSample, Sample } from "./sample.js";

export interface SampleQueue {
  /** Adds a sample; false when the oldest had to go for it. */
  add(sample: Sample): boolean;
  /** The oldest samples that have their time, `count` at most, still in the queue. */
  oldest(count: number): PackedSample[];
  /** Removes these samples, where they are still there. */
  remove(samples: PackedSample[]): void;
  size(): number;
}

/** `timeMsAt`: Unix time of a moment of the monotonic clock, NaN while nobody knows (time.ts). */
export function createSampleQueue(
  limit: number,
  timeMsAt: (monotonicMs: number) => number,
): SampleQueue {
  let samples: PackedSample[] = [];

  // Once and for all: with another date it would be another sample to the ScopeNode.
  function date(): void {
    samples = samples.map((sample) => dateSample(sample, timeMsAt));
  }

  return {
    add: function (sample) {
      const isFull = samples.length >= limit;
      if (isFull) samples.shift();
      samples.push(packSample(sample));
      return !isFull;
    },
    oldest: function (count) {
      if (samples.some(isUndated)) date();
      return samples.filter((sample) => !isUndated(sample)).slice(0, count);
    },
    remove: function (gone) {
      samples = samples.filter((sample) => gone.indexOf(sample) < 0);
    },
    size: function () {
      return samples.length;
    },
  };
}
