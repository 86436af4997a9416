// SenseAir S8, S88 and K30 infrared CO2 sensors, UART 9600 8N1 ("Modbus on Senseair S8", TDE2067; K30: AN126), at the
// address that any of them answers. A K30 of the 3 % version counts in threes and cannot be told from the others:
// it is not supported.

import type { Orders } from "./talk.js";
import { modbusQuestion, withCrc16 } from "./modbus.js";
import { change } from "./uart-change.js";
import { openUartTalk } from "./uart-talk.js";
import type { Question, UartDriver, UartTalk } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** A K30 has measured within a minute; of an S8 neither PSP 126 rev. 8 nor PSH1944 rev. 12 says how long it takes. */
const PREHEAT_MS = 60000;
const MOST_PPM = 10000;
/** Meter status, bit 5. */
const OUT_OF_RANGE = 32;
/** Holding registers: acknowledgement, special command, ABC period in hours. */
const ACKNOWLEDGEMENT = 0;
const SPECIAL = 1;
const ABC_HOURS = 31;
/** The factory's. */
const USUAL_HOURS = 180;
const BACKGROUND_CALIBRATION = 0x7c06;
/** Acknowledgement, bit 5: done, after some cycles of the lamp. */
const CALIBRATED = 32;
const CALIBRATION_MS = 10000;

function question(operation: number, register: number, value: number): Question {
  return modbusQuestion(0xfe, operation, register, value);
}

/** Input registers 1 to 4: meter status, alarm status, output status, CO2 with a sign. */
const S8_READ = question(4, 0, 4);

function measure(talk: UartTalk): void {
  talk.ask(S8_READ, function (frame) {
    const status = wordAt(frame, 3);
    const co2Ppm = (wordAt(frame, 9) << 16) >> 16;
    talk.tell(status & OUT_OF_RANGE ? NaN : co2Ppm, status & ~OUT_OF_RANGE);
  });
}

function checkCalibration(talk: UartTalk): void {
  talk.ask(question(3, ACKNOWLEDGEMENT, 1), function (frame) {
    talk.finish(wordAt(frame, 3) & CALIBRATED ? "done" : "failed");
  });
}

function ordersOf(talk: UartTalk): Orders {
  return {
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        const hours = value && USUAL_HOURS;
        change(talk, question(3, ABC_HOURS, 1), 3, word(hours), function () {
          return question(6, ABC_HOURS, hours);
        });
      },
    },
    zero: {
      least: 0,
      most: 0,
      run: function () {
        talk.ask(question(6, ACKNOWLEDGEMENT, 0), function () {
          talk.ask(question(6, SPECIAL, BACKGROUND_CALIBRATION), function () {
            talk.around.after(CALIBRATION_MS, function () {
              checkCalibration(talk);
            });
          });
        });
      },
    },
  };
}

export const DRIVER: UartDriver = {
  name: "senseair-s8",
  periodMs: 4000,
  preheatMs: PREHEAT_MS,
  mostPpm: MOST_PPM,
  uart: { baud: 9600, checkBytes: 2, seal: withCrc16 },
  open: openUartTalk,
  measure,
  ordersOf,
};
