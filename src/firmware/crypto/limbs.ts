// Big numbers as limbs, least significant first, in typed arrays: what the providers of RSA need around
// their multiplication. Limbs have 22 bits (dot-arithmetic.ts), 24 (loop-arithmetic.ts) or 16 (esp32-rsa.ts).

import type { NumberBytes } from "./rsa.js";

export type Limbs = Uint32Array;

export interface LimbFormat {
  /** Of a limb. */
  bits: number;
  /** Limbs for a number of so many bytes: R is 2^(bits · limbs). */
  count(bytes: number): number;
  /** `count` limbs; what has no room in them is left out. */
  fromBytes(bytes: NumberBytes, count: number): Limbs;
  toBytes(limbs: ArrayLike<number>, bytes: number): NumberBytes;
  /** Adds `number`, which may be shorter, so many times (a limb's), in place; negative when the sum is. */
  add(sum: Limbs, number: Limbs, times: number): number;
  /** Below the modulus, in place; gives it back. */
  reduced(number: Limbs, modulus: Limbs): Limbs;
}

/** R is above so many times two (`spareBits`) every number of its bytes. */
export function limbFormat(bits: number, spareBits: number): LimbFormat {
  const base = 1 << bits;
  const mask = base - 1;

  /** Its sums are beyond 32 bits, but exact. */
  function add(sum: Limbs, number: Limbs, times: number): number {
    let carry = 0;
    for (let index = 0; index < sum.length; index++) {
      const value = sum[index] + times * (number[index] || 0) + carry;
      const limb = value & mask;
      sum[index] = limb;
      carry = (value - limb) / base;
    }
    return carry;
  }

  return {
    bits: bits,
    count: function (bytes) {
      return Math.ceil((bytes * 8 + spareBits) / bits);
    },
    fromBytes: function (bytes, count) {
      const limbs = new Uint32Array(count);
      let index = 0;
      let value = 0;
      let valueBits = 0;
      for (let at = bytes.length; at--;) {
        value |= bytes.charCodeAt(at) << valueBits;
        valueBits += 8;
        if (valueBits >= bits) {
          limbs[index++] = value & mask;
          value >>= bits;
          valueBits -= bits;
        }
      }
      limbs[index] = value;
      return limbs;
    },
    toBytes: function (limbs, count) {
      let bytes = "";
      let index = 0;
      let value = 0;
      let valueBits = 0;
      while (bytes.length < count) {
        if (valueBits < 8) {
          value |= limbs[index++] << valueBits;
          valueBits += bits;
        }
        bytes = String.fromCharCode(value & 255) + bytes;
        value >>= 8;
        valueBits -= 8;
      }
      return bytes;
    },
    add: add,
    reduced: function (number, modulus) {
      while (add(number, modulus, -1) >= 0);
      add(number, modulus, 1);
      return number;
    },
  };
}
