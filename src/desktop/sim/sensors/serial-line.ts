// The sensor's end of a serial line: finds commands in what the board sends, cut anywhere and among other
// bytes, and damages the answers as asked for.

import type { Wire } from "../wire.js";
import type { FaultName, Faults } from "./faults.js";
import { FrameFinder, type Framing } from "./frame-finder.js";

/** The answer's bytes; the twin changes what it says for the faults that are its own. */
export type Answer = (fault: FaultName | undefined) => Buffer;

export interface SerialSensor {
  readonly framing: Framing;
  /** Does what the command says. `undefined` where the sensor says nothing to it. */
  obey(command: Buffer): Answer | undefined;
  reboot(): void;
}

const FOREIGN_VALUES = 13;

/** What a Plantower PMS5003 sends by itself (its manual V2.3, appendix I): 32 bytes, clean air. */
export function foreignFrame(): Buffer {
  const frame = Buffer.alloc(32);
  frame.write("BM", "latin1");
  frame.writeUInt16BE(2 * FOREIGN_VALUES + 2, 2);
  for (let i = 0; i < FOREIGN_VALUES; i++) frame.writeUInt16BE(3 * i, 4 + 2 * i);
  frame.writeUInt16BE(
    frame.subarray(0, 30).reduce((sum, byte) => sum + byte, 0),
    30,
  );
  return frame;
}

export function flipBit(bytes: Buffer, faults: Faults): Buffer {
  const flipped = Buffer.from(bytes);
  const bit = faults.pick(8 * bytes.length);
  flipped[bit >> 3] ^= 1 << (bit & 7);
  return flipped;
}

export function dropByte(bytes: Buffer, faults: Faults): Buffer {
  const at = faults.pick(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
}

export function withBadCheck(bytes: Buffer): Buffer {
  const wrong = Buffer.from(bytes);
  wrong[wrong.length - 1] ^= 0xff;
  return wrong;
}

/** What arrives of an answer. */
function damaged(fault: FaultName | undefined, command: Buffer, answer: Buffer, faults: Faults) {
  switch (fault) {
    case "bit-flip":
      return flipBit(answer, faults);
    case "drop":
      return dropByte(answer, faults);
    case "cut":
      return answer.subarray(0, answer.length >> 1);
    case "echo":
      return Buffer.concat([command, answer]);
    case "foreign":
      return Buffer.concat([foreignFrame(), answer]);
    case "bad-check":
      return withBadCheck(answer);
    default:
      return answer;
  }
}

class SerialLine {
  /** At most one: the next question brings it. */
  private held: Buffer | undefined;

  constructor(
    private readonly wire: Wire,
    private readonly sensor: SerialSensor,
    private readonly faults: Faults,
  ) {}

  obey(command: Buffer): void {
    const answer = this.sensor.obey(command);
    this.release();
    if (answer) this.answer(command, answer);
  }

  private answer(command: Buffer, answer: Answer): void {
    const fault = this.faults.next();
    if (fault === "reset") this.sensor.reboot();
    // A serial line has no other way not to acknowledge.
    if (fault === "reset" || fault === "silence" || fault === "nack") return;
    const bytes = damaged(fault, command, answer(fault), this.faults);
    if (fault === "late") this.held = bytes;
    else this.wire.toBoard(bytes);
  }

  /** Once, even when the board asks the next question as soon as it has it. */
  private release(): void {
    const held = this.held;
    this.held = undefined;
    if (held) this.wire.toBoard(held);
  }
}

/** Puts the sensor on the wire, and gives it back. */
export function attachSensor<Sensor extends SerialSensor>(
  wire: Wire,
  sensor: Sensor,
  faults: Faults,
): Sensor {
  const line = new SerialLine(wire, sensor, faults);
  const commands = new FrameFinder(sensor.framing, (command) => line.obey(command));
  wire.onBytesForSensor((bytes) => commands.feed(bytes));
  return sensor;
}
