// The queue's bound, and what happens there.

import { createSampleQueue } from "../../src/firmware/report/queue.js";
import type { SampleQueue } from "../../src/firmware/report/queue.js";
import { packSample, unpackSample } from "../../src/firmware/report/sample.js";
import type { PackedSample, Sample } from "../../src/firmware/report/sample.js";
import { sampleWith } from "./samples.js";
import { equal, suite } from "./suite.js";

function sampleAt(timeMs: number, atMs?: number): Sample {
  return sampleWith({ timeMs: timeMs, atMs: atMs || 0 });
}

/** Nobody knows the time. */
function never(): number {
  return NaN;
}

function filled(limit: number, count: number): SampleQueue {
  const queue = createSampleQueue(limit, never);
  for (let index = 1; index <= count; index++) queue.add(sampleAt(index));
  return queue;
}

/** NaN equals nothing, but its text does. */
function valuesOf(sample: Sample): number[] {
  const { timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS } = sample;
  return [timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS];
}

function times(samples: PackedSample[]): string {
  return samples.map((sample) => "" + unpackSample(sample).timeMs).join(" ");
}

export const queueSuite = suite("report/queue", function (test) {
  test("an empty queue", function () {
    const queue = createSampleQueue(3, never);
    equal([queue.size(), queue.oldest(5)], [0, []]);
    queue.remove([packSample(sampleAt(1))]);
    equal(queue.size(), 0);
  });

  test("oldest first, no more than asked for, and they stay", function () {
    const queue = filled(9, 4);
    equal(times(queue.oldest(2)), "1 2");
    equal(times(queue.oldest(9)), "1 2 3 4");
    equal(times(queue.oldest(0)), "");
    equal(queue.size(), 4);
  });

  test("at the bound the oldest makes room, and it is told", function () {
    const queue = createSampleQueue(2, never);
    equal(queue.add(sampleAt(1)), true);
    equal(queue.add(sampleAt(2)), true, "the last that fits");
    equal(queue.add(sampleAt(3)), false);
    equal([times(queue.oldest(9)), queue.size()], ["2 3", 2]);
    equal(queue.add(sampleAt(4)), false);
    equal(times(queue.oldest(9)), "3 4");
  });

  test("a queue of one", function () {
    const queue = filled(1, 5);
    equal([times(queue.oldest(9)), queue.size()], ["5", 1]);
  });

  test("a hundred times its bound", function () {
    const queue = filled(10, 1000);
    equal(queue.size(), 10);
    equal(times(queue.oldest(99)), "991 992 993 994 995 996 997 998 999 1000");
  });

  test("what was removed makes room", function () {
    const queue = filled(2, 2);
    queue.remove(queue.oldest(1));
    equal(queue.add(sampleAt(3)), true);
    equal(times(queue.oldest(9)), "2 3");
  });

  test("samples that the bound has taken are removed without harm", function () {
    const queue = filled(3, 3);
    const sent = queue.oldest(2);
    queue.add(sampleAt(4));
    queue.remove(sent);
    equal(times(queue.oldest(9)), "3 4");
    queue.remove(sent);
    equal(times(queue.oldest(9)), "3 4", "twice");
  });

  test("a sample comes out as it went in, to the last digit", function () {
    [
      { timeMs: 4102444799999, latE9: -90000000000, lonE9: 180000000000, heightMm: -430001 },
      { timeMs: 1428956800001, latE9: 44068843333, lonE9: -121314191667, heightMm: 8848860 },
      { timeMs: 0, latE9: 0, lonE9: 0, heightMm: 0 },
      { timeMs: 1, latE9: 44070000000, lonE9: -121310000000, heightMm: NaN },
      { timeMs: 2, latE9: NaN, lonE9: NaN, heightMm: NaN, placeAgeS: 340, co2Ppm: 5000 },
    ].forEach(function (place) {
      const sample = sampleWith(place);
      equal("" + valuesOf(unpackSample(packSample(sample))), "" + valuesOf(sample));
    });
  });

  test("without a time it waits for one, and gets it once", function () {
    let offsetMs = NaN;
    const queue = createSampleQueue(9, function (monotonicMs) {
      return monotonicMs + offsetMs;
    });
    queue.add(sampleAt(NaN, 60000.5));
    queue.add(sampleAt(NaN, 120000));
    equal([times(queue.oldest(9)), queue.size()], ["", 2]);
    queue.add(sampleAt(1428956800000));
    equal(times(queue.oldest(9)), "1428956800000", "one that has its time does not wait for them");
    offsetMs = 1428956000000;
    equal(times(queue.oldest(2)), "1428956060000.5 1428956120000");
    offsetMs = 0;
    equal(times(queue.oldest(9)), "1428956060000.5 1428956120000 1428956800000");
    queue.remove(queue.oldest(2));
    equal(times(queue.oldest(9)), "1428956800000");
  });

  test("at the bound one without a time makes room as well", function () {
    const queue = createSampleQueue(2, never);
    [1, 2, 3].forEach(function (atMs) {
      queue.add(sampleAt(NaN, atMs));
    });
    equal([queue.size(), queue.oldest(9)], [2, []]);
  });

  test("what came out does not change with the queue", function () {
    const queue = filled(3, 2);
    const first = queue.oldest(2);
    queue.add(sampleAt(3));
    queue.remove(first);
    equal([times(first), times(queue.oldest(9))], ["1 2", "3"]);
    first.splice(0);
    equal(queue.size(), 1);
  });
});
