// What is in the queue, and what is given up.

import { addSample, sampleQueue } from "../../src/firmware/report/queue.js";
import type { SampleQueue as Opened } from "../../src/firmware/report/queue.js";
import { datedSample, packSample, unpackSample } from "../../src/firmware/report/sample.js";
import type { Sample } from "../../src/firmware/report/sample.js";
import {
  BODY_BYTES,
  flashLog,
  flashLogState,
  Settled,
} from "../../src/firmware/store/flash-log.js";
import type { FlashLogState } from "../../src/firmware/store/flash-log.js";
import { createFakePlatform } from "./fake-platform.js";
import { TOY_HASHES } from "./fake-server.js";
import { sampleWith } from "./samples.js";
import { equal, suite } from "./suite.js";

interface SampleQueue extends Opened {
  /** Adds one, and writes what can be written. */
  add(sample: Sample): void;
}

function open(log: FlashLogState, timeMsAt: (monotonicMs: number) => number): SampleQueue {
  const state = { log: log, timeMsAt: timeMsAt, pending: [] };
  const queue = sampleQueue(state) as SampleQueue;
  queue.add = function (sample) {
    addSample(state, sample);
    queue.flush();
  };
  return queue;
}

function sampleAt(timeMs: number, atMs?: number): Sample {
  return sampleWith({ timeMs: timeMs, atMs: atMs || 0 });
}

/** Nobody knows the time. */
function never(): number {
  return NaN;
}

function emptyQueue(timeMsAt?: (monotonicMs: number) => number): SampleQueue {
  const log = flashLogState(createFakePlatform().flash, TOY_HASHES[0], {});
  return open(log, timeMsAt || never);
}

function filled(count: number): SampleQueue {
  const queue = emptyQueue();
  for (let index = 1; index <= count; index++) queue.add(sampleAt(index));
  return queue;
}

/** NaN equals nothing, but its text does. */
function valuesOf(sample: Sample): number[] {
  const { timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS } = sample;
  return [timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS];
}

function times(queue: SampleQueue, count: number): string {
  return queue
    .next(count, false)
    .map((place) => "" + queue.sampleAt(place).timeMs)
    .join(" ");
}

function counts(queue: SampleQueue): number[] {
  return [queue.size(), queue.takeDropped()];
}

export const queueSuite = suite("report/queue", function (test) {
  test("an empty queue", function () {
    const queue = emptyQueue();
    equal([queue.size(), queue.next(5, false)], [0, []]);
    queue.remove([0, 1, 8, 999], Settled.Delivered);
    equal(counts(queue), [0, 0]);
  });

  test("oldest first, no more than asked for, and they stay", function () {
    const queue = filled(4);
    equal(times(queue, 2), "1 2");
    equal(times(queue, 9), "1 2 3 4");
    equal(times(queue, 0), "");
    equal(counts(queue), [4, 0]);
  });

  test("at the bound the oldest page makes room, and it is told", function () {
    const queue = filled(14);
    equal(counts(queue), [14, 0]);
    queue.add(sampleAt(15));
    equal(counts(queue), [8, 7]);
    equal(times(queue, 99), "8 9 10 11 12 13 14 15");
  });

  test("a hundred times its bound", function () {
    const queue = filled(1400);
    const left = queue.size();
    equal(left + queue.takeDropped(), 1400);
    equal(times(queue, 99).split(" ").slice(-2), ["1399", "1400"]);
    equal(times(queue, 99).split(" ").length, left);
  });

  test("what was removed makes room", function () {
    const queue = filled(14);
    queue.remove(queue.next(14, false), Settled.Delivered);
    for (let index = 15; index < 29; index++) queue.add(sampleAt(index));
    equal(counts(queue), [14, 0]);
  });

  test("samples that the bound has taken are removed without harm", function () {
    const queue = filled(14);
    const sent = queue.next(9, false);
    queue.add(sampleAt(15));
    queue.remove(sent, Settled.Delivered);
    equal(times(queue, 99), "10 11 12 13 14 15");
    queue.remove(sent, Settled.Delivered);
    equal(counts(queue), [6, 7], "twice");
  });

  test("what the flash takes no mark of stays, and that is told", function () {
    const flash = createFakePlatform().flash();
    const { write } = flash;
    const queue = open(
      flashLogState(() => flash, TOY_HASHES[0], {}),
      never,
    );
    for (let index = 1; index < 4; index++) queue.add(sampleAt(index));
    const places = queue.next(9, false);
    flash.write = function () {};
    equal(queue.remove(places, Settled.Delivered), false, "none has gone");
    equal([times(queue, 9), queue.size()], ["1 2 3", 3]);
    flash.write = write;
    equal(queue.remove(places.slice(0, 1), Settled.Delivered), true);
    flash.write = function () {};
    equal(queue.remove(places, Settled.Delivered), true, "the first has gone before");
    equal(times(queue, 9), "2 3");
  });

  test("one in the middle may go, and never comes again", function () {
    const queue = filled(5);
    queue.remove([queue.next(9, false)[2]], Settled.Refused);
    equal(times(queue, 9), "1 2 4 5");
  });

  test("a sample comes out as it went in, to the last digit", function () {
    [
      { timeMs: 4102444799999, latE9: -90000000000, lonE9: 180000000000, heightMm: -430001 },
      { timeMs: 1428956800001, latE9: 44068843333, lonE9: -121314191667, heightMm: 8848860 },
      { timeMs: 0, latE9: 0, lonE9: 0, heightMm: 0 },
      { timeMs: 1, latE9: 44070000000, lonE9: -121310000000, heightMm: NaN },
      { timeMs: 2, latE9: NaN, lonE9: NaN, heightMm: NaN, placeAgeS: 340, co2Ppm: 40000 },
    ].forEach(function (place) {
      const sample = sampleWith(place);
      const packed = packSample(sample);
      equal(packed.length, BODY_BYTES);
      equal("" + valuesOf(unpackSample(packed)), "" + valuesOf(sample));
    });
  });

  test("a place that is older than can be written is as old as can be", function () {
    [0xfffffd, 0xfffffe, 0xffffff, 1e9].forEach(function (placeAgeS) {
      const { placeAgeS: age } = unpackSample(packSample(sampleWith({ placeAgeS: placeAgeS })));
      equal(age, Math.min(placeAgeS, 0xfffffe));
    });
  });

  test("another date changes nothing else", function () {
    const packed = datedSample(packSample(sampleAt(NaN, 5)), 1428956800001);
    equal(valuesOf(unpackSample(packed)), valuesOf(sampleAt(1428956800001)));
  });

  test("without a time it waits for one, and gets it once", function () {
    let offsetMs = NaN;
    const queue = emptyQueue(function (monotonicMs) {
      return monotonicMs + offsetMs;
    });
    queue.add(sampleAt(NaN, 60000));
    queue.add(sampleAt(NaN, 120000));
    equal([times(queue, 9), queue.size()], ["", 2]);
    queue.add(sampleAt(1428956800000));
    equal(times(queue, 9), "1428956800000", "one that has its time does not wait for them");
    offsetMs = 1428956000000;
    equal(times(queue, 9), "1428956800000 1428956060000 1428956120000");
    offsetMs = 0;
    equal(times(queue, 2), "1428956800000 1428956060000");
    queue.remove(queue.next(2, false), Settled.Delivered);
    equal(times(queue, 9), "1428956120000");
  });

  test("of those without a time the 31st costs the oldest", function () {
    const queue = emptyQueue();
    for (let atMs = 0; atMs < 32; atMs++) queue.add(sampleAt(NaN, atMs));
    equal([counts(queue), queue.next(9, false)], [[30, 2], []]);
  });

  test("what is in flash is there after a restart", function () {
    const { flash } = createFakePlatform();
    const first = flashLogState(flash, TOY_HASHES[0], {});
    const before = open(first, never);
    for (let index = 1; index < 12; index++) before.add(sampleAt(index));
    before.remove(before.next(3, false), Settled.Delivered);
    const log = flashLogState(flash, TOY_HASHES[0], {});
    flashLog(log).begin();
    const queue = open(log, never);
    equal([counts(queue), times(queue, 99)], [[8, 0], "4 5 6 7 8 9 10 11"]);
    queue.add(sampleAt(12));
    equal(times(queue, 99), "4 5 6 7 8 9 10 11 12");
  });
});
