// Samples that wait for their acknowledgement, in RAM. At the bound the oldest makes room: what is
// newest says most about now, and the loss is counted.

import { packSample } from "./sample.js";
import type { PackedSample, Sample } from "./sample.js";

export interface SampleQueue {
  /** Adds a sample; false when the oldest had to go for it. */
  add(sample: Sample): boolean;
  /** The oldest samples, `count` at most, still in the queue. */
  oldest(count: number): PackedSample[];
  /** Removes these samples, where they are still there. */
  remove(samples: PackedSample[]): void;
  size(): number;
}

export function createSampleQueue(limit: number): SampleQueue {
  let samples: PackedSample[] = [];
  return {
    add: function (sample) {
      const isFull = samples.length >= limit;
      if (isFull) samples.shift();
      samples.push(packSample(sample));
      return !isFull;
    },
    oldest: function (count) {
      return samples.slice(0, count);
    },
    remove: function (gone) {
      samples = samples.filter((sample) => gone.indexOf(sample) < 0);
    },
    size: function () {
      return samples.length;
    },
  };
}
