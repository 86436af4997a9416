// Winsen MH-Z19B/C and Z14A: MH-Z19B user's manual v1.6, "Serial port output"; commands 0x7D and 0x9B are not in it
// (https://revspace.nl/MH-Z19B).

import { sumOf } from "./checks.js";
import type { DecodedFrame, FieldValue, FrameReader } from "./frame.js";

type Fields = Record<string, FieldValue>;

interface Command {
  readonly what: string;
  readonly asked?: (frame: Buffer) => Fields;
  readonly answered?: (frame: Buffer) => Fields;
}

const FRAME_BYTES = 9;
const START = 0xff;
const SENSOR = 0x01;
const TEMPERATURE_OFFSET = 40;

const COMMANDS: Readonly<Record<number, Command>> = {
  0x79: { what: "self-calibration (ABC)", asked: (frame) => ({ isOn: frame[3] === 0xa0 }) },
  0x7d: { what: "read self-calibration", answered: (frame) => ({ isOn: frame[7] === 1 }) },
  0x86: { what: "read CO2", answered: reading },
  0x87: { what: "zero point calibration (400 ppm)" },
  0x88: { what: "span calibration", asked: (frame) => ({ co2Ppm: frame.readUInt16BE(3) }) },
  0x99: { what: "range", asked: (frame) => ({ rangePpm: frame.readUInt16BE(6) }) },
  0x9b: { what: "read range", answered: (frame) => ({ rangePpm: frame.readUInt16BE(4) }) },
};

function reading(frame: Buffer): Fields {
  const co2Ppm = frame.readUInt16BE(2);
  return { co2Ppm, temperatureC: frame[4] - TEMPERATURE_OFFSET, status: frame[5] };
}

export const readMhz19: FrameReader = (bytes): DecodedFrame | undefined => {
  if (bytes[0] !== START || bytes.length < FRAME_BYTES) return undefined;
  const frame = bytes.subarray(0, FRAME_BYTES);
  const isCommand = frame[1] === SENSOR;
  const code = isCommand ? frame[2] : frame[1];
  const command = COMMANDS[code];
  if (!command) return undefined;
  const fieldsOf = isCommand ? command.asked : command.answered;
  return {
    bytes: frame,
    kind: isCommand ? "command" : "answer",
    what: command.what,
    fields: fieldsOf?.(frame) ?? {},
    check: sumOf(frame.subarray(1)) === 0 ? "right" : "wrong",
  };
};
