// The reader of NMEA sentences beside a simulated receiver for hours of virtual time: every fault that the receiver can
// have, alone and mixed. What is told is on the receiver's course at its time, once, or nothing is.

import assert from "node:assert/strict";
import { type FaultName, RandomFaults } from "../../src/desktop/sim/sensors/faults.js";
import { GPS_FAULTS } from "../../src/desktop/sim/sensors/gps.js";
import { ACQUIRE_MS, GpsBench, type GpsBenchOptions, START_MS } from "./gps-bench.js";
import { Mishaps } from "./mishaps.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TIMES = 20;
/** Beyond the time to find a fix again. */
const EPOCHS_BESIDE = 3;

const RECEIVERS: Readonly<Record<string, GpsBenchOptions>> = {
  "RMC and GGA": {},
  "GNS, ZDA and GLL, lines that end in LF": {
    ...{ talker: "GN", sentences: ["GNS", "ZDA", "GLL"], lineEnd: "\n" },
  },
  "the date last": { talker: "GA", sentences: ["GLL", "GGA", "ZDA"] },
  "all five": { talker: "GN", sentences: ["GGA", "GNS", "GLL", "RMC", "ZDA"] },
  "dates 1,024 weeks off": { rollovers: 1, builtMs: START_MS - 100 * DAY_MS },
  "dates 2,048 weeks off": {
    ...{ sentences: ["RMC", "GNS", "ZDA"], rollovers: 2, builtMs: START_MS - 1000 * DAY_MS },
  },
};

/**
 * What is told in the second of the fault and in those after it, up to one with a whole fix alone. What a bit, a byte or
 * half an epoch is lost for depends on the place: the fix, its height, or nothing.
 */
const OUTCOMES: Readonly<Partial<Record<FaultName, string>>> = {
  silence: "none",
  foreign: "fix",
  stuck: "none",
  plateau: "none",
  error: "none",
  "bad-check": "none",
  // Two fixes in the next second.
  late: "fix,none",
  reset: "none",
};

function outcomesOf(bench: GpsBench, fault: FaultName): string {
  const seen = new Set<string>();
  bench.mishaps.arm(fault);
  for (const one of bench.epoch()) seen.add(one);
  for (let epochs = 0; ; epochs++) {
    assert.ok(epochs <= EPOCHS_BESIDE + ACQUIRE_MS / 1000, `${fault}: no fix any more`);
    const told = bench.epoch();
    if (told.length === 1 && told[0] === "fix") return [...seen].sort().join();
    for (const one of told) seen.add(one);
  }
}

describe("NMEA reader for hours with a simulated receiver", function () {
  this.timeout(60_000);

  for (const [title, options] of Object.entries(RECEIVERS)) {
    it(`${title}: every fault at least ${TIMES} times in an hour, and fixes again`, () => {
      const bench = new GpsBench(options);
      for (let i = 0; bench.clock.nowMs() < HOUR_MS; i++) {
        const fault = GPS_FAULTS[i % GPS_FAULTS.length];
        const outcomes = outcomesOf(bench, fault);
        assert.equal(outcomes, OUTCOMES[fault] ?? outcomes, fault);
      }
      assert.deepEqual(bench.wrong, []);
      for (const fault of GPS_FAULTS) assert.ok((bench.mishaps.counts[fault] ?? 0) >= TIMES, fault);
      assert.ok(bench.counts.fix > 1500, `${bench.counts.fix} fixes`);
    });

    for (const oneIn of [2, 10]) {
      it(`${title}: any fault in one epoch of ${oneIn}, an hour for each of three seeds`, () => {
        for (let seed = 1; seed <= 3; seed++) {
          const bench = new GpsBench(
            options,
            new Mishaps(new RandomFaults(GPS_FAULTS, oneIn, seed)),
          );
          while (bench.clock.nowMs() < HOUR_MS) bench.epoch();
          assert.deepEqual(bench.wrong, []);
          assert.ok(bench.counts.fix > 1500, `${bench.counts.fix} fixes`);
        }
      });
    }
  }

  it("a date that is off and not repaired is seen", () => {
    const bench = new GpsBench({ rollovers: 1 });
    bench.epoch();
    for (let epochs = 0; epochs < 10; epochs++) bench.epoch();
    assert.ok(bench.wrong.length > 5);
  });
});
