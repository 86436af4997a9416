// SenseAir S8, S88 and K30 infrared CO2 sensors, UART 9600 8N1 (Modbus on Senseair S8, TDE2067; K30: AN126), at the
// address that any of them answers. A K30 of the 3 % version counts in threes and cannot be told from the others:
// it is not supported.

import type { Co2Driver, Co2Sensor, Co2Surroundings } from "./co2-sensor.js";
import type { Orders } from "./talk.js";
import { createValues } from "./co2-values.js";
import { modbusQuestion, withCrc16 } from "./modbus.js";
import { change } from "./uart-change.js";
import { createUartTalk } from "./uart-talk.js";
import type { Question } from "./uart-talk.js";
import { word, wordAt } from "./words.js";

/** K30: within a minute. */
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

function create(around: Co2Surroundings): Co2Sensor {
  const tell = createValues(around, PREHEAT_MS, MOST_PPM);

  function measure(): void {
    talk.ask(S8_READ, function (frame) {
      const status = wordAt(frame, 3);
      const co2Ppm = (wordAt(frame, 9) << 16) >> 16;
      tell(status & OUT_OF_RANGE ? NaN : co2Ppm, status & ~OUT_OF_RANGE);
    });
  }

  function checkCalibration(): void {
    talk.ask(question(3, ACKNOWLEDGEMENT, 1), function (frame) {
      talk.finish(wordAt(frame, 3) & CALIBRATED ? "done" : "failed");
    });
  }

  function ordersOf(): Orders {
    return {
      "self-calibration": {
        least: 0,
        most: 1,
        run: function (value) {
          const hours = value && USUAL_HOURS;
          change(around, talk, question(3, ABC_HOURS, 1), 3, word(hours), function () {
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
              around.after(CALIBRATION_MS, checkCalibration);
            });
          });
        },
      },
    };
  }

  const talk = createUartTalk(around, withCrc16, 2, measure, ordersOf);
  return talk;
}

export const DRIVER: Co2Driver = {
  name: "senseair-s8",
  periodMs: 4000,
  uart: { baud: 9600 },
  create,
};
