// The simulated sensors on serial lines against frames of data sheets and of real sensors
// (test/vectors/co2-frames.json), then against each fault by name.

import assert from "node:assert/strict";
import { attachCm1106 } from "../../../../src/desktop/sim/sensors/cm1106.js";
import { NamedFaults } from "../../../../src/desktop/sim/sensors/faults.js";
import { attachMhz19, MHZ19C_WARM_UP } from "../../../../src/desktop/sim/sensors/mhz19.js";
import {
  attachSenseairS8,
  K30,
  K30_3_PERCENT,
} from "../../../../src/desktop/sim/sensors/senseair.js";
import { foreignFrame } from "../../../../src/desktop/sim/sensors/serial-line.js";
import { attachT6713 } from "../../../../src/desktop/sim/sensors/t6713.js";
import { type SerialTwin, TWINS } from "../../../../src/desktop/sim/sensors/twins.js";
import { Wire } from "../../../../src/desktop/sim/wire.js";
import { bytesOf, framesOf, hexOf, serialBench } from "./twin-bench.js";

const warm = (ppm: number) => ({ ppm, warmUpMs: 0 });
type Attach = SerialTwin["attach"];

const attachK30: Attach = (wire, options) => attachSenseairS8(wire, options, K30);

/** What is asked, by what the answer means, in air of so many ppm. */
type Question = [attach: Attach, sensor: string, ask: string, answer: string, ppm: number];

const QUESTIONS: Question[] = [
  [attachSenseairS8, "S8", "read status+CO2", "status 0, 400 ppm", 400],
  [attachSenseairS8, "S8", "read CO2 only (IR4)", "400 ppm", 400],
  [
    attachSenseairS8,
    "S8",
    "read CO2 only (IR4)",
    "8899 ppm (uncalibrated sensor, CRC right)",
    8899,
  ],
  [attachSenseairS8, "S8", "read ABC period", "ABC period 180 h", 400],
  [attachK30, "K30", "read CO2 (IR4), address 0x68", "769 ppm", 769],
  [attachK30, "K30", "read RAM 0x08, 2 bytes", "400 ppm", 400],
  [attachT6713, "T6713-UART", "read ppm", "600 ppm", 600],
  [attachCm1106, "CM1106", "read CO2", "600 ppm", 600],
  [attachCm1106, "CM1106", "calibrate to 400 ppm", "calibration accepted", 600],
];

function hexFor(sensor: string, kind: "tx" | "rx", meaning: string): string {
  const found = framesOf(sensor, kind).find((frame) => frame.meaning === meaning);
  assert.ok(found, `no frame: ${meaning}`);
  return found.hex;
}

describe("simulated sensors on a serial line: vectors", () => {
  for (const [attach, sensor, question, answer, ppm] of QUESTIONS) {
    it(`${sensor}, ${question}: ${answer}`, () => {
      const { ask } = serialBench(attach, warm(ppm));
      assert.equal(ask(hexFor(sensor, "tx", question)), hexFor(sensor, "rx", answer));
    });
  }

  /** Each of these writes comes back as it is (Modbus, sections 6.5 and 6.6). */
  const writes = [...framesOf("S8", "tx"), ...framesOf("T6713-UART", "tx")].filter(({ hex }) =>
    ["05", "06"].includes(hex.slice(3, 5)),
  );
  for (const { sensor, hex, meaning } of writes) {
    it(`${sensor}, ${meaning}: the same comes back`, () => {
      const attach = sensor === "S8" ? attachSenseairS8 : attachT6713;
      assert.equal(serialBench(attach).ask(hex), hex);
    });
  }

  it("has tried every command of the vectors", () => {
    const tried = new Set([...QUESTIONS.map(([, , ask]) => ask), ...writes.map((w) => w.meaning)]);
    const left = ["S8", "K30", "T6713-UART", "CM1106"]
      .flatMap((sensor) => framesOf(sensor, "tx"))
      .filter(({ meaning }) => !tried.has(meaning))
      .map(({ meaning }) => meaning);
    // These three have tests of their own below.
    assert.deepEqual(left, ["read acknowledgement", "read status", "software version"]);
  });

  it("S8: a calibration is acknowledged once it is measured, until cleared", () => {
    const { ask, clock } = serialBench(attachSenseairS8, warm(700));
    const acknowledgement = hexFor("S8", "tx", "read acknowledgement");
    ask(hexFor("S8", "tx", "background calibration (400 ppm)"));
    assert.equal(ask(acknowledgement).slice(0, 14), "fe 03 02 00 00");
    clock.timeMs += 4000;
    const done = hexFor("S8", "rx", "acknowledgement bit 5: background calibration done");
    assert.equal(ask(acknowledgement), done);
    assert.equal(ask("fe 04 00 03 00 01 d5 c5"), hexFor("S8", "rx", "400 ppm"));
    ask(hexFor("S8", "tx", "clear acknowledgement register"));
    assert.equal(ask(acknowledgement).slice(0, 14), "fe 03 02 00 00");
  });

  it("S8: an unknown register is Modbus exception 2, an unknown function 1", () => {
    const { ask } = serialBench(attachSenseairS8);
    const withCrc = (body: string) => {
      // CRC of a frame by the server's own answer would prove nothing: computed here bit by bit.
      let crc = 0xffff;
      for (const byte of bytesOf(body)) {
        crc ^= byte;
        for (let i = 0; i < 8; i++) crc = crc % 2 ? Math.floor(crc / 2) ^ 0xa001 : crc / 2;
      }
      return `${body} ${hexOf(Buffer.from([crc % 256, crc >> 8]))}`;
    };
    const exception = hexFor("S8", "rx", "Modbus exception 2 to function 4");
    assert.equal(ask(withCrc("fe 04 00 04 00 01")), exception);
    assert.equal(ask(withCrc("fe 10 00 00 00 01")), withCrc("fe 90 01"));
    assert.equal(ask(withCrc("fe 06 00 1f ff ff")), withCrc("fe 86 03"));
    assert.equal(ask(withCrc("fe 04 00 03 00 00")), withCrc("fe 84 03"));
  });

  it("S8: says nothing to another address, nor to a wrong CRC", () => {
    const { ask } = serialBench(attachSenseairS8);
    assert.equal(ask("68 04 00 03 00 01 c8 f3"), "");
    assert.equal(ask("fe 04 00 03 00 01 d5 c4"), "");
  });

  it("S8: ABC off stays off, and each write counts", () => {
    const { ask, twin } = serialBench(attachSenseairS8);
    ask(hexFor("S8", "tx", "ABC off"));
    ask(hexFor("S8", "tx", "ABC off"));
    twin.reboot();
    assert.equal(ask(hexFor("S8", "tx", "read ABC period")).slice(0, 14), "fe 03 02 00 00");
    assert.equal(twin.eepromWrites, 2);
  });

  it("K30 of 3 %: a count is three ppm", () => {
    const attach: Attach = (wire, options) => attachSenseairS8(wire, options, K30_3_PERCENT);
    const { ask } = serialBench(attach, warm(3 * 769));
    assert.equal(ask("68 04 00 03 00 01 c8 f3"), hexFor("K30", "rx", "769 ppm"));
  });

  it("T6713: the status says warm-up for two minutes", () => {
    const { ask, clock } = serialBench(attachT6713, {});
    const status = hexFor("T6713-UART", "tx", "read status");
    assert.equal(ask(status), hexFor("T6713-UART", "rx", "status bit 11: warm-up"));
    clock.timeMs = 120_000;
    assert.equal(ask(status).slice(0, 14), "15 04 02 00 00");
  });

  it("CM1106: software version of eleven characters, serial number of five words", () => {
    const { ask } = serialBench(attachCm1106);
    assert.match(ask(hexFor("CM1106", "tx", "software version")), /^16 0c 1e( ..){12}$/);
    assert.match(ask("11 01 1f cf"), /^16 0b 1f( ..){11}$/);
  });

  it("CM1106: the automatic baseline is set and read back", () => {
    const { ask, twin } = serialBench(attachCm1106);
    assert.equal(ask("11 07 10 64 02 07 01 90 64 76"), "16 01 10 d9");
    assert.equal(ask("11 01 0f df"), "16 07 0f 64 02 07 01 90 64 72");
    assert.equal(twin.eepromWrites, 1);
  });

  it("CM1106: refuses a wrong check, an unknown command, a wrong length, a value out of range", () => {
    const { ask } = serialBench(attachCm1106);
    const refused = hexFor("CM1106", "rx", "error 1 (bad checksum) to command 1");
    assert.equal(ask("11 01 01 ee"), refused);
    assert.equal(ask("11 01 77 77").slice(0, 11), "06 02 77 02");
    assert.equal(ask("11 02 01 00 ec").slice(0, 11), "06 02 01 03");
    assert.equal(ask("11 03 03 00 0a df").slice(0, 11), "06 02 03 04");
  });

  it("MH-Z19: ABC, range and firmware are read back; changes say nothing and count", () => {
    const { ask, twin } = serialBench(attachMhz19, warm(4000));
    for (const { hex } of framesOf("MH-Z", "tx").slice(1)) assert.equal(ask(hex), "");
    assert.equal(twin.eepromWrites, 6);
    assert.equal(ask("ff 01 7d 00 00 00 00 00 82").slice(0, 23), "ff 7d 00 00 00 00 00 00");
    assert.equal(ask("ff 01 9b 00 00 00 00 00 64").slice(0, 17), "ff 9b 00 00 13 88");
    assert.match(ask("ff 01 a0 00 00 00 00 00 5f"), /^ff a0 30 34 34 33/);
  });

  it("MH-Z19: says 410 ppm for three minutes, the C for two and a half", () => {
    const attachC: Attach = (wire, options) => attachMhz19(wire, options, MHZ19C_WARM_UP);
    for (const [attach, warmUpMs] of [
      [attachMhz19, 180_000],
      [attachC, 150_000],
    ] as const) {
      const { ask, clock } = serialBench(attach, { ppm: 900 });
      clock.timeMs = warmUpMs - 1;
      assert.equal(ask("ff 01 86 00 00 00 00 00 79").slice(6, 11), "01 9a");
      clock.timeMs = warmUpMs;
      assert.equal(ask("ff 01 86 00 00 00 00 00 79").slice(6, 11), "03 84");
    }
  });
});

/** To read the concentration, and where it is in the answer. */
const READS = {
  mhz19: ["ff 01 86 00 00 00 00 00 79", 2],
  "senseair-s8": ["fe 04 00 00 00 04 e5 c6", 9],
  t6713: ["15 04 13 8b 00 01 46 70", 3],
  cm1106: ["11 01 01 ed", 3],
} as const;

for (const [name, [read, at]] of Object.entries(READS)) {
  const twinOf = TWINS[name as keyof typeof READS] as SerialTwin;

  function bench(around = {}) {
    const faults = new NamedFaults();
    const air = { ppm: 600, warmUpMs: 0, faults, ...around };
    const made = serialBench((wire, options) => twinOf.attach(wire, options), air);
    const ppm = () => bytesOf(made.ask(read)).readUInt16BE(at);
    return { ...made, air, faults, ppm };
  }
  const good = bench().ask(read);

  describe(`simulated ${twinOf.title}: faults`, () => {
    it("is well afterwards, whatever went wrong", () => {
      for (const fault of twinOf.faults.filter((each) => each !== "late")) {
        const { ask, clock, faults } = bench();
        faults.inject(fault);
        ask(read);
        clock.timeMs += 600_000;
        assert.equal(ask(read), good, fault);
      }
    });

    it("bit-flip: one bit differs", () => {
      const { ask, faults } = bench();
      faults.inject("bit-flip", 50);
      for (let i = 0; i < 50; i++) {
        const [flipped, right] = [bytesOf(ask(read)), bytesOf(good)];
        const bits = [...flipped].map((byte, j) => (byte ^ right[j]).toString(2));
        assert.equal(bits.join("").replaceAll("0", ""), "1");
      }
    });

    it("drop, cut, silence: a byte less, half, nothing", () => {
      const { ask, faults } = bench();
      const { length } = bytesOf(good);
      faults.inject("drop");
      assert.equal(bytesOf(ask(read)).length, length - 1);
      faults.inject("cut");
      assert.equal(ask(read), hexOf(bytesOf(good).subarray(0, length >> 1)));
      faults.inject("silence");
      assert.equal(ask(read), "");
    });

    it("echo and foreign: something before the answer", () => {
      const { ask, faults } = bench();
      faults.inject("echo");
      assert.equal(ask(read), `${read} ${good}`);
      faults.inject("foreign");
      assert.equal(ask(read), `${hexOf(foreignFrame())} ${good}`);
    });

    it("bad-check: all but the last byte is right", () => {
      const { ask, faults } = bench();
      faults.inject("bad-check");
      const answer = ask(read);
      assert.equal(answer.slice(0, -2), good.slice(0, -2));
      assert.notEqual(answer, good);
    });

    it("late: the answer comes after the next question", () => {
      const { ask, air, faults } = bench();
      faults.inject("late");
      assert.equal(ask(read), "");
      air.ppm = 700;
      const both = ask(read);
      assert.ok(both.startsWith(`${good} `) && both.length === 2 * good.length + 1);
      assert.notEqual(ask(read), good);
    });

    it("late: once, even to a board that asks again as soon as it comes", () => {
      const wire = new Wire();
      const faults = new NamedFaults();
      let came = 0;
      twinOf.attach(wire, { curve: () => 600, clock: { nowMs: () => 0 }, warmUpMs: 0, faults });
      faults.inject("late");
      wire.toSensor(bytesOf(read));
      wire.onBytesForBoard(() => {
        if (++came === 1) wire.toSensor(bytesOf(read));
      });
      wire.toSensor(bytesOf(read));
      assert.equal(came, 3);
    });

    it("stuck: the value before, whatever the air is like", () => {
      const { air, faults, ppm } = bench();
      ppm();
      air.ppm = 900;
      faults.inject("stuck");
      assert.equal(ppm(), 600);
      assert.equal(ppm(), 900);
    });

    it("plateau: what it says while it warms up", () => {
      const { faults, ppm } = bench();
      faults.inject("plateau");
      assert.equal(ppm(), bench({ warmUpMs: 1000 }).ppm());
    });

    it("reset: no answer, then it warms up again", () => {
      const made = bench({ warmUpMs: 1000 });
      const plateauPpm = made.ppm();
      made.clock.timeMs = 1000;
      assert.equal(made.ppm(), 600);
      made.faults.inject("reset");
      assert.equal(made.ask(read), "");
      assert.equal(made.ppm(), plateauPpm);
      made.clock.timeMs = 2000;
      assert.equal(made.ppm(), 600);
    });

    it("drifts", () => {
      const { clock, ppm } = bench({ driftPpmPerDay: 10 });
      clock.timeMs = 3 * 86_400_000;
      assert.equal(ppm(), 630);
    });

    it("takes commands cut anywhere and among other bytes, and answers each", () => {
      const { ask } = bench();
      const bytes = bytesOf(read);
      for (let cut = 1; cut < bytes.length; cut++) {
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].map(hexOf);
        assert.equal(ask("00 42 7a", ...pieces, read), `${good} ${good}`);
      }
    });
  });
}

describe("simulated sensors: their own errors", () => {
  it("S8: bit 0 of the meter status", () => {
    const faults = new NamedFaults();
    const { ask } = serialBench(attachSenseairS8, { warmUpMs: 0, faults });
    faults.inject("error");
    assert.equal(ask(READS["senseair-s8"][0]).slice(0, 14), "fe 04 08 00 01");
  });

  it("T6713: bit 0 of the status", () => {
    const faults = new NamedFaults();
    const { ask } = serialBench(attachT6713, { warmUpMs: 0, faults });
    faults.inject("error");
    assert.equal(ask("15 04 13 8a 00 01 17 b0").slice(0, 14), "15 04 02 00 01");
  });

  it("CM1106: an error frame", () => {
    const faults = new NamedFaults();
    const { ask } = serialBench(attachCm1106, { warmUpMs: 0, faults });
    faults.inject("error");
    assert.match(ask(READS.cm1106[0]), /^06 02 01 04/);
  });
});
