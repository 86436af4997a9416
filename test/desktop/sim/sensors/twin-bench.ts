// A simulated sensor on a wire or a bus, and a clock that a test leads.

import { readFileSync } from "node:fs";
import type { NamedFaults } from "../../../../src/desktop/sim/sensors/faults.js";
import { I2cBus } from "../../../../src/desktop/sim/sensors/i2c-bus.js";
import type { Twin, TwinOptions } from "../../../../src/desktop/sim/sensors/twin.js";
import { Wire } from "../../../../src/desktop/sim/wire.js";

export interface Frame {
  readonly sensor: string;
  readonly kind: "tx" | "rx" | "vector";
  readonly hex: string;
  readonly meaning: string;
  readonly checkOk: boolean;
}

const frames = JSON.parse(readFileSync("test/vectors/co2-frames.json", "utf8")) as Frame[];

export function framesOf(sensor: string, kind: Frame["kind"]): Frame[] {
  return frames.filter((frame) => frame.sensor === sensor && frame.kind === kind);
}

export const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
export const hexOf = (bytes: Buffer) => bytes.toString("hex").replace(/..(?=.)/g, "$& ");

export class LedClock {
  timeMs = 0;

  nowMs(): number {
    return this.timeMs;
  }
}

export interface Around extends Omit<TwinOptions, "curve" | "clock"> {
  /** Of the air, now. */
  ppm?: number;
  readonly faults?: NamedFaults;
}

function optionsOf(around: Around, clock: LedClock): TwinOptions {
  return { ...around, clock, curve: () => around.ppm ?? 600 };
}

/** Asks a sensor on a wire, in hex; the answer in hex too. */
export function serialBench(
  attach: (wire: Wire, options: TwinOptions) => Twin,
  around: Around = { warmUpMs: 0 },
) {
  const wire = new Wire();
  const clock = new LedClock();
  let came: Buffer[] = [];
  wire.onBytesForBoard((bytes) => came.push(bytes));
  const twin = attach(wire, optionsOf(around, clock));
  const ask = (...pieces: string[]) => {
    came = [];
    pieces.forEach((piece) => wire.toSensor(bytesOf(piece)));
    return hexOf(Buffer.concat(came));
  };
  return { ask, clock, twin };
}

/** Writes and reads at a sensor on a bus, in hex; `undefined` for what is not acknowledged. */
export function busBench(
  address: number,
  attach: (bus: I2cBus, options: TwinOptions) => Twin,
  around: Around = { warmUpMs: 0 },
  bus = new I2cBus(),
) {
  const clock = new LedClock();
  const twin = attach(bus, optionsOf(around, clock));
  const write = (hex: string) => bus.write(address, bytesOf(hex).toString("latin1"));
  const read = (count: number) => {
    const bytes = bus.read(address, count);
    return bytes === undefined ? undefined : hexOf(Buffer.from(bytes, "latin1"));
  };
  const ask = (hex: string, count: number) => (write(hex) ? read(count) : undefined);
  return { ask, write, read, clock, twin };
}
