// Winsen MH-Z19B/C and Z14A infrared CO2 sensors, UART 9600 8N1 (MH-Z19B user's manual 1.5, sections 6 and 7): command
// FF 01 86 … 79, answer FF 86 high low temperature+40 status … checksum. Not in the manual are temperature and status, and
// the commands 7D and 9B, which read what 79 and 99 set (https://revspace.nl/MH-Z19B); a sensor without them stays as it is.

import type { Orders } from "./talk.js";
import { withSum } from "./sum-check.js";
import { change } from "./uart-change.js";
import { openUartTalk } from "./uart-talk.js";
import type { Question, UartDriver, UartTalk } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** The B's manual: 3 minutes. The C's: 2.5 in version 1.21, and 1 in what dealers print. */
const PREHEAT_MS = 180000;
/** The widest range that the sensor is sold with. */
const MOST_PPM = 10000;
/** The first is an MH-Z19B's, 388 and then 555 another version's (WifWaf/MH-Z19#21). */
const PLATEAUS = [410, 1215, 15000, 388, 555];

/** The checksum is of bytes 1 to 7. */
export function mhz19Frame(body: string): string {
  return withSum(body, 1);
}

/** A command with the five bytes behind it. */
function mhz19Question(command: string, data?: string): Question {
  const frame = mhz19Frame("\xff\x01" + command + (data || "\0\0\0\0\0"));
  return { frame, begins: "\xff" + command, count: 9 };
}

function measure(talk: UartTalk): void {
  talk.ask(mhz19Question("\x86"), function (frame) {
    talk.tell(wordAt(frame, 2), frame.charCodeAt(5));
  });
}

function ordersOf(talk: UartTalk): Orders {
  /** It answers no calibration. */
  function calibrate(question: Question): void {
    talk.around.line!.write(question.frame);
    talk.finish("done");
  }

  return {
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        change(talk, mhz19Question("\x7d"), 7, value ? "\x01" : "\0", function () {
          return mhz19Question("\x79", (value ? "\xa0" : "\0") + "\0\0\0\0");
        });
      },
    },
    range: {
      least: 1000,
      most: MOST_PPM,
      run: function (value) {
        change(talk, mhz19Question("\x9b"), 4, word(value), function () {
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

export const DRIVER: UartDriver = {
  name: "mhz19",
  periodMs: 5000,
  preheatMs: PREHEAT_MS,
  mostPpm: MOST_PPM,
  plateaus: PLATEAUS,
  uart: { baud: 9600, checkBytes: 1, seal: mhz19Frame },
  open: openUartTalk,
  measure,
  ordersOf,
};
