// A sample: what was measured, where and when; and as the queue keeps it.

import { numberBytes, numberFrom } from "../bytes.js";

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

/** 25 bytes: time, CO2, latitude, longitude, height and age, each a whole number as `numberBytes` makes it. */
export type PackedSample = string;

const TIME_BYTES = 6;
/** What makes these numbers from 0. */
const LATITUDE_OFFSET_E9 = 90e9;
const HEIGHT_OFFSET_MM = 0x80000000;
/** 194 days. An older place is not older than that to anybody. */
const MOST_AGE_S = 0xfffffe;

export function packSample(sample: Sample): PackedSample {
  const { timeMs, co2Ppm, latE9, lonE9, heightMm, placeAgeS } = sample;
  return (
    numberBytes(timeMs, TIME_BYTES) +
    numberBytes(co2Ppm, 2) +
    numberBytes(latE9 + LATITUDE_OFFSET_E9, 5) +
    numberBytes(lonE9 + 2 * LATITUDE_OFFSET_E9, 5) +
    numberBytes(heightMm + HEIGHT_OFFSET_MM, 4) +
    numberBytes(Math.min(placeAgeS, MOST_AGE_S), 3)
  );
}

/** One that has its time. */
export function unpackSample(packed: PackedSample): Sample {
  const number = (from: number, to: number) => numberFrom(packed.slice(from, to));
  return {
    timeMs: number(0, TIME_BYTES),
    atMs: 0,
    co2Ppm: number(6, 8),
    latE9: number(8, 13) - LATITUDE_OFFSET_E9,
    lonE9: number(13, 18) - 2 * LATITUDE_OFFSET_E9,
    heightMm: number(18, 22) - HEIGHT_OFFSET_MM,
    placeAgeS: number(22, 25),
  };
}

export function isDated(packed: PackedSample): boolean {
  return !isNaN(numberFrom(packed.slice(0, TIME_BYTES)));
}

/** The same at another time. */
export function datedSample(packed: PackedSample, timeMs: number): PackedSample {
  return numberBytes(timeMs, TIME_BYTES) + packed.slice(TIME_BYTES);
}
