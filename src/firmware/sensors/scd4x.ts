// Sensirion SCD40/SCD41 photoacoustic CO2 sensors, I2C 0x62 (datasheet SCD4x, version 1.7 of April 2025). Settings
// are for an idle sensor, and last when they have been persisted, which its memory bears some 2,000 times. Times
// are the datasheet's, table 9.

import type { Orders } from "./talk.js";
import { measureSensirion, MOST_PPM, openSensirion, sensirionBytes } from "./sensirion.js";
import type { SensirionDriver, SensirionTalk } from "./sensirion.js";
import { word, wordAt } from "./words.js";

const STOP = 0x3f86;
const STOP_MS = 500;
const PERSIST = 0x3615;
const PERSIST_MS = 800;
const FORCED = 0x362f;
const FORCED_MS = 400;
const FORCED_FAILED = 0xffff;
const GET_ASC = 0x2313;
const SET_ASC = 0x2416;
const GET_ALTITUDE = 0x2322;
const SET_ALTITUDE = 0x2427;
const PRESSURE = 0xe000;
/** A millisecond says the datasheet; timers are not exact to it. */
const ANSWER_MS = 5;

/** While it does not measure; whatever comes of it, it measures again. */
function idle(talk: SensirionTalk, work: () => void): void {
  const onDone = talk.onDone!;
  talk.onDone = function (outcome) {
    talk.start();
    onDone(outcome);
  };
  talk.ask(word(STOP), STOP_MS, 0, work);
}

function set(talk: SensirionTalk, get: number, command: number, value: number): void {
  idle(talk, function () {
    talk.change(get, command, value, function (next) {
      talk.ask(word(PERSIST), PERSIST_MS, 0, next);
    });
  });
}

function ordersOf(talk: SensirionTalk): Orders {
  return {
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        set(talk, GET_ASC, SET_ASC, value);
      },
    },
    altitude: {
      least: 0,
      most: 3000,
      run: function (value) {
        set(talk, GET_ALTITUDE, SET_ALTITUDE, value);
      },
    },
    forced: {
      least: 400,
      most: 5000,
      run: function (value) {
        idle(talk, function () {
          talk.ask(sensirionBytes(FORCED, value), FORCED_MS, 1, function (correction) {
            talk.finish(wordAt(correction, 0) === FORCED_FAILED ? "failed" : "done");
          });
        });
      },
    },
    // Not kept, and taken while it measures.
    pressure: {
      least: 700,
      most: 1200,
      run: function (value) {
        talk.ask(sensirionBytes(PRESSURE, value), ANSWER_MS, 0, function () {
          talk.finish("done");
        });
      },
    },
  };
}

export const DRIVER: SensirionDriver = {
  name: "scd4x",
  periodMs: 5000,
  // Its first value is seen.
  preheatMs: 0,
  mostPpm: MOST_PPM,
  address: 0x62,
  answerMs: ANSWER_MS,
  readyCommand: 0xe4b8,
  // The other bits are not said to be anything (Sensirion/arduino-i2c-scd4x#12).
  readyMask: 0x7ff,
  readCommand: 0xec05,
  // CO2; temperature and humidity would follow.
  readWords: 1,
  startBytes: word(0x21b1),
  isStartKept: false,
  co2PpmOf: function (words) {
    return wordAt(words, 0);
  },
  open: openSensirion,
  measure: measureSensirion,
  ordersOf,
};
