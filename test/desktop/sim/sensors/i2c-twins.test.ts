// The simulated SCD30 and SCD4x against frames of their data sheets (test/vectors/co2-frames.json), then
// against each fault by name.

import assert from "node:assert/strict";
import { crc8Of } from "../../../../src/desktop/sensors/checks.js";
import { NamedFaults } from "../../../../src/desktop/sim/sensors/faults.js";
import { I2cBus } from "../../../../src/desktop/sim/sensors/i2c-bus.js";
import { attachScd30, SCD30_ADDRESS } from "../../../../src/desktop/sim/sensors/scd30.js";
import {
  attachScd4x,
  SCD4X_ADDRESS,
  SCD4X_EEPROM_WRITES,
} from "../../../../src/desktop/sim/sensors/scd4x.js";
import { wordsOfBytes } from "../../../../src/desktop/sim/sensors/sensirion-device.js";
import { type Around, busBench, bytesOf, framesOf } from "./twin-bench.js";

const scd30 = (around: Around = {}, bus = new I2cBus()) =>
  busBench(SCD30_ADDRESS, attachScd30, around, bus);
// The same object, so that a test can change the air.
const scd4x = (around: Around = {}) =>
  busBench(
    SCD4X_ADDRESS,
    (bus, options) => attachScd4x(bus, options),
    Object.assign(around, { warmUpMs: 0 }),
  );

function hexFor(sensor: string, meaning: RegExp): string {
  const found = [...framesOf(sensor, "tx"), ...framesOf(sensor, "rx")].find((frame) =>
    meaning.test(frame.meaning),
  );
  assert.ok(found, `no frame: ${meaning}`);
  return found.hex;
}

const START_30 = hexFor("SCD30-tx", /^start/);
const READ_30 = "03 00";
const READY_30 = "02 02";
const START_4X = "21 b1";
const READ_4X = "ec 05";
const READY_4X = "e4 b8";

/** The SCD30's third value after a start is the first good one. */
function warmScd30(around: Around, bus?: I2cBus) {
  const bench = scd30(around, bus);
  bench.write(START_30);
  for (const timeMs of [2000, 4000, 6000]) {
    bench.clock.timeMs = timeMs;
    if (timeMs < 6000) bench.ask(READ_30, 18);
  }
  return bench;
}

function measuringScd4x(around: Around) {
  const bench = scd4x(around);
  bench.write(START_4X);
  bench.clock.timeMs = 5000;
  return bench;
}

describe("I2C bus", () => {
  it("acknowledges nothing where there is no device", () => {
    const bus = new I2cBus();
    assert.equal(bus.write(0x61, "\x00\x10"), false);
    assert.equal(bus.read(0x61, 3), undefined);
  });

  it("has one device at an address", () => {
    const bus = new I2cBus();
    const options = { curve: () => 600, clock: { nowMs: () => 0 } };
    attachScd30(bus, options);
    attachScd4x(bus, options);
    assert.throws(() => attachScd30(bus, options), /address/);
  });

  it("fails a read whose clock is held for longer than the board waits", () => {
    for (const [limitMs, isRead] of [
      [150, true],
      [149, false],
    ] as const) {
      const faults = new NamedFaults();
      const { ask } = warmScd30({ faults }, new I2cBus(limitMs));
      faults.inject("late");
      assert.equal(ask(READ_30, 18) !== undefined, isRead);
    }
  });
});

describe("Sensirion's CRC", () => {
  it("is that of the data sheets", () => {
    assert.equal(crc8Of(bytesOf(framesOf("CRC-8", "vector")[0].hex)), 0x92);
  });

  it("is right in every frame of the vectors", () => {
    const frames = [...framesOf("SCD30-rx", "rx"), ...framesOf("SCD4x-rx", "rx")];
    assert.ok(frames.length > 6);
    for (const { hex } of frames) assert.ok(wordsOfBytes(bytesOf(hex)), hex);
  });
});

describe("simulated SCD30", () => {
  for (const { hex, meaning } of framesOf("SCD30-tx", "tx")) {
    it(`takes and, where it can, reads back: ${meaning}`, () => {
      const { ask, write, twin } = scd30();
      assert.equal(write(hex), true);
      assert.equal(twin.eepromWrites, 1);
      // Whether it measures cannot be read.
      if (hex !== START_30) assert.equal(ask(hex.slice(0, 5), 3), hex.slice(6));
    });
  }

  it("says a value as the data sheet does", () => {
    const { ask } = warmScd30({ ppm: 439.09515 });
    const sheet = hexFor("SCD30-rx", /^439/);
    const answer = ask(READ_30, 18)!;
    assert.equal(answer.slice(0, 17), sheet.slice(0, 17));
    assert.equal(wordsOfBytes(bytesOf(answer))?.length, 6);
  });

  it("is ready every interval, once; the first values are 0 and too low", () => {
    const { ask, write, clock } = scd30({ ppm: 600 });
    const ready = () => ask(READY_30, 3) === hexFor("SCD30-rx", /^data ready/);
    const ppm = () => {
      const words = wordsOfBytes(bytesOf(ask(READ_30, 18)!))!;
      return Buffer.from([words[0] >> 8, words[0], words[1] >> 8, words[1]]).readFloatBE();
    };
    write(START_30);
    assert.equal(ready(), false);
    const values: number[] = [];
    for (clock.timeMs = 2000; clock.timeMs <= 8000; clock.timeMs += 2000) {
      assert.equal(ready(), true);
      values.push(ppm());
      assert.equal(ready(), false);
    }
    assert.deepEqual(values, [0, 240, 600, 600]);
  });

  it("goes on measuring after a reset, and keeps its settings", () => {
    const { ask, write, clock } = warmScd30({});
    write(hexFor("SCD30-tx", /^altitude/));
    write("d3 04");
    assert.equal(ask("51 02", 3), "03 e8 d4");
    assert.equal(ask(READY_30, 3), "00 00 81");
    clock.timeMs += 2000;
    assert.equal(ask(READY_30, 3), "00 01 b0");
    assert.equal(ask(READ_30, 18)?.slice(0, 8), "00 00 81");
  });

  it("does not acknowledge a wrong CRC, an unknown command or a value out of range", () => {
    const { write } = scd30();
    assert.equal(write("00 10 00 00 82"), false);
    assert.equal(write("12 34"), false);
    assert.equal(write("46 00 00 01 b0"), false);
    assert.equal(write("00"), false);
  });

  it("answers once, and its firmware's version", () => {
    const { ask, read } = scd30();
    assert.match(ask("d1 00", 3)!, /^03 42/);
    assert.equal(read(3), undefined);
  });
});

describe("simulated SCD41", () => {
  /** With what each is read back. */
  const GETTERS: Record<string, string> = {
    "24 27": "23 22",
    "e0 00": "e0 00",
    "24 1d": "23 18",
    "24 16": "23 13",
  };

  for (const { hex, meaning } of framesOf("SCD4x-tx", "tx").slice(1)) {
    it(`takes and reads back: ${meaning}`, () => {
      const { ask, write, twin } = scd4x();
      assert.equal(write(hex), true);
      assert.equal(ask(GETTERS[hex.slice(0, 5)], 3), hex.slice(6));
      assert.equal(twin.eepromWrites, 0);
    });
  }

  it("says a value as the data sheet does, every five seconds, once", () => {
    const { ask, clock } = measuringScd4x({ ppm: 500 });
    clock.timeMs = 4999;
    assert.equal(ask(READY_4X, 3), hexFor("SCD4x-rx", /^data NOT ready/));
    assert.equal(ask(READ_4X, 9), undefined);
    clock.timeMs = 5000;
    assert.equal(ask(READY_4X, 3), hexFor("SCD4x-rx", /^data ready/));
    assert.equal(ask(READ_4X, 9), hexFor("SCD4x-rx", /^500 ppm/));
    assert.equal(ask(READ_4X, 9), undefined);
  });

  it("takes a forced value after three minutes of measuring, and says by how much it changed", () => {
    const { write, read, clock } = measuringScd4x({ ppm: 530 });
    const force = (waitMs: number) => {
      write("3f 86");
      clock.timeMs += 500;
      assert.equal(write(hexFor("SCD4x-tx", /^forced/)), true);
      assert.equal(read(3), undefined);
      clock.timeMs += waitMs;
      return read(3);
    };
    assert.equal(force(400), hexFor("SCD4x-rx", /^FRC failed/));
    write(START_4X);
    clock.timeMs += 180_000;
    assert.equal(force(400), hexFor("SCD4x-rx", /^FRC correction -50/));
  });

  it("obeys only a few commands while it measures", () => {
    const { write } = measuringScd4x({});
    assert.equal(write("24 16 00 00 81"), false);
    assert.equal(write(START_4X), false);
    assert.equal(write(hexFor("SCD4x-tx", /^pressure/)), true);
  });

  it("is deaf for half a second after it was stopped, and while it starts", () => {
    const { write, clock, twin } = measuringScd4x({ warmUpMs: 0 });
    write("3f 86");
    clock.timeMs += 499;
    assert.equal(write("23 13"), false);
    clock.timeMs += 1;
    assert.equal(write("23 13"), true);
    twin.reboot();
    const starting = busBench(SCD4X_ADDRESS, (bus, options) => attachScd4x(bus, options), {});
    assert.equal(starting.write("23 13"), false);
    starting.clock.timeMs = 29;
    assert.equal(starting.write("23 13"), false);
    starting.clock.timeMs = 30;
    assert.equal(starting.write("23 13"), true);
  });

  it("keeps what was persisted, and nothing else", () => {
    const { ask, write, clock, twin } = scd4x();
    write("24 16 00 00 81");
    twin.reboot();
    assert.equal(ask("23 13", 3), "00 01 b0");
    write("24 16 00 00 81");
    write("36 15");
    twin.reboot();
    clock.timeMs += 800;
    assert.equal(ask("23 13", 3), "00 00 81");
    assert.equal(twin.eepromWrites, 1);
  });

  it("keeps nothing new once its EEPROM is worn", () => {
    const { ask, write, clock, twin } = scd4x();
    const persist = () => {
      write("36 15");
      clock.timeMs += 800;
    };
    for (let i = 0; i < SCD4X_EEPROM_WRITES; i++) persist();
    write("24 16 00 00 81");
    persist();
    twin.reboot();
    assert.equal(ask("23 13", 3), "00 01 b0");
    assert.equal(twin.eepromWrites, 2001);
  });

  it("says its serial number and model; the SCD40 has no single shot", () => {
    const { ask, write } = scd4x();
    assert.equal(wordsOfBytes(bytesOf(ask("36 82", 9)!))?.length, 3);
    assert.match(ask("20 2f", 3)!, /^14 08/);
    assert.equal(write("21 9d"), true);
    const smaller = busBench(SCD4X_ADDRESS, (bus, options) => attachScd4x(bus, options, "SCD40"));
    assert.match(smaller.ask("20 2f", 3)!, /^04 40/);
    assert.equal(smaller.write("21 9d"), false);
  });

  it("measures once and sleeps when told", () => {
    const { ask, write, clock } = scd4x({ ppm: 500 });
    write("21 9d");
    assert.equal(write(READ_4X), false);
    clock.timeMs = 5000;
    assert.equal(ask(READ_4X, 9), hexFor("SCD4x-rx", /^500 ppm/));
    write("36 e0");
    assert.equal(write("23 13"), false);
    assert.equal(write("36 f6"), false);
    clock.timeMs += 30;
    assert.equal(write("23 13"), true);
  });
});

for (const [title, measuring, read, count] of [
  ["SCD30", warmScd30, READ_30, 18],
  ["SCD41", measuringScd4x, READ_4X, 9],
] as const) {
  describe(`simulated ${title}: faults`, () => {
    const good = measuring({ ppm: 600 }).ask(read, count);
    const withFault = (name: Parameters<NamedFaults["inject"]>[0], seed = 1) => {
      const faults = new NamedFaults(seed);
      const around = { ppm: 600, faults };
      const bench = measuring(around);
      faults.inject(name);
      return { ...bench, around, answer: bench.ask(read, count) };
    };

    it("bit-flip, bad-check and cut: a CRC that does not fit", () => {
      assert.ok(wordsOfBytes(bytesOf(good!)));
      for (let seed = 1; seed < 50; seed++) {
        for (const name of ["bit-flip", "bad-check", "cut"] as const) {
          const { answer } = withFault(name, seed);
          assert.equal(bytesOf(answer!).length, count);
          assert.equal(wordsOfBytes(bytesOf(answer!)), undefined);
        }
      }
    });

    it("nack and silence: not acknowledged, once", () => {
      for (const name of ["nack", "silence"] as const) {
        const { answer, ask, clock } = withFault(name);
        assert.equal(answer, undefined);
        clock.timeMs += 5000;
        assert.equal(ask(read, count), good);
      }
    });

    it("stuck: the value before", () => {
      const faults = new NamedFaults();
      const around = { ppm: 600, faults };
      const { ask, clock } = measuring(around);
      assert.equal(ask(read, count), good);
      around.ppm = 900;
      clock.timeMs += 5000;
      faults.inject("stuck");
      assert.equal(ask(read, count), good);
      clock.timeMs += 5000;
      assert.notEqual(ask(read, count), good);
    });

    it("plateau: 0 ppm", () => assert.match(withFault("plateau").answer!, /^00 00 81/));

    it("reset: not acknowledged, and nothing measured after it", () => {
      const { answer, ask } = withFault("reset");
      assert.equal(answer, undefined);
      const [command, notReady] =
        title === "SCD30" ? [READY_30, "00 00 81"] : [READY_4X, "80 00 a2"];
      assert.equal(ask(command, 3), notReady);
    });
  });
}
