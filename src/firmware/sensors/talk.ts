// A sensor is asked one question at a time, for a value or within a command: who asks, and what comes of it when
// there is no answer.

import type { Co2Outcome, Co2Sensor, Co2Surroundings } from "./co2-sensor.js";

/** A command: the whole numbers that it takes, and what it does, which ends in `finish` or in a question's failure. */
export interface Order {
  least: number;
  most: number;
  run(value: number): void;
}

export interface Orders {
  [command: string]: Order | undefined;
}

export interface Talk extends Co2Sensor {
  /** Takes the answer to the open question; absent: none is open. */
  onAnswer?: (answer: string) => void;
  /** Takes the outcome of the command that is being done. */
  onDone?: (outcome: Co2Outcome) => void;
  /** What the gap is when the open question gets no answer. */
  fault: string;
  /** Ends the open question, if there is one: with a gap, or the command with it. */
  fail(): void;
  finish(outcome: Co2Outcome): void;
}

/**
 * `measure` asks for a value. `ordersOf` tells what the sensor can be ordered to do, each time anew: on a board they take
 * memory only while one is done.
 */
export function createTalk(
  around: Co2Surroundings,
  measure: () => void,
  ordersOf: () => Orders,
): Talk {
  const talk: Talk = {
    fault: "",
    fail: function () {
      if (!talk.onAnswer) return;
      talk.onAnswer = undefined;
      if (talk.onDone) talk.finish("failed");
      else around.onGap(talk.fault);
    },
    finish: function (outcome) {
      const tell = talk.onDone!;
      talk.onDone = undefined;
      tell(outcome);
    },
    push: function () {},
    measure: function () {
      if (talk.onDone) around.onGap("busy");
      else {
        talk.fail();
        measure();
      }
    },
    command: function (name, value, onDone) {
      const order = ordersOf()[name];
      if (!order) onDone("unsupported");
      else if (!(value >= order.least && value <= order.most) || value % 1) {
        throw new Error(name + " must be " + order.least + " to " + order.most);
      } else if (talk.onDone) onDone("failed");
      else {
        talk.fault = "busy";
        talk.fail();
        talk.onDone = onDone;
        order.run(value);
      }
    },
  };
  return talk;
}
