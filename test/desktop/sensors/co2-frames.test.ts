// The desktop's reading of CO2 frames: every frame of test/vectors/co2-frames.json has its meaning, and the firmware's
// drivers, written apart from it, never say another value.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { CO2_SENSORS, decodeCo2 } from "../../../src/desktop/sensors/index.js";
import type { Co2SensorName, DecodedFrame } from "../../../src/desktop/sensors/index.js";
import { crc8Of } from "../../../src/desktop/sensors/checks.js";
import { openSensor } from "../../../src/firmware/sensors/co2-sensor.js";
import type { Co2Driver } from "../../../src/firmware/sensors/co2-sensor.js";
import { DRIVER as CM1106 } from "../../../src/firmware/sensors/cm1106.js";
import { DRIVER as MHZ19 } from "../../../src/firmware/sensors/mhz19.js";
import { DRIVER as SCD30 } from "../../../src/firmware/sensors/scd30.js";
import { DRIVER as SCD4X } from "../../../src/firmware/sensors/scd4x.js";
import { DRIVER as S8 } from "../../../src/firmware/sensors/senseair-s8.js";
import { DRIVER as T6713 } from "../../../src/firmware/sensors/t6713.js";

interface Frame {
  readonly sensor: string;
  readonly kind: string;
  readonly hex: string;
  readonly meaning: string;
  readonly checkOk: boolean;
}

const NAMES: Readonly<Record<string, Co2SensorName>> = {
  ...{ "MH-Z": "mhz19", S8: "senseair-s8", K30: "senseair-s8", "T6713-UART": "t6713" },
  ...{ "T6713-I2C": "t6713-i2c", CM1106: "cm1106", "SCD4x-rx": "scd4x", "SCD4x-tx": "scd4x" },
  ...{ "SCD30-rx": "scd30", "SCD30-tx": "scd30" },
};

const ALL = JSON.parse(readFileSync("test/vectors/co2-frames.json", "utf8")) as readonly Frame[];
const FRAMES = ALL.filter(({ sensor }) => sensor !== "CRC-8");

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const textOf = (bytes: Buffer) => bytes.toString("latin1");

/** What the meaning says in numbers, and where the decoded frame has to have it. */
const NUMBERS: readonly [RegExp, string][] = [
  [/^(-?[\d.]+) ppm/, "co2Ppm"],
  [/(?:span|FRC|recalibration|calibrate to) (\d+)/, "co2Ppm"],
  [/FRC correction (-\d+)/, "correctionPpm"],
  [/range (\d+)/, "rangePpm"],
  [/ppm, (-?[\d.]+) C/, "temperatureC"],
  [/([\d.]+) %RH/, "humidityPercent"],
  [/offset ([\d.]+) C/, "offsetC"],
  [/ABC period (\d+) h/, "abcPeriodH"],
  [/output status (\d+)/, "outputStatus"],
  [/status \d, (\d+) ppm/, "co2Ppm"],
  [/altitude (\d+) m/, "altitudeM"],
  [/pressure (\d+) Pa/, "pressurePa"],
  [/interval (\d+) s/, "intervalS"],
];

/** What it says in words. */
const WORDS: readonly [RegExp, RegExp][] = [
  [/^read CO2/, /read (status and )?CO2/],
  [/^read status\+CO2/, /read status and CO2/],
  [/^read ppm/, /read CO2/],
  [/^read status$/, /read status/],
  [/(ABC|ASC) on/, /self-calibration.*isOn true/],
  [/(ABC|ASC) off/, /self-calibration.*isOn false|ABC period.*abcPeriodH 0/],
  [/zero point calibration/, /zero point calibration/],
  [/read ABC period/, /read ABC period/],
  [/clear acknowledgement/, /acknowledgement.*false/],
  [/^background calibration/, /background calibration/],
  [/^zero \(nitrogen\)/, /zero calibration \(nitrogen\)/],
  [/^read acknowledgement/, /read acknowledgement/],
  [/acknowledgement bit 5/, /isBackgroundCalibrated true/],
  [/Modbus exception 2/, /error 2/],
  [/read RAM/, /read CO2/],
  [/bit 11: warm-up/, /status warming up/],
  [/calibration accepted/, /calibration/],
  [/software version/, /software version/],
  [/error 1/, /error 1 \(wrong check\)/],
  [/data NOT ready/, /isReady false/],
  [/data ready/, /isReady true/],
  [/FRC failed/, /correction failed/],
  [/start, no pressure/, /start measuring pressureHpa 0/],
];

function told({ what, fields }: DecodedFrame): string {
  const values = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return [what, ...values].join(" ");
}

describe("CO2 frames on the desktop", () => {
  for (const { sensor, kind, hex, meaning, checkOk } of FRAMES) {
    it(`${sensor} ${kind}, ${meaning}`, () => {
      const [frame, ...others] = decodeCo2(NAMES[sensor], bytesOf(hex));
      assert.deepEqual([others, frame.bytes], [[], bytesOf(hex)]);
      assert.equal(frame.check === "wrong", !checkOk);
      const numbers = NUMBERS.flatMap(([pattern, name]) => {
        const match = pattern.exec(meaning);
        return match ? [[frame.fields[name], Number(match[1])]] : [];
      });
      for (const [actual, expected] of numbers) assert.equal(actual, expected, told(frame));
      const words = WORDS.filter(([pattern]) => pattern.test(meaning));
      for (const [, expected] of words) assert.match(told(frame), expected);
      assert.ok(numbers.length + words.length > 0 || !checkOk, "nothing was compared");
      const kinds = kind === "tx" ? ["command"] : ["answer", "error"];
      assert.ok(kinds.includes(frame.kind), frame.kind);
    });
  }

  it("have Sensirion's check", () => {
    assert.equal(crc8Of(Buffer.from("beef", "hex")), 0x92);
  });

  it("leave no byte out, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CO2_SENSORS),
        fc.uint8Array({ maxLength: 60 }),
        (name, any) => {
          const bytes = Buffer.from(any);
          const frames = decodeCo2(name, bytes);
          assert.deepEqual(Buffer.concat(frames.map((frame) => frame.bytes)), bytes);
          assert.ok(frames.every((frame) => frame.bytes.length > 0));
        },
      ),
    );
  });

  it("are found between other bytes", () => {
    const frames = decodeCo2("mhz19", bytesOf("42 4d 00 ff 86 02 60 47 00 00 00 d1 ff 01 86"));
    assert.deepEqual(
      frames.map(({ kind, bytes }) => [kind, bytes.length]),
      [
        ["unknown", 3],
        ["answer", 9],
        ["unknown", 3],
      ],
    );
  });

  it("mean what the command before them asked for", () => {
    const [, status] = decodeCo2("t6713", bytesOf("15 04 13 8a 00 01 17 b0 15 04 02 08 00 8e f3"));
    assert.deepEqual(status.fields, { status: "warming up" });
    const [, asc] = decodeCo2("scd4x", bytesOf("23 13 00 01 b0"));
    assert.deepEqual([asc.what, asc.fields], ["read self-calibration (ASC)", { isOn: true }]);
  });
});

interface Asked {
  /** The value that the driver tells, if it tells one. */
  readonly value: number | undefined;
  readonly written: Buffer[];
}

/** A driver that is warm, asked once; before it has got `first`, where it asks for something else before the value. */
function askUart(driver: Co2Driver, answer: Buffer, first?: Buffer): Asked {
  let value: number | undefined;
  const written: Buffer[] = [];
  const sensor = openSensor(driver, {
    line: { write: (bytes) => void written.push(Buffer.from(bytes, "latin1")) },
    after: () => {},
    preheatMs: 0,
    onCo2Ppm: (co2Ppm) => (value = co2Ppm),
    onGap: () => {},
  });
  sensor.measure();
  if (first) sensor.push(textOf(first));
  sensor.push(textOf(answer));
  return { value, written };
}

/** The same on the bus, where the first value does not count: asked twice. */
function askBus(driver: Co2Driver, answer: Buffer, ready: Buffer): Asked {
  let value: number | undefined;
  const written: Buffer[] = [];
  const due: (() => void)[] = [];
  const sensor = openSensor(driver, {
    bus: {
      write: (_address, bytes) => written.push(Buffer.from(bytes, "latin1")) > 0,
      read: (_address, count) => textOf((written.length % 2 ? ready : answer).subarray(0, count)),
    },
    after: (_delayMs, callback) => void due.push(callback),
    preheatMs: 0,
    onCo2Ppm: (co2Ppm) => (value = co2Ppm),
    onGap: () => {},
  });
  for (let round = 0; round < 2; round++) {
    sensor.measure();
    while (due.length > 0) due.shift()!();
  }
  return { value, written };
}

const UARTS: readonly { name: Co2SensorName; driver: Co2Driver; first?: string }[] = [
  { name: "mhz19", driver: MHZ19 },
  { name: "senseair-s8", driver: S8 },
  { name: "t6713", driver: T6713, first: "15 04 02 00 00 89 33" },
  { name: "cm1106", driver: CM1106 },
];

function damaged(bytes: Buffer): Buffer[] {
  return Array.from({ length: 8 * bytes.length }, (_, bit) => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
  });
}

describe("CO2 drivers and the desktop", () => {
  for (const { name, driver, first } of UARTS) {
    const frames = FRAMES.filter(({ sensor }) => NAMES[sensor] === name);
    const answers = frames.map(({ hex }) => bytesOf(hex));
    const before = first === undefined ? undefined : bytesOf(first);

    it(`${name}: a value is told only of an answer that is right and says it`, () => {
      let values = 0;
      for (const bytes of [...answers, ...answers.flatMap(damaged)]) {
        const { value } = askUart(driver, bytes, before);
        if (value === undefined) continue;
        values++;
        const [{ kind, check, fields }] = decodeCo2(name, bytes);
        assert.deepEqual([kind, check, fields["co2Ppm"]], ["answer", "right", value]);
      }
      assert.ok(values > 0);
    });

    it(`${name}: nor among any others, cut and damaged`, () => {
      // A T6713's answer means what the command before it says; here the driver has asked.
      const received = frames.filter(({ kind }) => kind === "rx").map(({ hex }) => bytesOf(hex));
      const whole = fc.constantFrom(...received);
      const piece = fc.oneof(
        whole,
        whole.chain((bytes) => fc.nat(bytes.length).map((end) => bytes.subarray(0, end))),
        whole.chain((bytes) => fc.constantFrom(...damaged(bytes))),
        fc.uint8Array({ maxLength: 12 }).map((any) => Buffer.from(any)),
      );
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
          const bytes = Buffer.concat(pieces);
          const { value } = askUart(driver, bytes, before);
          if (value === undefined) return;
          const isSaid = decodeCo2(name, bytes).some(
            ({ kind, check, fields }) =>
              kind === "answer" && check === "right" && fields["co2Ppm"] === value,
          );
          assert.ok(isSaid, `${value} of ${bytes.toString("hex")}`);
        }),
      );
    });

    it(`${name}: what the driver asks is a command`, () => {
      const { written } = askUart(driver, Buffer.alloc(0), before);
      for (const bytes of written) {
        const frames = decodeCo2(name, bytes);
        assert.deepEqual(
          frames.map(({ kind, check }) => [kind, check]),
          [["command", "right"]],
        );
      }
    });
  }

  const buses: readonly [Co2SensorName, Co2Driver, string, string][] = [
    ["scd30", SCD30, "43 db cb 8c 2e 8f 41 d9 70 e7 ff f5 42 43 bf 3a 1b 74", "00 01 b0"],
    ["scd4x", SCD4X, "01 f4 33 66 67 a2 5e b9 3c", "80 06 04"],
  ];
  for (const [name, driver, answer, ready] of buses) {
    it(`${name}: a value is told only of words that are right and say it`, () => {
      let values = 0;
      for (const bytes of [bytesOf(answer), ...damaged(bytesOf(answer))]) {
        const { value, written } = askBus(driver, bytes, bytesOf(ready));
        for (const command of written) {
          assert.equal(decodeCo2(name, command)[0].kind, "command");
        }
        if (value === undefined) continue;
        values++;
        const words = bytes.subarray(0, name === "scd30" ? 6 : 3);
        const [, reading] = decodeCo2(name, Buffer.concat([written[1], words]));
        assert.equal(reading.check, "right");
        assert.equal(Math.round(Number(reading.fields["co2Ppm"])), value);
      }
      assert.ok(values > 0);
    });
  }
});
