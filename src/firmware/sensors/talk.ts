// A sensor is asked one question at a time, for a value or within a command: who asks, what comes of it when there is
// no answer, and when what it says is a value: once it is warm, within its range, without a complaint, and no number
// that it says while it boots.

import type { Co2Driver, Co2Outcome, Co2Sensor, Co2Surroundings } from "./co2-sensor.js";

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
  around: Co2Surroundings;
  /** Takes the answer to the open question; absent: none is open. */
  onAnswer?: (answer: string) => void;
  /** Takes the outcome of the command that is being done. */
  onDone?: (outcome: Co2Outcome) => void;
  /** What the gap is when the open question gets no answer. */
  fault: string;
  /** Ends the open question, if there is one: with a gap, or the command with it. */
  fail(): void;
  finish(outcome: Co2Outcome): void;
  /**
   * A value, or the gap `status-…` (`faults`, its bits that are faults, in hexadecimal), `plateau`, `warming-up` or
   * `out-of-range`; no air is without any CO2.
   */
  tell(co2Ppm: number, faults?: number): void;
}

/** The sensors' accuracy: air does not change by more from one reading to the next and meet just a plateau. */
const NEAR_PPM = 50;

/**
 * All but `ask` and `push`. It is warm after `around.preheatMs`, or else after the datasheet's. Air that has just as much
 * as a plateau is a gap, too; when it has not come there step by step, the sensor has lost its power and warms up again.
 */
export function createTalk<Kind extends Talk>(
  around: Co2Surroundings,
  driver: Co2Driver<Kind>,
): Kind {
  /** Questions until it is warm: not a timer, which a clock that is set may bring forward (docs/espruino.md). */
  let coldMeasures = 0;
  let lastPpm = -Infinity;

  function warmUp(): void {
    const { preheatMs = driver.preheatMs } = around;
    coldMeasures = Math.ceil(preheatMs / driver.periodMs);
  }

  const talk = {
    around: around,
    fault: "",
    fail: function () {
      if (!talk.onAnswer) return;
      talk.onAnswer = undefined;
      if (talk.onDone) talk.finish("failed");
      else around.onGap(talk.fault);
    },
    finish: function (outcome) {
      const report = talk.onDone!;
      talk.onDone = undefined;
      report(outcome);
    },
    tell: function (co2Ppm, faults) {
      const { plateaus } = driver;
      const stepPpm = Math.abs(co2Ppm - lastPpm);
      lastPpm = co2Ppm;
      if (faults) around.onGap("status-" + faults.toString(16));
      else if (plateaus && plateaus.indexOf(co2Ppm) >= 0) {
        if (stepPpm > NEAR_PPM) warmUp();
        around.onGap("plateau");
      } else if (coldMeasures) around.onGap("warming-up");
      else if (co2Ppm > 0 && co2Ppm <= driver.mostPpm) around.onCo2Ppm(co2Ppm);
      else around.onGap("out-of-range");
    },
    measure: function () {
      if (coldMeasures) coldMeasures--;
      if (talk.onDone) around.onGap("busy");
      else {
        talk.fail();
        driver.measure(talk);
      }
    },
    command: function (name, value, onDone) {
      const order = driver.ordersOf(talk)[name];
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
  } as Kind;
  warmUp();
  // The first one is asked at once.
  coldMeasures++;
  return talk;
}
