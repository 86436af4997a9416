// Cubic CM1106: its datasheet, "UART communication protocol"; errors and status after what users have found.

import { sumOf } from "./checks.js";
import { bitsOf } from "./frame.js";
import type { DecodedFrame, FieldValue, FrameReader } from "./frame.js";

type Fields = Record<string, FieldValue>;
type FieldsOf = (data: Buffer) => Fields;

/** `asked` and `answered` get the bytes behind the command's; so many of them at least. */
interface Command {
  readonly what: string;
  readonly asked?: readonly [number, FieldsOf];
  readonly answered?: readonly [number, FieldsOf];
}

const KINDS: Readonly<Record<number, DecodedFrame["kind"]>> = {
  0x11: "command",
  0x16: "answer",
  0x06: "error",
};

const STATUS_BITS = {
  ...{ 0: "warm or warming up", 1: "sensor error", 2: "over range", 3: "under range" },
  ...{ 4: "calibration", 5: "aging", 6: "drift" },
};

const ERRORS = ["", "wrong check", "unknown command", "wrong length", "out of range"];

const abc: readonly [number, FieldsOf] = [
  5,
  (data) => ({ isOn: data[1] === 0, cycleDays: data[2], basePpm: data.readUInt16BE(3) }),
];

const COMMANDS: Readonly<Record<number, Command>> = {
  0x01: {
    what: "read CO2",
    answered: [
      3,
      (data) => ({ co2Ppm: data.readUInt16BE(0), status: bitsOf(data[2], STATUS_BITS) }),
    ],
  },
  0x03: { what: "calibration", asked: [2, (data) => ({ co2Ppm: data.readUInt16BE(0) })] },
  0x0f: { what: "read self-calibration (ABC)", answered: abc },
  0x10: { what: "self-calibration (ABC)", asked: abc },
  0x1e: {
    what: "software version",
    answered: [1, (data) => ({ version: data.toString("latin1") })],
  },
  0x1f: { what: "serial number", answered: [10, (data) => ({ serial: serialOf(data) })] },
};

function serialOf(data: Buffer): string {
  const parts = [0, 2, 4, 6, 8].map((at) => String(data.readUInt16BE(at)).padStart(4, "0"));
  return parts.join("");
}

function fieldsOf(kind: DecodedFrame["kind"], command: Command, data: Buffer): Fields {
  if (kind === "error") return { error: `${data[0]} (${ERRORS[data[0]] ?? "unknown"})` };
  const [least, read] = (kind === "command" ? command.asked : command.answered) ?? [0, () => ({})];
  return data.length < least ? {} : read(data);
}

export const readCm1106: FrameReader = (bytes): DecodedFrame | undefined => {
  const kind = KINDS[bytes[0]];
  const count = bytes[1] + 3;
  if (!kind || !(bytes.length >= count) || count < 4) return undefined;
  const frame = bytes.subarray(0, count);
  const command = COMMANDS[frame[2]];
  if (!command) return undefined;
  return {
    bytes: frame,
    kind,
    what: command.what,
    fields: fieldsOf(kind, command, frame.subarray(3, -1)),
    check: sumOf(frame) === 0 ? "right" : "wrong",
  };
};
