// A sample for suites: the printed example of the application examples, section 1.0.0, with changes.

import type { Sample } from "../../src/firmware/report/sample.js";

/** 2008-04-02T17:54:22+01:00, 45.475841199050905, 9.172725677490234, 120.0 m, of 176.4 ppm the whole part. */
export function sampleWith(changes: Partial<Sample>): Sample {
  const sample: Sample = {
    timeMs: 1207155262000,
    atMs: 0,
    co2Ppm: 176,
    latE9: 45475841199,
    lonE9: 9172725677,
    heightMm: 120000,
    placeAgeS: 0,
  };
  Object.keys(changes).forEach(function (name) {
    sample[name as keyof Sample] = changes[name as keyof Sample]!;
  });
  return sample;
}
