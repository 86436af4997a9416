// What Sensirion's sensors share on I2C (SCD30 interface description 1.4, SCD4x data sheet 3): commands of 16
// bits, words of 16 bits with a CRC-8 behind each (polynomial 0x31, all ones first), big-endian.

import { crc8Of } from "../../sensors/checks.js";
import { type FaultName, type Faults } from "./faults.js";
import type { I2cDevice } from "./i2c-bus.js";
import { flipBit, withBadCheck } from "./serial-line.js";

const COMMAND_BYTES = 2;
const WORD_BYTES = 3;

function bytesOfWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(WORD_BYTES * words.length);
  words.forEach((word, i) => {
    const at = WORD_BYTES * i;
    bytes.writeUInt16BE(word, at);
    bytes[at + 2] = crc8Of(bytes.subarray(at, at + 2));
  });
  return bytes;
}

/** `undefined` when a CRC is wrong or a word is not whole. */
export function wordsOfBytes(bytes: Buffer): number[] | undefined {
  if (bytes.length % WORD_BYTES > 0) return undefined;
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += WORD_BYTES) {
    if (crc8Of(bytes.subarray(at, at + 2)) !== bytes[at + 2]) return undefined;
    words.push(bytes.readUInt16BE(at));
  }
  return words;
}

/** Words for the read that follows; the twin changes them for the faults that are its own. */
export type WordsAnswer = (fault: FaultName | undefined) => readonly number[];

/** What a command comes to. */
export type Outcome = "done" | "refused" | WordsAnswer;

export interface SensirionSensor {
  readonly address: number;
  /** Whether it hears anything at all now. */
  isBusy(): boolean;
  obey(command: number, words: readonly number[]): Outcome;
  /** How long it holds the clock before an answer. */
  stretchMs(fault: FaultName | undefined): number;
  reboot(): void;
}

/** What arrives of an answer; `undefined` for no acknowledgement. */
function damaged(fault: FaultName | undefined, bytes: Buffer, faults: Faults): Buffer | undefined {
  switch (fault) {
    case "bit-flip":
      return flipBit(bytes, faults);
    case "cut":
      return bytes.subarray(0, bytes.length >> 1);
    case "bad-check":
      return withBadCheck(bytes);
    case "nack":
    case "silence":
    case "reset":
      return undefined;
    default:
      return bytes;
  }
}

export class SensirionDevice implements I2cDevice {
  readonly address: number;
  stretchMs = 0;
  private answer: WordsAnswer | undefined;

  constructor(
    private readonly sensor: SensirionSensor,
    private readonly faults: Faults,
  ) {
    this.address = sensor.address;
  }

  write(bytes: Buffer): boolean {
    this.answer = undefined;
    const words = wordsOfBytes(bytes.subarray(COMMAND_BYTES));
    if (bytes.length < COMMAND_BYTES || !words) return false;
    // Busy or not: one command wakes a sensor that hears no other.
    const outcome = this.sensor.obey(bytes.readUInt16BE(0), words);
    if (typeof outcome === "function") this.answer = outcome;
    return outcome !== "refused";
  }

  /** An answer can be read once. */
  read(count: number): Buffer | undefined {
    if (!this.answer || this.sensor.isBusy()) return undefined;
    const answer = this.answer;
    this.answer = undefined;
    const fault = this.faults.next();
    this.stretchMs = this.sensor.stretchMs(fault);
    if (fault === "reset") this.sensor.reboot();
    const bytes = bytesOfWords(fault === "reset" ? [] : answer(fault));
    return damaged(fault, bytes, this.faults)?.subarray(0, count);
  }
}
