// Takes samples of what the sensors say: the median of the CO2 readings since the sample before, at the newest fix.
// Each counts only while it is fresh: a gap is better than a wrong value. Where the configuration allows it, an older
// place serves too, with its age.

import type { SampleSettings } from "../configuration.js";
import type { Fix } from "../sensors/nmea.js";
import type { Sample } from "./sample.js";

export interface Sampler {
  onFix(fix: Fix): void;
  onCo2Ppm(co2Ppm: number): void;
  /** Why the sensor gives no value, one word. */
  onCo2Gap(reason: string): void;
  /** The sample of this moment, or why there is none: `no-fix`, `no-co2`, or what was wrong with CO2 last. */
  take(): Sample | string;
}

/** Beyond this age a reading no longer speaks of now. */
const FRESH_MS = 15000;
/** A minute's, at one in 5 s; of a longer period the last minute counts. */
const MOST_READINGS = 12;
/** 0.01 degrees: a kilometre. */
const COARSE_E9 = 1e7;
/** In 800,000 years the air had 172 ppm at least (Lüthi et al. 2008, Nature 453); less a sensor's error. */
const LEAST_PPM = 100;
/** The end of the range of SCD30 and SCD4x. */
const MOST_PPM = 40000;
/** Between two readings, 5 s: who breathes at the sensor makes more, but the reading after it says so too. */
const MOST_STEP_PPM = 1000;

/** A value that was read: of two in the middle the lower one. */
function medianOf(values: number[]): number {
  const sorted = values.slice().sort((one, other) => one - other);
  return sorted[(sorted.length - 1) >> 1];
}

/** `nowMs` is monotonic: the moment of arrival decides on age. */
export function createSampler(settings: SampleSettings, nowMs: () => number): Sampler {
  const { location, leastPpm = LEAST_PPM, mostPpm = MOST_PPM } = settings;
  const { mostStepPpm = MOST_STEP_PPM } = settings;
  let fix: Fix | undefined;
  let fixAtMs = 0;
  let isFixUsed = false;
  /** Since the last sample, or those of the last sample. */
  let readings: number[] = [];
  let areReadingsUsed = false;
  let readAtMs = -Infinity;
  /** The newest one that counted, and the newest one that did not because it was far from that. */
  let lastPpm = 0;
  let doubtfulPpm = NaN;
  let gap = "no-co2";

  function isNear(co2Ppm: number, otherPpm: number): boolean {
    return Math.abs(co2Ppm - otherPpm) <= mostStepPpm;
  }

  function onCo2Ppm(co2Ppm: number): void {
    const now = nowMs();
    const isFirst = now - readAtMs > FRESH_MS;
    if (!(co2Ppm >= leastPpm && co2Ppm <= mostPpm)) {
      gap = "out-of-range";
      return;
    }
    // A jump counts when the next reading is there too, or when nothing else came for a while.
    if (!isFirst && !isNear(co2Ppm, lastPpm) && !isNear(co2Ppm, doubtfulPpm)) {
      doubtfulPpm = co2Ppm;
      gap = "jump";
      return;
    }
    if (isFirst || areReadingsUsed) readings = [];
    areReadingsUsed = false;
    readings.push(co2Ppm);
    if (readings.length > MOST_READINGS) readings.shift();
    lastPpm = co2Ppm;
    doubtfulPpm = NaN;
    readAtMs = now;
    gap = "no-co2";
  }

  function sampleAt(place: Fix | undefined, placeAgeS: number, timeMs: number): Sample {
    const { latE9, lonE9, heightMm } = place || { latE9: NaN, lonE9: NaN, heightMm: NaN };
    const stepE9 = location === "coarse" ? COARSE_E9 : 1;
    isFixUsed = areReadingsUsed = true;
    return {
      timeMs,
      atMs: readAtMs,
      co2Ppm: medianOf(readings),
      latE9: Math.round(latE9 / stepE9) * stepE9,
      lonE9: Math.round(lonE9 / stepE9) * stepE9,
      heightMm: location === "coarse" ? NaN : heightMm,
      placeAgeS,
    };
  }

  return {
    onFix: function (newFix) {
      fix = newFix;
      fixAtMs = nowMs();
      isFixUsed = false;
    },
    onCo2Ppm: onCo2Ppm,
    onCo2Gap: function (reason) {
      gap = reason;
    },
    take: function () {
      const now = nowMs();
      const fixAgeMs = now - fixAtMs;
      // A fix dates one sample: two with the same date would be one to the ScopeNode.
      const isFresh = !!fix && !isFixUsed && fixAgeMs <= FRESH_MS;
      const isPlaceless = location === "none";
      const isAllowed = isPlaceless || (!!fix && settings.withoutFix === "last-known");
      if (!isFresh && !isAllowed) return "no-fix";
      if (now - readAtMs > FRESH_MS || (areReadingsUsed && !isFresh)) return gap;
      const placeAgeS = isFresh || isPlaceless ? 0 : Math.round(fixAgeMs / 1000);
      return sampleAt(isPlaceless ? undefined : fix, placeAgeS, isFresh ? fix!.timeMs : NaN);
    },
  };
}
