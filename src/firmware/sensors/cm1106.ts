// Cubic CM1106 infrared CO2 sensor, UART 9600 8N1 (CM1106 datasheet, "UART communication protocol"): 11 length command
// … check, answered with 16 length command … check, or 06 02 command code check.

import type { Co2Driver, Co2Sensor, Co2Surroundings } from "./co2-sensor.js";
import type { Orders } from "./talk.js";
import { createValues } from "./co2-values.js";
import { withSum } from "./sum-check.js";
import { change } from "./uart-change.js";
import { createUartTalk } from "./uart-talk.js";
import type { Question } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** Within its accuracy; it answers sooner. */
const PREHEAT_MS = 120000;
const MOST_PPM = 5000;
/** What it says until it is warm. */
const PLATEAUS = [550];
/**
 * Sensor error, over and under its range, aging, drift. About bit 0 documents differ (warm, or warming up): the
 * time decides instead; about bit 4 too.
 */
const FAULTS = 0x6e;

export function cm1106Frame(body: string): string {
  return withSum(body, 0);
}

/** `count`: of the whole answer. */
function cm1106Question(command: string, data: string, count: number): Question {
  return {
    frame: cm1106Frame("\x11" + String.fromCharCode(data.length + 1) + command + data),
    begins: "\x16" + String.fromCharCode(count - 3) + command,
    count,
    error: "\x06\x02" + command,
  };
}

function create(around: Co2Surroundings): Co2Sensor {
  const tell = createValues(around, PREHEAT_MS, MOST_PPM, PLATEAUS);

  function measure(): void {
    talk.ask(cm1106Question("\x01", "", 8), function (frame) {
      tell(wordAt(frame, 3), frame.charCodeAt(5) & FAULTS);
    });
  }

  function ordersOf(): Orders {
    return {
      "self-calibration": {
        least: 0,
        most: 1,
        run: function (value) {
          const open = value ? "\0" : "\x02";
          change(around, talk, cm1106Question("\x0f", "", 10), 4, open, function (before) {
            // Its cycle and its base stay.
            return cm1106Question("\x10", before.slice(3, 4) + open + before.slice(5, 9), 4);
          });
        },
      },
      forced: {
        least: 400,
        most: 1500,
        run: function (value) {
          talk.ask(cm1106Question("\x03", word(value), 4), function () {
            talk.finish("done");
          });
        },
      },
    };
  }

  const talk = createUartTalk(around, cm1106Frame, 1, measure, ordersOf);
  return talk;
}

export const DRIVER: Co2Driver = { name: "cm1106", periodMs: 4000, uart: { baud: 9600 }, create };
