// Cubic CM1106 infrared CO2 sensor, UART 9600 8N1 (CM1106-C specification V0.5 of July 2020, "UART communication
// protocol"): 11 length command … check, answered with 16 length command … check, or 06 02 command code check.

import type { Orders } from "./talk.js";
import { withSum } from "./sum-check.js";
import { change } from "./uart-change.js";
import { openUartTalk } from "./uart-talk.js";
import type { Question, UartDriver, UartTalk } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** It has measured within 30 s; when it is within its accuracy it does not say. */
const PREHEAT_MS = 120000;
const MOST_PPM = 5000;
/** What it says until it is warm: "I2C communication protocol", measuring result. */
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

function measure(talk: UartTalk): void {
  talk.ask(cm1106Question("\x01", "", 8), function (frame) {
    talk.tell(wordAt(frame, 3), frame.charCodeAt(5) & FAULTS);
  });
}

function ordersOf(talk: UartTalk): Orders {
  return {
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        const open = value ? "\0" : "\x02";
        change(talk, cm1106Question("\x0f", "", 10), 4, open, function (before) {
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

export const DRIVER: UartDriver = {
  name: "cm1106",
  periodMs: 4000,
  preheatMs: PREHEAT_MS,
  mostPpm: MOST_PPM,
  plateaus: PLATEAUS,
  uart: { baud: 9600, checkBytes: 1, seal: cm1106Frame },
  open: openUartTalk,
  measure,
  ordersOf,
};
