// Sensirion's CO2 sensors on I2C (Interface description SCD30 1.0 section 1.1, datasheet SCD4x 1.7 section 3): a command
// is a word, data are words with a CRC-8 each, and between the two the sensor gets time, so that it need not hold
// the clock.

import type { Co2Driver, Co2Surroundings } from "./co2-sensor.js";
import { createTalk } from "./talk.js";
import type { Talk } from "./talk.js";
import { word, wordAt } from "./words.js";

/** What makes one of these sensors different from another. */
export interface SensirionDriver extends Co2Driver<SensirionTalk> {
  address: number;
  /** From a command to its answer. */
  answerMs: number;
  /** Commands: is there a measurement, its data (so many words of them count), begin to measure. */
  readyCommand: number;
  readyMask: number;
  readCommand: number;
  readWords: number;
  startBytes: string;
  /** Whether beginning wears memory: it remembers that it measures, and is told once. */
  isStartKept: boolean;
  co2PpmOf(words: string): number;
}

export interface SensirionTalk extends Talk {
  model: SensirionDriver;
  /** It may have begun just now, as one that did not answer because it had no power: the next value does not count. */
  isFresh: boolean;
  /** Whether it has taken the command to measure. */
  isStarted: boolean;
  /** How often in a row it was not ready. */
  misses: number;
  /** What it has measured last, counted or not. */
  measuredPpm: number;
  /** The air's pressure as it was told, where that cannot be read; absent: not yet. */
  pressureHpa?: number;
  /** A command, with its data, and after `waitMs` so many words, which come without their checks. */
  ask(bytes: string, waitMs: number, words: number, onAnswer: (words: string) => void): void;
  /** Writes only when what is read differs, and reads again; `keep` goes on when it is kept. */
  change(read: number, set: number, value: number, keep: (next: () => void) => void): void;
  /** Lets it measure. */
  start(): void;
}

export const MOST_PPM = 40000;
/**
 * A value is at least this part of the one before: a filter with a response time of 20 s (SCD30; SCD4x: 60) lets it
 * fall by 22 % in 5 s at most.
 */
const LEAST_PART = 0.75;

/** Polynomial 0x31, beginning with 0xff. */
export function crc8(bytes: string): number {
  let crc = 255;
  for (let at = 0; at < bytes.length; at++) {
    crc ^= bytes.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 128 ? 0x131 : 0);
  }
  return crc;
}

/** A command, with a word of data if there is one. */
export function sensirionBytes(command: number, value?: number): string {
  const data = value === undefined ? "" : word(value);
  return word(command) + (data && data + String.fromCharCode(crc8(data)));
}

/** The words in what was read, without their checks; nothing when one is wrong. */
export function wordsIn(bytes: string): string {
  let words = "";
  let isRight = true;
  for (let at = 0; at < bytes.length; at += 3) {
    const data = bytes.slice(at, at + 2);
    words += data;
    isRight = isRight && crc8(data) === bytes.charCodeAt(at + 2);
  }
  return isRight ? words : "";
}

function takeValue(talk: SensirionTalk, words: string): void {
  const co2Ppm = talk.model.co2PpmOf(words);
  const isFirst = talk.isFresh;
  // It begins with a zero, and the next is low. Where the zero was not read, the fall is seen.
  talk.isFresh = !co2Ppm || co2Ppm < LEAST_PART * talk.measuredPpm;
  talk.measuredPpm = co2Ppm;
  if (isFirst || talk.isFresh) talk.around.onGap("warming-up");
  else talk.tell(co2Ppm);
}

/** `measure` of these drivers. */
export function measureSensirion(talk: SensirionTalk): void {
  const { readyCommand, readyMask, readCommand, readWords, answerMs, isStartKept } = talk.model;
  talk.ask(word(readyCommand), answerMs, 1, function (ready) {
    if (wordAt(ready, 0) & readyMask) {
      talk.misses = 0;
      talk.ask(word(readCommand), answerMs, readWords, function (words) {
        takeValue(talk, words);
      });
    } else {
      // Between two measurements it happens; twice in a row it does not measure.
      if (++talk.misses > 1 && !(isStartKept && talk.isStarted)) talk.start();
      talk.around.onGap("not-ready");
    }
  });
}

/** On `around.bus`, which has to be there; `driver` has what `SensirionDriver` has. */
export function openSensirion(
  around: Co2Surroundings,
  driver: Co2Driver<SensirionTalk>,
): SensirionTalk {
  const talk = createTalk<SensirionTalk>(around, driver);
  const model = (talk.model = driver as SensirionDriver);
  const bus = around.bus!;
  const { address, answerMs } = model;

  /** The words that are there to be read; nothing, and the fault, when they are not. */
  function read(words: number): string {
    const bytes = bus.read(address, 3 * words) || "";
    if (bytes.length < 3 * words) {
      talk.isFresh = true;
      return "";
    }
    talk.fault = "check";
    return wordsIn(bytes);
  }

  talk.isFresh = true;
  talk.isStarted = false;
  talk.misses = talk.measuredPpm = 0;
  talk.ask = function (bytes, waitMs, words, onAnswer) {
    talk.onAnswer = onAnswer;
    talk.fault = "silent";
    if (!bus.write(address, bytes)) {
      talk.isFresh = true;
      talk.fail();
      return;
    }
    around.after(waitMs, function () {
      if (talk.onAnswer !== onAnswer) return;
      const answer = words ? read(words) : "";
      if (words && !answer) talk.fail();
      else {
        talk.onAnswer = undefined;
        onAnswer(answer);
      }
    });
  };
  talk.change = function (get, set, value, keep) {
    function check(): void {
      talk.ask(word(get), answerMs, 1, function (after) {
        talk.finish(wordAt(after, 0) === value ? "done" : "failed");
      });
    }

    talk.ask(word(get), answerMs, 1, function (before) {
      if (wordAt(before, 0) === value) talk.finish("same");
      else {
        talk.ask(sensirionBytes(set, value), answerMs, 0, function () {
          keep(check);
        });
      }
    });
  };
  talk.start = function () {
    talk.isStarted = bus.write(address, model.startBytes);
    talk.isFresh = true;
    talk.misses = 0;
  };
  return talk;
}
