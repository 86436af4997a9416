// Sensirion SCD30 infrared CO2 sensor, I2C 0x61 (Interface description SCD30, version 1.0 of May 2020). What is set
// goes into memory that wears, and stays: it is read before. That it measures, too.

import type { Orders } from "./talk.js";
import { measureSensirion, MOST_PPM, openSensirion, sensirionBytes } from "./sensirion.js";
import type { SensirionDriver, SensirionTalk } from "./sensirion.js";
import { wordAt } from "./words.js";

/** Section 1.4.1: with the air's pressure in hPa, or 0. */
const START = 0x10;
const ASC = 0x5306;
const ALTITUDE = 0x5102;
const FORCED = 0x5204;
/** Section 1.1: it holds the clock for 30 ms, once a day for 150. */
const ANSWER_MS = 50;

/** Single precision (IEEE 754), high byte first, as a whole number; less than 0 and what is no number: infinite. */
export function wholeFloat(bytes: string): number {
  const high = wordAt(bytes, 0);
  const exponent = high >> 7;
  const mantissa = (high & 127) * 65536 + wordAt(bytes, 2) + 0x800000;
  if (exponent < 120) return 0;
  return exponent > 150 ? Infinity : Math.round(mantissa / (1 << (150 - exponent)));
}

function order(talk: SensirionTalk, command: number, value: number, onDone: () => void): void {
  talk.ask(sensirionBytes(command, value), ANSWER_MS, 0, function () {
    onDone();
    talk.finish("done");
  });
}

function set(talk: SensirionTalk, command: number, value: number): void {
  talk.change(command, command, value, function (next) {
    next();
  });
}

function ordersOf(talk: SensirionTalk): Orders {
  return {
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        set(talk, ASC, value);
      },
    },
    altitude: {
      least: 0,
      most: 5000,
      run: function (value) {
        set(talk, ALTITUDE, value);
      },
    },
    // What was forced before can be read, but not whether it is needed again.
    forced: {
      least: 400,
      most: 2000,
      run: function (value) {
        order(talk, FORCED, value, function () {});
      },
    },
    pressure: {
      least: 700,
      most: 1400,
      run: function (value) {
        if (value === talk.pressureHpa) talk.finish("same");
        else {
          order(talk, START, value, function () {
            talk.pressureHpa = value;
          });
        }
      },
    },
  };
}

export const DRIVER: SensirionDriver = {
  name: "scd30",
  periodMs: 5000,
  // Its first value is seen.
  preheatMs: 0,
  mostPpm: MOST_PPM,
  address: 0x61,
  answerMs: ANSWER_MS,
  readyCommand: 0x202,
  readyMask: 0xffff,
  readCommand: 0x300,
  // CO2; temperature and humidity would follow.
  readWords: 2,
  startBytes: sensirionBytes(START, 0),
  isStartKept: true,
  co2PpmOf: wholeFloat,
  open: openSensirion,
  measure: measureSensirion,
  ordersOf,
};
