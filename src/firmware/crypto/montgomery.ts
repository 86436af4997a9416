// RSA with Montgomery multiplication (P. L. Montgomery, 1985; Handbook of Applied Cryptography, sections
// 14.3.2 and 14.6.1), over limbs that an arithmetic multiplies: dot-arithmetic.ts or loop-arithmetic.ts.
// The private operation uses the primes (RFC 8017 section 5.1.2) and a window of two bits that multiplies
// for every digit, zero too. Numbers are limbs, least significant first; between multiplications they are
// below twice the modulus x only, which holds because R = 2^(bits · limbs) is above four times x.

import { limbFormat } from "./limbs.js";
import type { Limbs } from "./limbs.js";
import { fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import { prepareKey } from "./prepare-key.js";
import { settle } from "./rsa.js";
import type { NumberBytes, Pause, ResultHandler, RsaProvider } from "./rsa.js";

/** One number, and what happens to it; a number may have fewer limbs than the modulus, not more. */
export interface Accumulator {
  /** For `multiply`, which has to come next. */
  load(number: Limbs): void;
  /** Times itself, divided by R, modulo x. */
  square(): void;
  /** Times `number`, divided by R, modulo x. */
  multiply(number: Limbs): void;
  /** A copy. */
  number(): Limbs;
}

/** How limbs are multiplied. */
export interface Arithmetic {
  /** Of the provider that it makes. */
  name: string;
  /** Of a limb. */
  bits: number;
  /** Last letters of the tags of its two constants (key-record.ts). */
  tags: string;
  /** An accumulator for the modulus; `inverse` is −x⁻¹ modulo a limb. */
  open(modulus: Limbs, inverse: number): Accumulator;
}

/** A modulus with its accumulator. */
interface Field {
  modulus: Limbs;
  /** R² modulo the modulus, while it is needed. */
  rr: Limbs;
  accumulator: Accumulator;
}

/** Four would take a quarter less time, with 16 numbers in the table instead of 4: on 3,400 variables there is no room. */
const WINDOW_BITS = 2;

/** Beside the request that asks for a claim key with RSA-2048: of 3,400 variables some 650 are free then. */
const ROOM = 500;

export function createMontgomery(arithmetic: Arithmetic, pause: Pause): RsaProvider {
  const { bits, tags } = arithmetic;
  const format = limbFormat(bits, 2);
  const { count: limbCount, fromBytes, toBytes, add, reduced } = format;

  /** What comes of the result belongs to it still: there may be the next operation in it. */
  function end(onDone: ResultHandler, result: NumberBytes): void {
    pause(function () {
      onDone(result);
      provider.underWay--;
    });
  }

  /** The field of the number that the record holds under `letter`. */
  function openField(key: KeyRecord, letter: string): Field {
    const bytes = fieldOf(key, letter + "=");
    const count = limbCount(bytes.length);
    const modulus = fromBytes(bytes, count);
    const inverse = fromBytes(fieldOf(key, letter + tags[1]), 1);
    return {
      modulus: modulus,
      rr: fromBytes(fieldOf(key, letter + tags[0]), count),
      accumulator: arithmetic.open(modulus, inverse[0]),
    };
  }

  /** a · b / R modulo x, where one may be anything below R. */
  function reducedProduct(field: Field, a: Limbs, b: Limbs): Limbs {
    const { accumulator } = field;
    accumulator.load(a);
    accumulator.multiply(b);
    return reduced(accumulator.number(), field.modulus);
  }

  /** a · b modulo x. */
  function product(field: Field, a: Limbs, b: Limbs): Limbs {
    return reducedProduct(field, reducedProduct(field, a, field.rr), b);
  }

  /** `block` of up to twice the modulus' limbs, in Montgomery form. */
  function enter(field: Field, block: NumberBytes): Limbs {
    const { rr } = field;
    const high = fromBytes(block, rr.length * 2).subarray(rr.length);
    const sum = product(field, high, rr);
    add(sum, reducedProduct(field, fromBytes(block, rr.length), rr), 1);
    return reduced(sum, field.modulus);
  }

  /** The block to the power of the field `tag` modulo the number under `letter`, as limbs. */
  function raise(
    key: KeyRecord,
    letter: string,
    tag: string,
    block: NumberBytes,
    onDone: (power: Limbs) => void,
  ): void {
    const exponent = fieldOf(key, tag);
    const width = letter === "n" ? 1 : WINDOW_BITS;
    const field = openField(key, letter);
    const { accumulator, modulus } = field;
    let table: Limbs[] = [];
    let base: Limbs | undefined;
    // The first digit is the short one, with zeros in front; a public exponent begins behind its first one.
    let bit = -((width - ((exponent.length * 8) % width)) % width);
    const firstBit = bit;
    if (width === 1) while (!bitAt(bit++));

    function bitAt(index: number): number {
      return (exponent.charCodeAt(index >> 3) >> (7 - (index & 7))) & 1;
    }

    /** Made anew where it is needed: between its two uses lie seconds in which memory is short. */
    function unit(): Limbs {
      return fromBytes("\x01", modulus.length);
    }

    /** For a public exponent there is no table: what was made is still there for the first square. */
    function enterPublic(): Limbs {
      const number = reducedProduct(field, fromBytes(block, modulus.length), field.rr);
      field.rr = modulus;
      table = [number, number];
      return number;
    }

    function takeDigit(): void {
      let digit = 0;
      // One, which the first digit begins with.
      if (bit === firstBit) reducedProduct(field, table[0], table[0]);
      for (let count = width; count--; bit++) {
        digit = digit * 2 + bitAt(bit);
        accumulator.square();
      }
      // A public exponent is no secret: there a digit of zero costs nothing.
      if (digit || width > 1) accumulator.multiply(table[digit]);
    }

    function step(): void {
      if (!base) base = width > 1 ? enter(field, block) : enterPublic();
      else if (!table.length) {
        table.push(reducedProduct(field, field.rr, unit()));
        // Its memory is free for the rest of the table.
        field.rr = modulus;
      } else if (table.length < 1 << width) {
        // The power before is still there.
        accumulator.multiply(base);
        table.push(table.length > 1 ? accumulator.number() : base);
      } else if (bit < exponent.length * 8) takeDigit();
      else {
        table.forEach(function (number) {
          add(number, number, -1);
        });
        // What comes next needs the memory.
        table = [];
        // Espruino keeps all that a function is given as long as anything in it is used: here that ends.
        settle(pause, onDone, reducedProduct(field, accumulator.number(), unit()));
        return;
      }
      pause(step);
    }

    pause(step);
  }

  /** (m1 − m2) · q⁻¹ modulo p; its field is gone with it. */
  function difference(key: KeyRecord, m1: Limbs, m2: Limbs): Limbs {
    const p = openField(key, "p");
    let sign = add(m1, m2, -1);
    while (sign < 0) sign += add(m1, p.modulus, 1);
    return product(p, m1, fromBytes(fieldOf(key, "iq"), m1.length));
  }

  /** m2 + h · q, which is below n: no field of its size, the largest of all, is needed. */
  function joined(key: KeyRecord, m2: Limbs, h: Limbs, bytes: number): NumberBytes {
    const q = fromBytes(fieldOf(key, "q="), m2.length);
    const result = fromBytes("", limbCount(bytes));
    for (let at = 0; at < q.length; at++) add(result.subarray(at, at + h.length + 1), h, q[at]);
    add(result, m2, 1);
    return toBytes(result, bytes);
  }

  /** RFC 8017 section 5.1.2, step 2b. */
  function privatePower(key: KeyRecord, block: NumberBytes, onDone: ResultHandler): void {
    raise(key, "q", "dq", block, function (m2) {
      raise(key, "p", "dp", block, function (m1) {
        const h = difference(key, m1, m2);
        pause(function () {
          end(onDone, joined(key, m2, h, block.length));
        });
      });
    });
  }

  const provider: RsaProvider = {
    name: arithmetic.name,
    room: ROOM,
    underWay: 0,
    power: function (key, isPrivate, block, onDone) {
      const modulus = fieldOf(key, "n=");
      const letters = isPrivate ? ["n", "p", "q"] : ["n"];
      const isPossible =
        block.length === modulus.length &&
        block < modulus &&
        letters.every(function (letter) {
          return fieldOf(key, letter + tags[0]) !== "";
        });
      if (!isPossible) {
        onDone(undefined);
        return;
      }
      provider.underWay++;
      // What led here, a stanza and all who took it on, gives its memory back first.
      pause(function () {
        if (isPrivate) privatePower(key, block, onDone);
        else {
          raise(key, "n", "e=", block, function (power) {
            end(onDone, toBytes(power, block.length));
          });
        }
      });
    },
    prepare: function (modulus, exponent, onDone) {
      pause(function () {
        prepareKey(format, tags, bits, modulus, exponent, pause, onDone);
      });
    },
  };
  return provider;
}
