// A sample: what was measured, where and when; and as the queue holds it.

export interface Sample {
  /** Unix time; NaN: nobody knew it, `atMs` has to do. */
  timeMs: number;
  /** The moment of the newest reading on the board's monotonic clock. */
  atMs: number;
  co2Ppm: number;
  /** As in a fix; NaN where there is no place to tell. */
  latE9: number;
  lonE9: number;
  /** NaN where there is no height to tell. */
  heightMm: number;
  /** How old the place was. */
  placeAgeS: number;
}

/** A sample as text: on a board it takes half the memory there. It begins with its time, or with "~" and `atMs`. */
export type PackedSample = string;

export function packSample(sample: Sample): PackedSample {
  const { timeMs, atMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS } = sample;
  const time = isNaN(timeMs) ? "~" + atMs : timeMs;
  return [time, co2Ppm, latE9, lonE9, heightMm, placeAgeS].join(",");
}

export function isUndated(packed: PackedSample): boolean {
  return packed[0] === "~";
}

/** One that has its time. */
export function unpackSample(packed: PackedSample): Sample {
  const [timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS] = packed.split(",").map(Number);
  return { timeMs, atMs: 0, co2Ppm, latE9, lonE9, heightMm, placeAgeS };
}

/** Gives a sample without time the one that `timeMsAt` knows for its moment; as it is, when that is NaN. */
export function dateSample(
  packed: PackedSample,
  timeMsAt: (monotonicMs: number) => number,
): PackedSample {
  const timeMs = isUndated(packed) ? timeMsAt(parseFloat(packed.slice(1))) : NaN;
  return isNaN(timeMs) ? packed : timeMs + packed.slice(packed.indexOf(","));
}
