// What firmware reads of a board's data file (boards/NAME.json).

import type { FlashArea, I2cPins, UartPlace, UartSettings } from "./platform.js";

/** The registers of an RSA accelerator: crypto/esp32-rsa.ts. */
export interface Accelerator {
  /** A modulus has a multiple of so many bits, and so many at most. */
  stepBits: number;
  maxBits: number;
  /** The first address of its memory. */
  base: number;
  /** Distances from there: start, done, clear done, and "the memory is clean". */
  go: number;
  done: number;
  clear: number;
  clean: number;
  /** Clock enable and reset of the chip's peripherals, and the accelerator's bit in both. */
  enable: number;
  reset: number;
  bit: number;
  /** Bit 0 takes the power from its memory. */
  down: number;
}

export interface Board {
  name: string;
  /** How the CO2 sensor speaks on its UART, its driver knows; absent: it is on the bus. */
  uarts: { gps: UartSettings; co2?: UartPlace };
  /** Where there is a sensor on it. */
  i2c?: I2cPins;
  /** The pin of a button that pulls it low; absent where there is none. */
  button?: string;
  /** Where unpredictable bytes come from: a register of the chip, or a file. */
  entropy: { register?: number; file?: string };
  /** Where on the chip the flash is in which samples wait: nothing else is there. Absent: the platform knows. */
  queue?: FlashArea;
  /** That of the chip (boards/chips/NAME.json), where it has one. */
  accelerator?: Accelerator;
  /** The pin of a light that shows an alarm when it is high; absent where there is none. */
  alarm?: string;
  /** The register with the cause of the last reset, that of the chip. */
  resetCause?: number;
  /** Of the firmware, put there by the build. */
  version?: string;
  /** The day of the build, put there by it, as Unix time; absent where recordings are played. */
  builtMs?: number;
}
