// Samples: of fresh readings only, and one a fix.

import { createSampler } from "../../src/firmware/report/sample.js";
import type { Sampler } from "../../src/firmware/report/sample.js";
import { equal, suite } from "./suite.js";

interface Bench {
  sampler: Sampler;
  /** Lets time pass. */
  wait(ms: number): void;
}

function setUp(exposure: string): Bench {
  let nowMs = 1000000;
  const sampler = createSampler(exposure, function () {
    return nowMs;
  });
  return {
    sampler: sampler,
    wait: function (ms) {
      nowMs += ms;
    },
  };
}

function fixAt(timeMs: number): { timeMs: number; latE9: number; lonE9: number; heightMm: number } {
  return { timeMs: timeMs, latE9: 1, lonE9: -2, heightMm: 3 };
}

/** A sample's date and ppm, or why there is none. */
function take(bench: Bench): string {
  const sample = bench.sampler.take();
  return typeof sample === "string" ? sample : sample.timeMs + ":" + sample.co2Ppm;
}

export const sampleSuite = suite("report/sample", function (test) {
  test("everything of the fix, the ppm, and the exposure", function () {
    const { sampler } = setUp("outdoor");
    sampler.onCo2Ppm(410);
    sampler.onFix(fixAt(7));
    const expected = {
      timeMs: 7,
      latE9: 1,
      lonE9: -2,
      heightMm: 3,
      co2Ppm: 410,
      exposure: "outdoor",
    };
    equal(sampler.take(), expected);
  });

  test("nothing has come yet", function () {
    const bench = setUp("");
    equal(take(bench), "no-fix");
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "no-fix");
    const other = setUp("");
    other.sampler.onFix(fixAt(7));
    equal(take(other), "no-co2");
  });

  test("nothing has come yet, right after start-up", function () {
    const sampler = createSampler("", function () {
      return 0;
    });
    equal(sampler.take(), "no-fix");
    sampler.onFix(fixAt(7));
    equal(sampler.take(), "no-co2");
    sampler.onCo2Ppm(0);
    equal(typeof sampler.take(), "object", "0 ppm and 0 ms are values");
  });

  test("a fix dates one sample", function () {
    const bench = setUp("");
    bench.sampler.onCo2Ppm(410);
    bench.sampler.onFix(fixAt(7));
    equal([take(bench), take(bench)], ["7:410", "no-fix"]);
    bench.sampler.onFix(fixAt(8));
    equal(take(bench), "8:410");
  });

  test("a fix waits for the first CO2", function () {
    const bench = setUp("");
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "no-co2");
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "7:410");
  });

  test("the newest fix and the newest value", function () {
    const bench = setUp("");
    bench.sampler.onCo2Ppm(1);
    bench.sampler.onFix(fixAt(1));
    bench.sampler.onFix(fixAt(2));
    bench.sampler.onCo2Ppm(2);
    equal(take(bench), "2:2");
  });

  test("a fix of 15 s is fresh, an older one is not", function () {
    const bench = setUp("");
    bench.sampler.onFix(fixAt(7));
    bench.wait(15000);
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "7:410");
    bench.sampler.onFix(fixAt(8));
    bench.wait(15001);
    bench.sampler.onCo2Ppm(411);
    equal(take(bench), "no-fix");
  });

  test("a value of 15 s is fresh, an older one is not", function () {
    const bench = setUp("");
    bench.sampler.onCo2Ppm(410);
    bench.wait(15000);
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "7:410");
    bench.wait(1);
    bench.sampler.onFix(fixAt(8));
    equal(take(bench), "no-co2");
    bench.sampler.onCo2Ppm(411);
    equal(take(bench), "8:411", "the fix was not lost");
  });
});
