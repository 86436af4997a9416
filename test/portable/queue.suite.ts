// The queue's bound, and what happens there.

import { createSampleQueue } from "../../src/firmware/report/queue.js";
import type { SampleQueue } from "../../src/firmware/report/queue.js";
import { packSample, unpackSample } from "../../src/firmware/report/sample.js";
import type { PackedSample, Sample } from "../../src/firmware/report/sample.js";
import { equal, suite } from "./suite.js";

function sampleAt(timeMs: number): Sample {
  return { timeMs: timeMs, latE9: 0, lonE9: 0, heightMm: 0, co2Ppm: 400, exposure: "" };
}

function filled(limit: number, count: number): SampleQueue {
  const queue = createSampleQueue(limit);
  for (let index = 1; index <= count; index++) queue.add(sampleAt(index));
  return queue;
}

function times(samples: PackedSample[]): string {
  return samples.map((sample) => "" + unpackSample(sample).timeMs).join(" ");
}

export const queueSuite = suite("report/queue", function (test) {
  test("an empty queue", function () {
    const queue = createSampleQueue(3);
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
    const queue = createSampleQueue(2);
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
    ].forEach(function (fix) {
      ["", "outdoor", "in,doors"].forEach(function (exposure) {
        const { timeMs, latE9, lonE9, heightMm } = fix;
        const sample = { timeMs, latE9, lonE9, heightMm, co2Ppm: 5000, exposure };
        equal(unpackSample(packSample(sample)), sample);
      });
    });
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
