// A sample: what was measured, where and when. Taken from the newest fix and the newest CO2 value, and
// only when both are fresh: a gap is better than a stale value.

import type { Fix } from "../sensors/nmea.js";

export interface Sample extends Fix {
  co2Ppm: number;
  /** The document's `indoor` or `outdoor`; empty when not configured. */
  exposure: string;
}

/** A sample as text: on a board it takes half the memory there. */
export type PackedSample = string;

export function packSample(sample: Sample): PackedSample {
  const { timeMs, latE9, lonE9, heightMm, co2Ppm, exposure } = sample;
  return [timeMs, latE9, lonE9, heightMm, co2Ppm, exposure].join(",");
}

export function unpackSample(packed: PackedSample): Sample {
  const fields = packed.split(",");
  const [timeMs, latE9, lonE9, heightMm, co2Ppm] = fields.map(Number);
  return { timeMs, latE9, lonE9, heightMm, co2Ppm, exposure: fields.slice(5).join(",") };
}

export interface Sampler {
  onFix(fix: Fix): void;
  onCo2Ppm(co2Ppm: number): void;
  /** The sample of this moment, or the reason why there is none. */
  take(): Sample | "no-fix" | "no-co2";
}

/** Beyond this age a reading no longer speaks of now. */
const FRESH_MS = 15000;

/** `nowMs` is monotonic: the moment of arrival decides on age, the receiver's time dates the sample. */
export function createSampler(exposure: string, nowMs: () => number): Sampler {
  let fix: Fix | undefined;
  let fixAtMs = 0;
  let co2Ppm = 0;
  let co2AtMs = -Infinity;

  return {
    onFix: function (newFix) {
      fix = newFix;
      fixAtMs = nowMs();
    },
    onCo2Ppm: function (newCo2Ppm) {
      co2Ppm = newCo2Ppm;
      co2AtMs = nowMs();
    },
    take: function () {
      const now = nowMs();
      if (!fix || now - fixAtMs > FRESH_MS) return "no-fix";
      if (now - co2AtMs > FRESH_MS) return "no-co2";
      const sample = fix as Sample;
      // A fix dates one sample: two with the same date would be one to the ScopeNode.
      fix = undefined;
      sample.co2Ppm = co2Ppm;
      sample.exposure = exposure;
      return sample;
    },
  };
}
