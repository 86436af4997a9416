// Espruino's I2C as the platform's, for boards with a sensor on that bus.

import type { I2c, I2cPins } from "../platform.js";

interface I2cBus {
  setup(pins: object): void;
  writeTo(address: number, bytes: string): void;
  readFrom(address: number, count: number): Uint8Array;
}

declare const I2C1: I2cBus;
declare const E: { toString(bytes: Uint8Array): string };

/** A device that does not answer is an exception there. */
export function openI2c(pins: I2cPins): I2c {
  I2C1.setup(pins);
  return {
    write: function (address, bytes) {
      try {
        I2C1.writeTo(address, bytes);
        return true;
      } catch {
        return false;
      }
    },
    read: function (address, count) {
      try {
        return E.toString(I2C1.readFrom(address, count));
      } catch {
        return undefined;
      }
    },
  };
}
