// Sensirion's CO2 sensors on I2C, without the address byte: Interface description SCD30 version 1.0, datasheet SCD4x
// version 1.7.

import { crc8Of } from "./checks.js";
import type { DecodedFrame, FieldValue, FrameReader } from "./frame.js";

type Fields = Record<string, FieldValue>;

interface Command {
  readonly what: string;
  /** Of the word that can go with it. */
  readonly asked?: (word: number) => Fields;
  /** Of the words that answer it. */
  readonly answered?: (words: Buffer) => Fields;
}

type Commands = Readonly<Record<number, Command>>;

export interface SensirionSensor {
  readonly commands: Commands;
  /** Of the measurement, which so many words are. */
  readonly readingWords: number;
  readonly reading: (words: Buffer) => Fields;
}

const first = (name: string) => (words: Buffer) => ({ [name]: words.readUInt16BE(0) });
const named = (name: string) => (word: number) => ({ [name]: word });
const isOn = (word: number) => ({ isOn: word === 1 });
const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** A setting whose command sets with a word and reads without one. */
function both(what: string, name: string): Command {
  return { what, asked: named(name), answered: first(name) };
}

export const SCD30: SensirionSensor = {
  commands: {
    0x0010: { what: "start measuring", asked: named("pressureHpa") },
    0x0104: { what: "stop measuring" },
    0x0202: {
      what: "is data ready",
      answered: (words) => ({ isReady: words.readUInt16BE(0) === 1 }),
    },
    0x0300: { what: "read measurement", answered: scd30Reading },
    0x4600: both("interval", "intervalS"),
    0x5102: both("altitude", "altitudeM"),
    0x5204: both("forced recalibration", "co2Ppm"),
    0x5306: {
      what: "self-calibration (ASC)",
      asked: isOn,
      answered: (words) => isOn(words.readUInt16BE(0)),
    },
    0x5403: {
      what: "temperature offset",
      asked: (word) => ({ offsetC: word / 100 }),
      answered: (words) => ({ offsetC: words.readUInt16BE(0) / 100 }),
    },
    0xd100: { what: "firmware version", answered: first("version") },
    0xd304: { what: "soft reset" },
  },
  readingWords: 6,
  reading: scd30Reading,
};

function scd30Reading(words: Buffer): Fields {
  const at = (index: number) => words.readFloatBE(4 * index);
  if (words.length < 12) return { co2Ppm: round(at(0), 5) };
  return {
    co2Ppm: round(at(0), 5),
    temperatureC: round(at(1), 5),
    humidityPercent: round(at(2), 6),
  };
}

export const SCD4X: SensirionSensor = {
  commands: {
    0x21b1: { what: "start measuring" },
    0x21ac: { what: "start measuring with low power" },
    0x3f86: { what: "stop measuring" },
    0xe4b8: { what: "is data ready", answered: readiness },
    0xec05: { what: "read measurement", answered: scd4xReading },
    0x2416: { what: "set self-calibration (ASC)", asked: isOn },
    0x2313: {
      what: "read self-calibration (ASC)",
      answered: (words) => isOn(words.readUInt16BE(0)),
    },
    0x2427: { what: "set altitude", asked: named("altitudeM") },
    0x2322: { what: "read altitude", answered: first("altitudeM") },
    0xe000: {
      what: "ambient pressure",
      asked: (word) => ({ pressurePa: word * 100 }),
      answered: (words) => ({ pressurePa: words.readUInt16BE(0) * 100 }),
    },
    0x241d: {
      what: "set temperature offset",
      asked: (word) => ({ offsetC: round((word * 175) / 65536, 2) }),
    },
    0x362f: { what: "forced recalibration", asked: named("co2Ppm"), answered: correction },
    0x3615: { what: "persist settings" },
    0x3646: { what: "reinitialise" },
    0x3682: { what: "serial number" },
  },
  readingWords: 3,
  reading: scd4xReading,
};

function readiness(words: Buffer): Fields {
  return { isReady: (words.readUInt16BE(0) & 0x7ff) !== 0 };
}

function correction(words: Buffer): Fields {
  const word = words.readUInt16BE(0);
  return word === 0xffff ? { correction: "failed" } : { correctionPpm: word - 0x8000 };
}

function scd4xReading(words: Buffer): Fields {
  const co2Ppm = words.readUInt16BE(0);
  if (words.length < 6) return { co2Ppm };
  return {
    co2Ppm,
    temperatureC: round((175 * words.readUInt16BE(2)) / 65535 - 45, 1),
    humidityPercent: round((100 * words.readUInt16BE(4)) / 65535, 1),
  };
}

const TRIPLE = 3;

function isRight(triple: Buffer): boolean {
  return crc8Of(triple.subarray(0, 2)) === triple[2];
}

function triplesOf(bytes: Buffer): Buffer[] {
  const count = Math.floor(bytes.length / TRIPLE);
  return Array.from({ length: count }, (_, at) => bytes.subarray(TRIPLE * at, TRIPLE * (at + 1)));
}

/** A command: its word, and a word of data behind it where it takes one and there is one. */
function commandIn({ commands }: SensirionSensor, bytes: Buffer): DecodedFrame | undefined {
  if (bytes.length < 2) return undefined;
  const command = commands[bytes.readUInt16BE(0)];
  if (!command) return undefined;
  const hasData = command.asked !== undefined && bytes.length >= 5;
  const frame = bytes.subarray(0, hasData ? 5 : 2);
  const fields = hasData ? command.asked!(frame.readUInt16BE(2)) : {};
  const check = !hasData ? "none" : isRight(frame.subarray(2)) ? "right" : "wrong";
  return { bytes: frame, kind: "command", what: command.what, fields, check };
}

/** One word can answer many questions: without the question, all of these. */
function fieldsOf(sensor: SensirionSensor, words: Buffer, command?: Command): Fields {
  if (command?.answered) return command.answered(words);
  if (words.length >= 2 * sensor.readingWords) return sensor.reading(words);
  const word = words.readUInt16BE(0);
  const ready: Fields =
    sensor === SCD4X ? { ...readiness(words), ...correction(words) } : { isReady: word === 1 };
  return { word, ...ready };
}

function answerIn(
  sensor: SensirionSensor,
  bytes: Buffer,
  command: DecodedFrame | undefined,
): DecodedFrame | undefined {
  const triples = triplesOf(bytes);
  const wrong = triples.findIndex((triple) => !isRight(triple));
  const right = wrong < 0 ? triples.length : wrong;
  // Nothing but words: then one that is damaged is one too.
  const isAll = bytes.length % TRIPLE === 0;
  const count = Math.min(isAll ? triples.length : right, sensor.readingWords);
  if (count === 0) return undefined;
  const words = Buffer.concat(triples.slice(0, count).map((triple) => triple.subarray(0, 2)));
  const asked = command && sensor.commands[command.bytes.readUInt16BE(0)];
  return {
    bytes: bytes.subarray(0, TRIPLE * count),
    kind: "answer",
    what: asked ? asked.what : count === 1 ? "a word" : "read measurement",
    fields: fieldsOf(sensor, words, asked),
    check: right >= count ? "right" : "wrong",
  };
}

export function sensirionReader(sensor: SensirionSensor): FrameReader {
  return (bytes, command) => {
    const isWord = bytes.length >= TRIPLE && isRight(bytes.subarray(0, TRIPLE));
    const asked = commandIn(sensor, bytes);
    return (isWord ? undefined : asked) ?? answerIn(sensor, bytes, command) ?? asked;
  };
}
