// Each CO2 driver beside its simulated sensor for hours of virtual time: every fault that the sensor can have, alone and
// mixed. What is told is what the sensor has read of the air, or a gap.

import assert from "node:assert/strict";
import { type FaultName, RandomFaults } from "../../src/desktop/sim/sensors/faults.js";
import { type TwinName, TWINS } from "../../src/desktop/sim/sensors/twins.js";
import { Co2Bench, movingAir, type Told } from "./co2-bench.js";
import { Mishaps } from "./mishaps.js";

const HOUR_MS = 3_600_000;
const TIMES = 20;
const NAMES = Object.keys(TWINS) as TwinName[];

/** Not at any number that a sensor says while it boots. */
const PLAIN_AIR = movingAir(860, 280);
/** Through all of them, by steps of one reading and the next. */
const ANY_AIR = movingAir(850, 450);

/** Beside the named ones: off and on again, between two questions or in the middle of one. */
type Mishap = FaultName | "power";

/**
 * What is told until a value comes again, `value` where the answer that is hit brings one. Nobody can see in an answer
 * that it is stuck, or, on a UART, a question too old; and on the bus a damage behind the bytes that are read.
 */
type Outcomes = Partial<Record<Mishap, string>>;

const UART: Outcomes = {
  "bit-flip": "check silent",
  drop: "silent",
  cut: "silent",
  silence: "silent",
  echo: "value",
  foreign: "value",
  stuck: "value",
  "bad-check": "check",
  // The value after that is the one that came late.
  late: "silent",
};

const BUS: Outcomes = {
  "bit-flip": "check value",
  cut: "check value",
  silence: "silent warming-up",
  nack: "silent warming-up",
  stuck: "value",
  plateau: "warming-up value",
  "bad-check": "check value",
};

const OUTCOMES: Readonly<Record<TwinName, Outcomes>> = {
  mhz19: {
    ...UART,
    plateau: "plateau warming-up",
    reset: "plateau silent warming-up",
    power: "plateau value",
  },
  "senseair-s8": {
    ...UART,
    plateau: "out-of-range",
    error: "status-1",
    reset: "out-of-range silent",
    power: "out-of-range value",
  },
  t6713: {
    ...UART,
    plateau: "ambiguous warming-up",
    // The second question is for a value without a status.
    error: "status-1 value",
    // A value in the place of a status has bits of any.
    late: "ambiguous silent status-2 status-3 status-5 status-6",
    reset: "silent warming-up",
    power: "value warming-up",
  },
  cm1106: {
    ...UART,
    plateau: "plateau warming-up",
    error: "error-4",
    reset: "plateau silent warming-up",
    power: "plateau value warming-up",
  },
  scd30: {
    ...BUS,
    late: "silent warming-up",
    reset: "silent warming-up",
    power: "not-ready value warming-up",
  },
  // Its error is that of other commands.
  scd4x: {
    ...BUS,
    error: "value",
    reset: "not-ready silent warming-up",
    power: "not-ready silent value warming-up",
  },
};

/** Until a sensor that has begun, or begun again, is believed. */
const WARM_UP_MS: Readonly<Record<TwinName, number>> = {
  mhz19: 180_000,
  "senseair-s8": 60_000,
  t6713: 120_000,
  cm1106: 120_000,
  scd30: 0,
  scd4x: 1000,
};
/** To start it, and for the values after a start that are none. */
const ASKS_BESIDE = 4;

const isValue = (told: Told) => typeof told === "number";

/** What is told before the first value. */
function untilValue(bench: Co2Bench): Told[] {
  const mostAsks = ASKS_BESIDE + WARM_UP_MS[bench.name] / bench.driver.periodMs;
  const all: Told[] = [];
  for (let asks = 0; !all.some(isValue); asks++) {
    assert.ok(asks <= mostAsks, `no value after ${asks} questions: ${all.join()}`);
    all.push(...bench.ask());
  }
  return all.filter((told) => !isValue(told));
}

/** Off and on at another moment of the period each time. */
function cutPower(bench: Co2Bench, time: number): readonly Told[] {
  const atMs = (time * bench.driver.periodMs) / TIMES;
  return bench.ask({ atMs, happen: () => bench.twin.reboot() });
}

/** Hits the first answer to a question, or the one after it. */
function hit(bench: Co2Bench, fault: FaultName, time: number): Told[] {
  bench.mishaps.arm(fault, time % 2);
  const all: Told[] = [];
  do all.splice(0, Infinity, ...bench.ask());
  while (bench.mishaps.isArmed);
  return all;
}

function outcomesOf(bench: Co2Bench, mishap: Mishap): string {
  const seen = new Set<string>();
  for (let time = 0; time < TIMES; time++) {
    const told = mishap === "power" ? cutPower(bench, time) : hit(bench, mishap, time);
    for (const one of [...told, ...untilValue(bench)]) seen.add(isValue(one) ? "value" : `${one}`);
    untilValue(bench);
  }
  return [...seen].sort().join(" ");
}

function assertSound(bench: Co2Bench): void {
  assert.deepEqual(bench.wrong, []);
  const untold = bench.asked - bench.values - bench.gapCount;
  assert.ok(untold === 0 || untold === 1, `${untold} questions brought nothing`);
}

describe("CO2 drivers for hours with their simulated sensors", function () {
  this.timeout(60_000);

  for (const name of NAMES) {
    it(`${name}: every fault ${TIMES} times, its gaps, and values again in bounded time`, () => {
      const bench = new Co2Bench(name, PLAIN_AIR);
      untilValue(bench);
      const mishaps = [...TWINS[name].faults, "power"] as Mishap[];
      const outcomes = mishaps.map((mishap) => [mishap, outcomesOf(bench, mishap)]);
      while (bench.clock.nowMs() < HOUR_MS) bench.ask();
      const expected = Object.entries(OUTCOMES[name]).map(([mishap, told]) => [
        mishap,
        told.split(" ").sort().join(" "),
      ]);
      assert.deepEqual(Object.fromEntries(outcomes), Object.fromEntries(expected));
      assertSound(bench);
      for (const fault of TWINS[name].faults) assert.equal(bench.mishaps.counts[fault], TIMES);
    });

    for (const oneIn of [4, 10, 40]) {
      it(`${name}: any fault in one answer of ${oneIn}, an hour for each of five seeds`, () => {
        for (let seed = 1; seed <= 5; seed++) {
          const faults = new RandomFaults(TWINS[name].faults, oneIn, seed);
          const bench = new Co2Bench(name, ANY_AIR, new Mishaps(faults));
          while (bench.clock.nowMs() < HOUR_MS) bench.ask();
          assertSound(bench);
          assert.ok(bench.values > 100 && bench.gapCount > 20, `${bench.values} values`);
        }
      });
    }
  }
});
