// RSA with Montgomery multiplication (P. L. Montgomery, 1985; Handbook of Applied Cryptography, sections
// 14.3.2 and 14.6.1), over limbs that an arithmetic multiplies: dot-arithmetic.ts or loop-arithmetic.ts.
// The private operation uses the primes (RFC 8017 section 5.1.2) and a window of four bits that multiplies
// for every digit, zero too. Numbers are limbs, least significant first; between multiplications they are
// below twice the modulus x only, which holds because R = 2^(bits · limbs) is above four times x.

import { limbFormat } from "./limbs.js";
import type { Limbs } from "./limbs.js";
import { fieldBytes, fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import type { NumberBytes, Pause, ResultHandler, RsaProvider } from "./rsa.js";

/** One number, and what happens to it; all numbers are as many limbs as the modulus. */
export interface Accumulator {
  set(number: Limbs): void;
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
  /** R² modulo the modulus. */
  rr: Limbs;
  accumulator: Accumulator;
  /** Bytes of the modulus. */
  bytes: number;
}

type FieldHandler = (field: Field | undefined) => void;

const WINDOW_BITS = 4;
/** R has less than 8,192 bits. */
const TOP_OF_R_BITS = 4096;

/** Big-endian bytes as a number below 2^53. */
function integerOf(bytes: string): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = value * 256 + bytes.charCodeAt(at);
  return value;
}

export function createMontgomery(arithmetic: Arithmetic, pause: Pause): RsaProvider {
  const { bits, tags } = arithmetic;
  const { count: limbCount, fromBytes, toBytes, add, reduce } = limbFormat(bits);
  const mask = (1 << bits) - 1;

  function unit(count: number): Limbs {
    const one = new Uint32Array(count);
    one[0] = 1;
    return one;
  }

  /** The field of the number that the record holds under `letter`. */
  function openField(key: KeyRecord, letter: string): Field | undefined {
    const bytes = fieldOf(key, letter + "=");
    const rr = fieldOf(key, letter + tags.charAt(0));
    if (!rr) return undefined;
    const count = limbCount(bytes.length);
    const modulus = fromBytes(bytes, count);
    const inverse = integerOf(fieldOf(key, letter + tags.charAt(1)));
    return {
      modulus,
      rr: fromBytes(rr, count),
      accumulator: arithmetic.open(modulus, inverse),
      bytes: bytes.length,
    };
  }

  /** The accumulator's number, in Montgomery form, to the power of `exponent`. */
  function raise(field: Field, exponent: NumberBytes, width: number, onDone: FieldHandler): void {
    const { accumulator, rr } = field;
    const table = [rr, accumulator.number()];
    const digits = (exponent.length * 8) / width;
    let at = 0;

    function takeDigit(): void {
      const bit = at++ * width;
      const shift = 8 - width - (bit % 8);
      const digit = (exponent.charCodeAt(bit >> 3) >> shift) & ((1 << width) - 1);
      for (let count = width; count--;) accumulator.square();
      // A public exponent is no secret: there a digit of zero costs nothing.
      if (digit || width > 1) accumulator.multiply(table[digit]);
    }

    function step(): void {
      if (table.length < 1 << width) {
        accumulator.multiply(table[1]);
        table.push(accumulator.number());
      } else if (table[0] === rr) {
        accumulator.set(rr);
        accumulator.multiply(unit(rr.length));
        table[0] = accumulator.number();
      } else if (at < digits) takeDigit();
      else {
        // Not `fill`, which Duktape has not.
        table.forEach((number) => number.set(new Uint32Array(rr.length)));
        onDone(field);
        return;
      }
      pause(step);
    }

    step();
  }

  /** `block` of up to twice the modulus' limbs into the accumulator, in Montgomery form. */
  function enter(field: Field, block: NumberBytes): void {
    const { accumulator, rr, modulus } = field;
    const count = modulus.length;
    const limbs = fromBytes(block, count * 2);
    accumulator.set(limbs.subarray(count));
    accumulator.multiply(rr);
    accumulator.multiply(rr);
    const high = accumulator.number();
    accumulator.set(limbs.subarray(0, count));
    accumulator.multiply(rr);
    add(high, accumulator.number(), 1);
    accumulator.set(reduce(high, modulus));
  }

  /** The accumulator's number times `factor`, out of Montgomery form. */
  function leave(field: Field, factor: Limbs): Limbs {
    field.accumulator.multiply(factor);
    return reduce(field.accumulator.number(), field.modulus);
  }

  /** h·q + m2, which is below n (RFC 8017 section 5.1.2, step 2b). */
  function combine(key: KeyRecord, h: Limbs, m2: Limbs): NumberBytes {
    const n = openField(key, "n")!;
    const wide = new Uint32Array(n.modulus.length);
    wide.set(h);
    n.accumulator.set(wide);
    n.accumulator.multiply(n.rr);
    const product = leave(n, fromBytes(fieldOf(key, "q="), wide.length));
    // As many limbs as h.
    wide.set(m2);
    add(product, wide, 1);
    return toBytes(product, n.bytes);
  }

  /** The block, in Montgomery form, to the power of `exponent` modulo the number under `letter`. */
  function powerModulo(
    key: KeyRecord,
    letter: string,
    exponent: NumberBytes,
    block: NumberBytes,
    onDone: FieldHandler,
  ): void {
    const field = openField(key, letter);
    if (!field) {
      onDone(undefined);
      return;
    }
    pause(function () {
      enter(field, block);
      raise(field, exponent, letter === "n" ? 1 : WINDOW_BITS, onDone);
    });
  }

  function privatePower(key: KeyRecord, block: NumberBytes, onDone: ResultHandler): void {
    powerModulo(key, "q", fieldOf(key, "dq"), block, function (q) {
      const m2 = q && leave(q, unit(q.modulus.length));
      powerModulo(key, "p", fieldOf(key, "dp"), block, function (p) {
        if (!p || !m2) {
          onDone(undefined);
          return;
        }
        const inverse = fromBytes(fieldOf(key, "iq"), m2.length);
        const h = leave(p, inverse);
        p.accumulator.set(m2);
        p.accumulator.multiply(p.rr);
        if (add(h, leave(p, inverse), -1) < 0) add(h, p.modulus, 1);
        pause(function () {
          onDone(combine(key, h, m2));
        });
      });
    });
  }

  function power(
    key: KeyRecord,
    isPrivate: boolean,
    block: NumberBytes,
    onDone: ResultHandler,
  ): void {
    const modulus = fieldOf(key, "n=");
    const isPossible = block.length === modulus.length && block < modulus;
    // The private power needs the constants of n too, at its end.
    if (!isPossible || !fieldOf(key, "n" + tags.charAt(0))) onDone(undefined);
    else if (isPrivate) privatePower(key, block, onDone);
    else publicPower(key, block, onDone);
  }

  function publicPower(key: KeyRecord, block: NumberBytes, onDone: ResultHandler): void {
    powerModulo(key, "n", fieldOf(key, "e="), block, function (n) {
      onDone(n && toBytes(leave(n, unit(n.modulus.length)), n.bytes));
    });
  }

  /** −x⁻¹ modulo a limb, by Newton: each step doubles the bits that are right. */
  function negativeInverse(limb: number): number {
    let inverse = 1;
    for (let step = 0; step < 5; step++) {
      inverse = (inverse * ((2 - ((limb * inverse) & mask)) & mask)) & mask;
    }
    return mask + 1 - inverse;
  }

  /** R² modulo x, without a division: R by doubling, then R² as 2 to the power of the bits of R. */
  function prepare(modulus: NumberBytes, exponent: NumberBytes, onDone: ResultHandler): void {
    const count = limbCount(modulus.length);
    const limbs = fromBytes(modulus, count);
    const inverse = negativeInverse(limbs[0]);
    const accumulator = arithmetic.open(limbs, inverse);
    const rBits = count * bits;
    let number = new Uint32Array(count);
    let bit = rBits - 1;
    let power2 = TOP_OF_R_BITS;

    function double(): void {
      add(number, number, 1);
      reduce(number, limbs);
    }

    function step(): void {
      if (++bit < rBits) double();
      else if (power2) {
        accumulator.set(number);
        accumulator.square();
        number = accumulator.number();
        if (rBits & power2) double();
        power2 >>= 1;
      } else {
        onDone(
          publicRecord(modulus, exponent, toBytes(reduce(number, limbs), modulus.length), inverse),
        );
        return;
      }
      pause(step);
    }

    // Zero or even: it comes from elsewhere, and would have no end or no inverse.
    if (!(limbs[0] & 1)) {
      onDone(undefined);
      return;
    }
    // The highest power of two in the modulus, which is below it.
    while (!((limbs[Math.floor(bit / bits)] >> (bit % bits)) & 1)) bit--;
    number[Math.floor(bit / bits)] = 1 << (bit % bits);
    bit--;
    step();
  }

  function publicRecord(
    modulus: NumberBytes,
    exponent: NumberBytes,
    rr: NumberBytes,
    inverse: number,
  ): KeyRecord {
    return (
      fieldBytes("n=", modulus) +
      fieldBytes("e=", exponent) +
      fieldBytes("n" + tags.charAt(0), rr) +
      fieldBytes(
        "n" + tags.charAt(1),
        String.fromCharCode(inverse >> 16, (inverse >> 8) & 255, inverse & 255),
      )
    );
  }

  return { name: arithmetic.name, power: power, prepare: prepare };
}
