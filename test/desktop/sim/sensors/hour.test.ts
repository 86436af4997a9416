// Every simulated CO2 sensor for an hour of virtual time, with every fault that it can have.

import assert from "node:assert/strict";
import { RandomFaults } from "../../../../src/desktop/sim/sensors/faults.js";
import { I2cBus } from "../../../../src/desktop/sim/sensors/i2c-bus.js";
import type { TwinOptions } from "../../../../src/desktop/sim/sensors/twin.js";
import { type I2cTwin, type SerialTwin, TWINS } from "../../../../src/desktop/sim/sensors/twins.js";
import { Wire } from "../../../../src/desktop/sim/wire.js";
import { bytesOf, hexOf, LedClock } from "./twin-bench.js";

const HOUR_S = 3600;
const ONE_IN = 5;

/** What reads the concentration, and the answer in air of 600 ppm. */
const READS: Record<string, [string, string]> = {
  mhz19: ["ff 01 86 00 00 00 00 00 79", "ff 86 02 58 3f 00 00 00 e1"],
  "senseair-s8": ["fe 04 00 03 00 01 d5 c5", "fe 04 02 02 58 ad be"],
  t6713: ["15 04 13 8b 00 01 46 70", "15 04 02 02 58 89 a9"],
  cm1106: ["11 01 01 ed", "16 05 01 02 58 00 00 8a"],
};

function optionsOf(twin: SerialTwin | I2cTwin, clock: LedClock, seed: number): TwinOptions {
  const faults = new RandomFaults(twin.faults, ONE_IN, seed);
  return { curve: () => 600, clock, faults, warmUpMs: 10_000 };
}

/** How many answers were right, whole and alone, of one a second. */
function serialHour(twin: SerialTwin, [ask, right]: [string, string], seed: number): number {
  const wire = new Wire();
  const clock = new LedClock();
  let came = "";
  wire.onBytesForBoard((bytes) => (came += hexOf(bytes)));
  twin.attach(wire, optionsOf(twin, clock, seed));
  let rightCount = 0;
  for (let second = 0; second < HOUR_S; second++) {
    clock.timeMs = 1000 * second;
    came = "";
    wire.toSensor(bytesOf(ask));
    if (came === right) rightCount++;
  }
  return rightCount;
}

/** How many values were read; after a reset the board starts the measurement again. */
function busHour(
  twin: I2cTwin,
  [start, read]: [string, string],
  count: number,
  seed: number,
): number {
  const bus = new I2cBus(100);
  const clock = new LedClock();
  twin.attach(bus, optionsOf(twin, clock, seed));
  const write = (hex: string) => bus.write(twin.address, bytesOf(hex).toString("latin1"));
  let readCount = 0;
  for (let second = 0; second < HOUR_S; second += 6) {
    clock.timeMs = 1000 * second;
    const isRead = write(read) && bus.read(twin.address, count) !== undefined;
    if (isRead) readCount++;
    else write(start);
  }
  return readCount;
}

describe("an hour with every fault", () => {
  for (const [name, frames] of Object.entries(READS)) {
    it(`${name}: most answers right, and never all`, () => {
      const twin = TWINS[name as keyof typeof TWINS] as SerialTwin;
      for (let seed = 1; seed <= 5; seed++) {
        const right = serialHour(twin, frames, seed);
        assert.ok(right > HOUR_S / 4 && right < HOUR_S, String(right));
        assert.equal(serialHour(twin, frames, seed), right);
      }
    });
  }

  for (const [name, frames, count] of [
    ["scd30", ["00 10 00 00 81", "03 00"], 18],
    ["scd4x", ["21 b1", "ec 05"], 9],
  ] as const) {
    it(`${name}: most values read, and never all`, () => {
      const twin = TWINS[name] as I2cTwin;
      for (let seed = 1; seed <= 5; seed++) {
        const readCount = busHour(twin, [...frames], count, seed);
        assert.ok(readCount > HOUR_S / 6 / 4 && readCount < HOUR_S / 6, String(readCount));
      }
    });
  }
});
