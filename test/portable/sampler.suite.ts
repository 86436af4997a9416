// Samples: of fresh readings only, and one a fix; medians and jumps; what is told of the place.

import type { SampleSettings } from "../../src/firmware/configuration.js";
import { createSampler } from "../../src/firmware/report/sampler.js";
import type { Sampler } from "../../src/firmware/report/sampler.js";
import type { Fix } from "../../src/firmware/sensors/nmea.js";
import { equal, suite } from "./suite.js";

interface Bench {
  sampler: Sampler;
  /** Lets time pass. */
  wait(ms: number): void;
}

function setUp(settings?: SampleSettings): Bench {
  let nowMs = 1000000;
  const sampler = createSampler(settings || {}, function () {
    return nowMs;
  });
  return {
    sampler: sampler,
    wait: function (ms) {
      nowMs += ms;
    },
  };
}

function fixAt(timeMs: number): Fix {
  return { timeMs: timeMs, latE9: 44068843333, lonE9: -121314191667, heightMm: 1127700 };
}

/** A sample's date and ppm, or why there is none. */
function take(bench: Bench): string {
  const sample = bench.sampler.take();
  return typeof sample === "string" ? sample : sample.timeMs + ":" + sample.co2Ppm;
}

/** The ppm of a sample after these readings, one in 5 s. */
function ppmOf(readings: number[], settings?: SampleSettings): string {
  const bench = setUp(settings);
  readings.forEach(function (co2Ppm) {
    bench.wait(5000);
    bench.sampler.onCo2Ppm(co2Ppm);
  });
  bench.sampler.onFix(fixAt(7));
  return take(bench).split(":").pop()!;
}

/** Latitude, longitude, height and age of the place of a sample, or why there is none. */
function placeOf(bench: Bench): string {
  bench.sampler.onCo2Ppm(410);
  const sample = bench.sampler.take();
  if (typeof sample === "string") return sample;
  return [sample.latE9, sample.lonE9, sample.heightMm, sample.placeAgeS].join(" ");
}

const EXACT = "44068843333 -121314191667 1127700 ";

export const samplerSuite = suite("report/sampler", function (test) {
  test("everything of the fix, and the ppm", function () {
    const { sampler } = setUp();
    sampler.onCo2Ppm(410);
    sampler.onFix(fixAt(7));
    equal(sampler.take(), {
      timeMs: 7,
      atMs: 1000000,
      co2Ppm: 410,
      latE9: 44068843333,
      lonE9: -121314191667,
      heightMm: 1127700,
      placeAgeS: 0,
    });
  });

  test("nothing has come yet", function () {
    const bench = setUp();
    equal(take(bench), "no-fix");
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "no-fix");
    const other = setUp();
    other.sampler.onFix(fixAt(7));
    equal(take(other), "no-co2");
  });

  test("nothing has come yet, right after start-up", function () {
    const sampler = createSampler({ leastPpm: 0 }, function () {
      return 0;
    });
    equal(sampler.take(), "no-fix");
    sampler.onFix(fixAt(7));
    equal(sampler.take(), "no-co2");
    sampler.onCo2Ppm(0);
    equal(typeof sampler.take(), "object", "0 ms is a time, and 0 ppm a value that is let in");
  });

  test("a fix dates one sample", function () {
    const bench = setUp();
    bench.sampler.onCo2Ppm(410);
    bench.sampler.onFix(fixAt(7));
    equal([take(bench), take(bench)], ["7:410", "no-fix"]);
    bench.sampler.onFix(fixAt(8));
    equal(take(bench), "8:410");
  });

  test("a fix waits for the first CO2", function () {
    const bench = setUp();
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "no-co2");
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "7:410");
  });

  test("the newest fix", function () {
    const bench = setUp();
    bench.sampler.onFix(fixAt(1));
    bench.sampler.onFix(fixAt(2));
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "2:410");
  });

  test("a fix of 15 s is fresh, an older one is not", function () {
    const bench = setUp();
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
    const bench = setUp();
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

  test("the sensor's reason, until it gives values again", function () {
    const bench = setUp();
    bench.sampler.onFix(fixAt(7));
    bench.sampler.onCo2Gap("warming-up");
    equal(take(bench), "warming-up");
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "7:410");
    bench.wait(15001);
    bench.sampler.onFix(fixAt(8));
    equal(take(bench), "no-co2");
    bench.sampler.onCo2Gap("silent");
    equal(take(bench), "silent");
  });

  test("the median of the readings since the last sample", function () {
    equal(ppmOf([410, 500, 420]), "420");
    equal(ppmOf([420, 410, 500, 430]), "420", "of two in the middle the lower");
    equal(ppmOf([900, 1000, 990, 1010, 995]), "995", "by number, not by text");
    const bench = setUp();
    [900, 800, 700].forEach(bench.sampler.onCo2Ppm);
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "7:800");
    bench.sampler.onCo2Ppm(500);
    bench.sampler.onFix(fixAt(8));
    equal(take(bench), "8:500");
  });

  test("of many readings the last minute's, none from before a silence", function () {
    const many: number[] = [];
    for (let count = 0; count < 100; count++) many.push(900 - count);
    equal(ppmOf(many), "806", "of 812 to 801");
    const bench = setUp();
    [900, 900, 900].forEach(bench.sampler.onCo2Ppm);
    bench.wait(15001);
    bench.sampler.onCo2Ppm(410);
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "7:410");
  });

  test("what no air has is none", function () {
    equal([ppmOf([99]), ppmOf([100])], ["out-of-range", "100"]);
    equal([ppmOf([40001]), ppmOf([40000])], ["out-of-range", "40000"]);
    equal([ppmOf([NaN]), ppmOf([-1])], ["out-of-range", "out-of-range"]);
    const settings = { leastPpm: 380, mostPpm: 5000 };
    equal([ppmOf([379], settings), ppmOf([5001], settings)], ["out-of-range", "out-of-range"]);
    equal(ppmOf([410, 379, 9999, 420], settings), "410", "and does no harm to what is some");
  });

  test("a jump counts when the next reading confirms it", function () {
    equal(ppmOf([410, 2000, 412]), "410", "2000 was one alone");
    equal(ppmOf([410, 1410]), "410", "no jump: of 410 and 1410 the lower");
    equal(ppmOf([410, 2000, 2100]), "410", "of 410 and 2100");
    equal(ppmOf([410, 2000, 2100, 2200]), "2100");
    equal(ppmOf([410, 2000, 4000, 6000]), "410", "no two near each other");
    equal(ppmOf([410, 500, 412], { mostStepPpm: 50 }), "410");
    const bench = setUp();
    bench.sampler.onCo2Ppm(410);
    bench.wait(15001);
    bench.sampler.onCo2Ppm(3000);
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "7:3000", "after a silence there is nothing to jump from");
  });

  test("nothing but jumps is a gap", function () {
    const bench = setUp();
    bench.sampler.onCo2Ppm(410);
    for (let count = 1; count < 4; count++) {
      bench.wait(5000);
      bench.sampler.onCo2Ppm(410 + count * 2000);
    }
    bench.wait(1);
    bench.sampler.onFix(fixAt(7));
    equal(take(bench), "jump");
  });

  test("a place that is exact, coarse, or not told", function () {
    [
      ["exact", EXACT + "0"],
      ["coarse", "44070000000 -121310000000 NaN 0"],
      ["none", "NaN NaN NaN 0"],
    ].forEach(function (row) {
      const bench = setUp({ location: row[0] });
      bench.sampler.onFix(fixAt(7));
      equal(placeOf(bench), row[1], row[0]);
    });
  });

  test("where no place is told none is needed, and who has no fix has no date", function () {
    const bench = setUp({ location: "none" });
    bench.sampler.onCo2Ppm(410);
    equal(take(bench), "NaN:410");
    equal(take(bench), "no-co2", "the same reading is no other sample");
    bench.sampler.onCo2Ppm(411);
    equal(take(bench), "NaN:411");
  });

  test("the last known place, with its age", function () {
    const bench = setUp({ withoutFix: "last-known" });
    equal(placeOf(bench), "no-fix", "none is known");
    bench.sampler.onFix(fixAt(7));
    equal(placeOf(bench), EXACT + "0");
    bench.wait(340499);
    equal(placeOf(bench), EXACT + "340");
    bench.sampler.onCo2Ppm(411);
    equal(take(bench), "NaN:411", "dated by the moment, not by the fix");
    bench.sampler.onFix(fixAt(8));
    equal(placeOf(bench), EXACT + "0");
  });

  test("the last known place, coarse", function () {
    const bench = setUp({ withoutFix: "last-known", location: "coarse" });
    bench.sampler.onFix(fixAt(7));
    bench.wait(60000);
    equal(placeOf(bench), "44070000000 -121310000000 NaN 60");
  });
});
