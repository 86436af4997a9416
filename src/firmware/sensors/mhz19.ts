// Winsen MH-Z19B/C and Z14A infrared CO2 sensors, UART 9600 8N1 (MH-Z19B user's manual v1.6, "Serial port output"):
// command FF 01 86 … 79, answer FF 86 high low temperature+40 status … checksum. Commands 7D and 9B, which read what
// 79 and 99 set, are not in the manual (https://revspace.nl/MH-Z19B); a sensor without them stays as it is.

import type { Co2Driver, Co2Sensor, Co2Surroundings } from "./co2-sensor.js";
import type { Orders } from "./talk.js";
import { createValues } from "./co2-values.js";
import { withSum } from "./sum-check.js";
import { change } from "./uart-change.js";
import { createUartTalk } from "./uart-talk.js";
import type { Question } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** The manual's three minutes; the C needs one. */
const PREHEAT_MS = 180000;
/** The widest range that the sensor is sold with. */
const MOST_PPM = 10000;
/** What it says while it boots, again and again. */
const PLATEAUS = [410, 1215, 15000];
/** Its accuracy: air does not change by more and then stand still at just that number. */
const NEAR_PPM = 50;

/** The checksum is of bytes 1 to 7. */
export function mhz19Frame(body: string): string {
  return withSum(body, 1);
}

/** A command with the five bytes behind it. */
export function mhz19Question(command: string, data?: string): Question {
  const body = "\xff\x01" + command + (data || "\0\0\0\0\0");
  return { body, begins: "\xff" + command, count: 9 };
}

function create(around: Co2Surroundings): Co2Sensor {
  const values = createValues(around, PREHEAT_MS, MOST_PPM);
  let lastPpm = -Infinity;

  function measure(): void {
    talk.ask(mhz19Question("\x86"), function (frame) {
      /** It is at a plateau unless it has come there step by step. */
      function isPlateau(co2Ppm: number): boolean {
        const stepPpm = Math.abs(co2Ppm - lastPpm);
        const isFar = stepPpm > NEAR_PPM;
        lastPpm = co2Ppm;
        if (PLATEAUS.indexOf(co2Ppm) < 0) return false;
        // It has lost its power and begins again.
        if (isFar) values.warmUp();
        return isFar || !stepPpm;
      }

      const status = frame.charCodeAt(5);
      const co2Ppm = wordAt(frame, 2);
      if (!status && isPlateau(co2Ppm)) around.onGap("plateau");
      else values.tell(co2Ppm, status);
    });
  }

  function ordersOf(): Orders {
    /** It answers no calibration. */
    function calibrate(question: Question): void {
      around.write(mhz19Frame(question.body));
      talk.finish("done");
    }

    return {
      "self-calibration": {
        least: 0,
        most: 1,
        run: function (value) {
          change(
            around,
            talk,
            mhz19Frame,
            mhz19Question("\x7d"),
            7,
            value ? "\x01" : "\0",
            function () {
              return mhz19Question("\x79", (value ? "\xa0" : "\0") + "\0\0\0\0");
            },
          );
        },
      },
      range: {
        least: 1000,
        most: MOST_PPM,
        run: function (value) {
          change(around, talk, mhz19Frame, mhz19Question("\x9b"), 4, word(value), function () {
            return mhz19Question("\x99", "\0\0\0" + word(value));
          });
        },
      },
      zero: {
        least: 0,
        most: 0,
        run: function () {
          calibrate(mhz19Question("\x87"));
        },
      },
      // The manual: 2,000 ppm, and less than 1,000 is no use.
      forced: {
        least: 1000,
        most: 5000,
        run: function (value) {
          calibrate(mhz19Question("\x88", word(value) + "\0\0\0"));
        },
      },
    };
  }

  const talk = createUartTalk(around, mhz19Frame, 1, measure, ordersOf);
  return talk;
}

export const DRIVER: Co2Driver = { name: "mhz19", periodMs: 5000, uart: { baud: 9600 }, create };
