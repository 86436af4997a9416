// Every simulated CO2 sensor, by the name of the driver that it is for.

import type { Wire } from "../wire.js";
import { attachCm1106 } from "./cm1106.js";
import { type FaultName, faultsBut } from "./faults.js";
import type { I2cBus } from "./i2c-bus.js";
import { attachMhz19 } from "./mhz19.js";
import { attachScd30, SCD30_ADDRESS } from "./scd30.js";
import { attachScd4x, SCD4X_ADDRESS } from "./scd4x.js";
import { attachSenseairS8 } from "./senseair.js";
import { attachT6713 } from "./t6713.js";
import type { Twin, TwinOptions } from "./twin.js";

interface Description {
  readonly title: string;
  /** Those that this sensor can have. */
  readonly faults: readonly FaultName[];
}

export interface SerialTwin extends Description {
  readonly bus: "uart";
  readonly baud: number;
  readonly parity: "none" | "even";
  attach(wire: Wire, options: TwinOptions): Twin;
}

export interface I2cTwin extends Description {
  readonly bus: "i2c";
  readonly address: number;
  attach(bus: I2cBus, options: TwinOptions): Twin;
}

const UART = { bus: "uart", baud: 9600, parity: "none" } as const;

export const TWINS = {
  mhz19: {
    ...UART,
    title: "Winsen MH-Z19B",
    faults: faultsBut("nack", "error"),
    attach: attachMhz19,
  },
  "senseair-s8": {
    ...UART,
    title: "SenseAir S8",
    faults: faultsBut("nack"),
    attach: attachSenseairS8,
  },
  t6713: {
    ...UART,
    title: "Telaire T6713",
    baud: 19_200,
    parity: "even",
    faults: faultsBut("nack"),
    attach: attachT6713,
  },
  cm1106: { ...UART, title: "Cubic CM1106", faults: faultsBut("nack"), attach: attachCm1106 },
  scd30: {
    bus: "i2c",
    title: "Sensirion SCD30",
    address: SCD30_ADDRESS,
    faults: faultsBut("drop", "echo", "foreign", "error"),
    attach: attachScd30,
  },
  scd4x: {
    bus: "i2c",
    title: "Sensirion SCD41",
    address: SCD4X_ADDRESS,
    faults: faultsBut("drop", "echo", "foreign", "late"),
    attach: attachScd4x,
  },
} as const satisfies Readonly<Record<string, SerialTwin | I2cTwin>>;

export type TwinName = keyof typeof TWINS;
