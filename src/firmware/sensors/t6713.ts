// Telaire (Amphenol) T6713 infrared CO2 sensor, UART 19200 8E1, Modbus address 0x15 (application note T67xx, AAS-916-142A of
// February 2019; bits of its status also in NuttX, drivers/sensors/t67xx.c).

import type { Orders } from "./talk.js";
import { modbusQuestion, withCrc16 } from "./modbus.js";
import { openUartTalk } from "./uart-talk.js";
import type { Question, UartDriver, UartTalk } from "./uart-talk.js";
import { wordAt } from "./words.js";

/** "Power-on sequence": then values are usable, and as exact as they get after ten minutes. */
const PREHEAT_MS = 120000;
const MOST_PPM = 5000;
/** Input registers. */
const STATUS = 0x138a;
const PPM = 0x138b;
const WARMING_UP = 0x800;
/** Error, flash, calibration; a calibration goes on. Bits 8 to 10 are of lines or of a restart, not of values. */
const FAULTS = 0x8007;
/** Coils. */
const SINGLE_POINT = 0x3ec;
const ABC_LOGIC = 0x3ee;
const ON = 0xff00;

function t6713Question(operation: number, register: number, value: number): Question {
  return modbusQuestion(0x15, operation, register, value);
}

function measure(talk: UartTalk): void {
  talk.ask(t6713Question(4, STATUS, 1), function (frame) {
    const status = wordAt(frame, 3);
    if (status & WARMING_UP) talk.around.onGap("warming-up");
    else if (status & FAULTS) talk.tell(NaN, status & FAULTS);
    else {
      talk.ask(t6713Question(4, PPM, 1), function (answer) {
        const co2Ppm = wordAt(answer, 3);
        // Answers look alike: one with the bits of a status alone may be that of an earlier question, come late.
        if (co2Ppm & ~(status | WARMING_UP | FAULTS)) talk.tell(co2Ppm);
        else talk.around.onGap("ambiguous");
      });
    }
  });
}

function order(talk: UartTalk, coil: number, value: number): void {
  talk.ask(t6713Question(5, coil, value), function () {
    talk.finish("done");
  });
}

function ordersOf(talk: UartTalk): Orders {
  return {
    // Whether it is on cannot be read.
    "self-calibration": {
      least: 0,
      most: 1,
      run: function (value) {
        order(talk, ABC_LOGIC, value && ON);
      },
    },
    zero: {
      least: 0,
      most: 0,
      run: function () {
        order(talk, SINGLE_POINT, ON);
      },
    },
  };
}

export const DRIVER: UartDriver = {
  name: "t6713",
  periodMs: 5000,
  preheatMs: PREHEAT_MS,
  mostPpm: MOST_PPM,
  uart: { baud: 19200, parity: "e", checkBytes: 2, seal: withCrc16 },
  open: openUartTalk,
  measure,
  ordersOf,
};
