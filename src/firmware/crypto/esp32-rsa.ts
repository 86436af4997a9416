// RSA with the accelerator of the ESP32, ESP32-S3 and ESP32-C3: x to the power of y modulo m in one
// operation of the hardware. Facts from Espressif's Technical Reference Manuals, chapter "RSA
// Accelerator", and from ESP-IDF (hwcrypto_reg.h and mpi_ll.h of each chip). The tests run it against a
// model of the registers; on a chip it has never run.
//
// On the ESP32 a read of these registers can be wrong while the other core reads (ESP32 Series SoC
// Errata): a read counts when a second agrees, and no result leaves before another operation has
// confirmed it. Clock and reset are shared with other peripherals, and ESP-IDF changes them under a lock
// that JavaScript does not have.

import type { Accelerator } from "../board.js";
import { fieldOf } from "./key-record.js";
import { limbFormat } from "./limbs.js";
import type { Limbs } from "./limbs.js";
import { prepareKey } from "./prepare-key.js";
import type { NumberBytes, Pause, ResultHandler, RsaProvider } from "./rsa.js";

/** Leads to another step after a pause, to the result, or to nothing when it failed. */
type Step = () => Outcome;
type Outcome = Step | NumberBytes | undefined;

/** The accelerator's memory: four blocks, each so far from the one before, the last operand, the length. */
const BLOCK = 0x200;
const BLOCKS = 4;
const RESULT = BLOCK;
const MODE = 0x804;
/** The digital signature peripheral holds this one in its own reset. */
const SIGNATURE_RESET = 16;

/** Pairs of reads, of which one has to agree. */
const READS = 100;
/** For one operation: 2048 bits are said to take 0.3 s. No board has tried this bound yet. */
const PAUSES = 10000;
const ATTEMPTS = 3;

const FORMAT = limbFormat(16, 0);
const { fromBytes, toBytes, add } = FORMAT;

function limbsOf(bytes: NumberBytes): Limbs {
  return fromBytes(bytes, bytes.length / 2);
}

function bytesOf(limbs: Limbs): NumberBytes {
  return toBytes(limbs, limbs.length * 2);
}

/** Of a number as long as the modulus. */
function negative(number: NumberBytes, modulus: NumberBytes): NumberBytes {
  const limbs = limbsOf(modulus);
  add(limbs, limbsOf(number), -1);
  return bytesOf(limbs);
}

/** Its numbers are in the accelerator. Not measured on a chip. */
const ROOM = 450;

/** `peek` and `poke` are Espruino's peek32 and poke32; of one word they give and take a number. */
export function createEsp32Rsa(
  chip: Accelerator,
  peek: (address: number) => number,
  poke: (address: number, word: number) => void,
  pause: Pause,
): RsaProvider {
  /** -1 when no two reads agree. */
  function settled(address: number): number {
    for (let reads = READS; reads; reads--) {
      const word = peek(address);
      if (word === peek(address)) return word;
    }
    return -1;
  }

  /** In a register that others use too: what cannot be read is not written either. */
  function change(register: number, clear: number, set: number): void {
    try {
      const word = settled(register);
      if (word >= 0) poke(register, ((word & ~clear) | set) >>> 0);
    } catch {
      // The other registers have to be released all the same.
    }
  }

  function isSet(flag: number): boolean {
    return settled(chip.base + flag) === 1;
  }

  function write(place: number, word: number): void {
    poke(chip.base + place, word);
  }

  /** `operands` in the order of the memory: m, R² mod m, y, x, −1/m mod 2^32. */
  function exponentiate(operands: NumberBytes[], onDone: ResultHandler): void {
    const length = operands[0].length / 2;
    let loaded = 0;
    let pauses = PAUSES;
    let isOurs = false;

    function takeOver(): Outcome {
      // -1, too, has this bit.
      if (settled(chip.enable) & chip.bit) return takeOver;
      isOurs = true;
      change(chip.enable, 0, chip.bit);
      change(chip.reset, chip.bit | SIGNATURE_RESET, 0);
      change(chip.down, 1, 0);
      return begin;
    }

    function begin(): Outcome {
      if (!isSet(chip.clean)) return begin;
      write(MODE, (length * 16) / chip.stepBits - 1);
      return load;
    }

    function load(): Outcome {
      const limbs = fromBytes(operands[loaded], loaded < BLOCKS ? length : 2);
      for (let at = 0; at < limbs.length; at += 2) {
        write(loaded * BLOCK + at * 2, (limbs[at] | (limbs[at + 1] << 16)) >>> 0);
      }
      return ++loaded > BLOCKS ? start : load;
    }

    function start(): Outcome {
      write(chip.clear, 1);
      write(chip.go, 1);
      return read;
    }

    function read(): Outcome {
      if (!isSet(chip.done)) return read;
      write(chip.clear, 1);
      const limbs = new Uint32Array(length);
      for (let at = 0; at < length; at += 2) {
        const word = settled(chip.base + RESULT + at * 2);
        limbs[at] = word & 65535;
        limbs[at + 1] = word >>> 16;
      }
      return bytesOf(limbs);
    }

    function finish(power: NumberBytes | undefined): void {
      if (isOurs) {
        change(chip.down, 0, 1);
        change(chip.reset, 0, chip.bit);
        change(chip.enable, chip.bit, 0);
      }
      onDone(power);
    }

    function go(step: Step): void {
      let outcome: Outcome;
      try {
        outcome = pauses-- ? step() : undefined;
      } catch {
        // No outcome.
      }
      if (typeof outcome !== "function") finish(outcome);
      else {
        pause(function () {
          go(outcome as Step);
        });
      }
    }

    go(takeOver);
  }

  /** Whether a modulus fills the memory of its length. */
  function isUsable(modulus: NumberBytes): boolean {
    const bits = modulus.length * 8;
    return bits <= chip.maxBits && bits % chip.stepBits === 0 && modulus >= "\x80";
  }

  return {
    name: "esp32-rsa",
    room: ROOM,
    underWay: 0,
    power: function (key, isPrivate, block, onDone) {
      const tags = ["n=", "nw", isPrivate ? "d=" : "e=", "e=", "nx"];
      const fields = tags.map(function (tag) {
        return fieldOf(key, tag);
      });
      const [modulus, square, exponent, e, inverse] = fields;
      let attempts = ATTEMPTS;

      function attempt(): void {
        exponentiate([modulus, square, exponent, block, inverse], confirm);
      }

      /** x^d to the power of e is x again, and (−x)^e is −(x^e), because e is odd. */
      function confirm(result: NumberBytes | undefined): void {
        if (!result) {
          onDone(undefined);
          return;
        }
        const other = isPrivate ? result : negative(block, modulus);
        const expected = isPrivate ? block : negative(result, modulus);
        exponentiate([modulus, square, e, other, inverse], function (power) {
          if (power === expected && result < modulus && power < modulus) onDone(result);
          else if (power && --attempts) attempt();
          else onDone(undefined);
        });
      }

      if (block.length === modulus.length && block < modulus && square && isUsable(modulus))
        attempt();
      else onDone(undefined);
    },
    prepare: function (modulus, exponent, onDone) {
      if (isUsable(modulus)) prepareKey(FORMAT, "wx", 32, modulus, exponent, pause, onDone);
      else onDone(undefined);
    },
  };
}
