// An I2C bus (NXP UM10204) between a simulated board and simulated sensors: devices by address, no
// acknowledgement where there is none, and a clock that a device may hold longer than the board waits.

import type { I2c } from "../../../firmware/platform.js";

export interface I2cDevice {
  readonly address: number;
  /** How long it held the clock before it gave the last read's bytes. */
  readonly stretchMs: number;
  /** False: not acknowledged. */
  write(bytes: Buffer): boolean;
  /** `undefined`: not acknowledged. What a device does not send reads as ones. */
  read(count: number): Buffer | undefined;
}

const NOT_DRIVEN = 0xff;

export class I2cBus implements I2c {
  private readonly devices = new Map<number, I2cDevice>();

  /** A board that waits no longer than that for a held clock; the SCD30 asks for 150 ms. */
  constructor(private readonly stretchLimitMs = Infinity) {}

  /** Throws when the address is taken. */
  attach(device: I2cDevice): void {
    if (this.devices.has(device.address)) throw new RangeError("address: taken on this bus");
    this.devices.set(device.address, device);
  }

  write(address: number, bytes: string): boolean {
    return this.devices.get(address)?.write(Buffer.from(bytes, "latin1")) ?? false;
  }

  read(address: number, count: number): string | undefined {
    const device = this.devices.get(address);
    if (!device) return undefined;
    const bytes = device.read(count);
    if (!bytes || device.stretchMs > this.stretchLimitMs) return undefined;
    const open = Buffer.alloc(Math.max(0, count - bytes.length), NOT_DRIVEN);
    return Buffer.concat([bytes, open]).subarray(0, count).toString("latin1");
  }
}
