// Questions and answers on a UART, for sensors that speak when they are asked. What an answer begins with, and how
// long it is, is known from its question: the rest of what arrives (echoes, other sensors' frames, halves, answers
// to nobody) is nothing.

import type { Co2Driver, Co2Surroundings } from "./co2-sensor.js";
import { createTalk } from "./talk.js";
import type { Talk } from "./talk.js";

export interface Question {
  /** With its check. */
  frame: string;
  /** What its answer begins with. */
  begins: string;
  /** The answer's bytes, with its check. */
  count: number;
  /** What an error in its place begins with, where the sensor has such: 5 bytes, the last before the check its code. */
  error?: string;
}

export interface UartTalk extends Talk {
  /** Without an answer the next `measure` ends it, within a command time. */
  ask(question: Question, onAnswer: (frame: string) => void): void;
}

/** At 9600 baud a long answer takes 14 ms; the slowest sensor begins within 180 ms. */
export const ANSWER_MS = 500;
const ERROR_BYTES = 5;

export type UartDriver = Co2Driver<UartTalk>;

/** On `around.line`, with the check of `driver.uart`. */
export function openUartTalk(around: Co2Surroundings, driver: UartDriver): UartTalk {
  const talk = createTalk<UartTalk>(around, driver);
  let pending = "";
  let asked: Question;

  talk.ask = function (question, onAnswer) {
    talk.onAnswer = onAnswer;
    talk.fault = "silent";
    asked = question;
    pending = "";
    around.line!.write(question.frame);
    if (!talk.onDone) return;
    around.after(ANSWER_MS, function () {
      if (talk.onAnswer === onAnswer) talk.fail();
    });
  };
  talk.push = function (bytes) {
    const { checkBytes, seal } = driver.uart!;

    /** The whole frame there that begins so. */
    function frameAt(at: number, begins: string, count: number): string {
      const frame = pending.slice(at, at + count);
      if (frame.length < count || frame.slice(0, begins.length) !== begins) return "";
      if (seal(frame.slice(0, -checkBytes)) === frame) return frame;
      talk.fault = "check";
      return "";
    }

    pending += bytes;
    for (let at = 0; talk.onAnswer && at < pending.length; at++) {
      const take = talk.onAnswer;
      const error = asked.error && frameAt(at, asked.error, ERROR_BYTES);
      const frame = frameAt(at, asked.begins, asked.count);
      if (error) {
        talk.fault = "error-" + error.charCodeAt(ERROR_BYTES - 1 - checkBytes);
        talk.fail();
      } else if (frame) {
        talk.onAnswer = undefined;
        take(frame);
      }
    }
    pending = talk.onAnswer ? pending.slice(1 - asked.count) : "";
  };
  return talk;
}
