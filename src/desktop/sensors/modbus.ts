// Modbus RTU (specification V1.02) as SenseAir's and Telaire's CO2 sensors speak it: TDE2067 for the S8, CO2Meter AN126
// and AN168 for the K30, Telaire's application guide for the T6713.

import { crc16Of } from "./checks.js";
import { bitsOf } from "./frame.js";
import type { DecodedFrame, FieldValue, FrameReader } from "./frame.js";

type Fields = Record<string, FieldValue>;

/** A register or coil, by function and number. What a read of it gives, and what a write of it says. */
interface Register {
  readonly what: string;
  readonly fieldsOf: (words: readonly number[]) => Fields;
}

export interface ModbusSensor {
  readonly addresses: readonly number[];
  /** `04:0000` and so on. */
  readonly registers: Readonly<Record<string, Register>>;
  /** Without address and check, as on I2C. */
  readonly isBare?: boolean;
}

const signed = (word: number) => (word << 16) >> 16;

const METER_BITS = {
  ...{ 0: "fatal error", 1: "offset regulation", 2: "algorithm", 3: "output" },
  ...{ 4: "self-diagnostics", 5: "out of range", 6: "memory" },
};

const co2 = { what: "CO2", fieldsOf: ([ppm]: readonly number[]) => ({ co2Ppm: signed(ppm) }) };

const SPECIAL: Readonly<Record<number, string>> = {
  0x7c06: "background calibration (400 ppm)",
  0x7c07: "zero calibration (nitrogen)",
};

export const SENSEAIR: ModbusSensor = {
  addresses: [0xfe, 0x68],
  registers: {
    "04:0000": {
      what: "status and CO2",
      fieldsOf: ([meter, alarm, output, ppm]) => ({
        ...{ meterStatus: bitsOf(meter, METER_BITS), alarmStatus: alarm, outputStatus: output },
        ...(ppm !== undefined && { co2Ppm: signed(ppm) }),
      }),
    },
    "04:0003": co2,
    "44:0008": co2,
    "03:0000": {
      what: "acknowledgement",
      fieldsOf: ([word]) => ({ isBackgroundCalibrated: (word & 0x20) !== 0 }),
    },
    "03:001f": { what: "ABC period", fieldsOf: ([hours]) => ({ abcPeriodH: hours }) },
    "06:0000": {
      what: "acknowledgement",
      fieldsOf: ([word]) => ({ isBackgroundCalibrated: (word & 0x20) !== 0 }),
    },
    "06:0001": {
      what: "special command",
      fieldsOf: ([word]) => ({ command: SPECIAL[word] ?? `unknown, ${word}` }),
    },
    "06:001f": { what: "ABC period", fieldsOf: ([hours]) => ({ abcPeriodH: hours }) },
  },
};

const T6713_BITS = {
  ...{ 0: "error", 1: "flash error", 2: "calibration error", 8: "RS-232", 9: "RS-485", 10: "I2C" },
  ...{ 11: "warming up", 15: "single point calibration" },
};

const onOff = ([word]: readonly number[]) => ({ isOn: word === 0xff00 });

export const T6713: ModbusSensor = {
  addresses: [0x15],
  registers: {
    "04:138a": { what: "status", fieldsOf: ([word]) => ({ status: bitsOf(word, T6713_BITS) }) },
    "04:138b": co2,
    "05:03e8": { what: "reset", fieldsOf: onOff },
    "05:03ec": { what: "single point calibration", fieldsOf: onOff },
    "05:03ee": { what: "self-calibration (ABC)", fieldsOf: onOff },
  },
};

export const T6713_I2C: ModbusSensor = { ...T6713, isBare: true };

const hexOf = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** SenseAir's own 0x44 reads RAM: a byte of count. */
const READ_RAM = 0x44;

function keyOf(operation: number, register: number): string {
  return `${hexOf(operation, 2)}:${hexOf(register, 4)}`;
}

function wordsOf(bytes: Buffer): number[] {
  const count = Math.floor(bytes.length / 2);
  return Array.from({ length: count }, (_, index) => bytes.readUInt16BE(2 * index));
}

type Shape = Pick<DecodedFrame, "kind" | "what" | "fields">;

/** A command, as the bytes from its function on. */
function commandOf(sensor: ModbusSensor, pdu: Buffer): Shape | undefined {
  const register = sensor.registers[keyOf(pdu[0], pdu.readUInt16BE(1))];
  if (!register) return undefined;
  const isWrite = pdu[0] === 5 || pdu[0] === 6;
  const fields = isWrite ? register.fieldsOf([pdu.readUInt16BE(3)]) : {};
  // A write's answer is the same.
  const what = `${isWrite ? "set" : "read"} ${register.what}`;
  return { kind: "command", what, fields };
}

/** What it is depends on the question: without one, all that it can be. */
function answerOf(sensor: ModbusSensor, pdu: Buffer, command?: DecodedFrame): Shape | undefined {
  const words = wordsOf(pdu.subarray(2));
  if (words.length === 0) return undefined;
  const prefix = hexOf(pdu[0], 2);
  const asked = command && command.bytes.subarray(sensor.isBare ? 0 : 1);
  const isFor = (key: string) =>
    asked !== undefined && keyOf(asked[0], asked.readUInt16BE(1)) === key;
  const known = Object.entries(sensor.registers).filter(([key]) => key.startsWith(`${prefix}:`));
  const fitting = known.filter(([key]) => (key === "04:0000") === words.length > 1);
  const [exact] = known.filter(([key]) => isFor(key));
  const meant = exact ? [exact] : fitting;
  if (meant.length === 0) return undefined;
  const fields = Object.assign({}, ...meant.map(([, register]) => register.fieldsOf(words)));
  return { kind: "answer", what: meant.map(([, { what }]) => what).join(" or "), fields };
}

function errorOf(pdu: Buffer): Shape {
  const operation = pdu[0] & 0x7f;
  return { kind: "error", what: `refusal of function ${operation}`, fields: { error: pdu[1] } };
}

/** The shapes that bytes from the function on can have: their length, and what they are then. */
function shapesOf(sensor: ModbusSensor, bytes: Buffer, command?: DecodedFrame) {
  const operation = bytes[0];
  if (operation & 0x80) return [{ count: 2, read: errorOf }];
  const ask = {
    count: operation === READ_RAM ? 4 : 5,
    read: (pdu: Buffer) => commandOf(sensor, pdu),
  };
  if (operation === 5 || operation === 6) return [ask];
  const read = (pdu: Buffer) => answerOf(sensor, pdu, command);
  return [{ count: 2 + bytes[1], read }, ask];
}

export function modbusReader(sensor: ModbusSensor): FrameReader {
  const [head, tail] = sensor.isBare ? [0, 0] : [1, 2];
  return (bytes, command): DecodedFrame | undefined => {
    if (head > 0 && !sensor.addresses.includes(bytes[0])) return undefined;
    const found = shapesOf(sensor, bytes.subarray(head), command).flatMap(({ count, read }) => {
      const frame = bytes.subarray(0, head + count + tail);
      // A frame that is cut before its count has none.
      if (!(frame.length >= head + count + tail)) return [];
      const shape = read(frame.subarray(head, head + count));
      return shape ? [{ bytes: frame, ...shape, check: checkOf(frame, tail) }] : [];
    });
    // Where the check decides what it is, it does.
    return found.find(({ check }) => check !== "wrong") ?? found[0];
  };
}

function checkOf(frame: Buffer, tail: number): DecodedFrame["check"] {
  if (tail === 0) return "none";
  const isRight = crc16Of(frame.subarray(0, -2)) === frame.readUInt16LE(frame.length - 2);
  return isRight ? "right" : "wrong";
}
