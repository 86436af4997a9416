// Big numbers as limbs, least significant first, in typed arrays: what Montgomery multiplication needs
// around itself. Limbs have 22 bits (dot-arithmetic.ts) or 24 (loop-arithmetic.ts).

import type { NumberBytes } from "./rsa.js";

export type Limbs = Uint32Array;

export interface LimbFormat {
  /** So many limbs that R = 2^(bits · limbs) is above four times every number of so many bytes. */
  count(bytes: number): number;
  fromBytes(bytes: NumberBytes, count: number): Limbs;
  toBytes(limbs: Limbs, bytes: number): NumberBytes;
  /** Adds `number` so many times, in place; negative when the sum is. */
  add(sum: Limbs, number: Limbs, times: number): number;
  /** Below the modulus, in place; gives it back. */
  reduce(number: Limbs, modulus: Limbs): Limbs;
}

export function limbFormat(bits: number): LimbFormat {
  const base = 1 << bits;
  const mask = base - 1;

  function add(sum: Limbs, number: Limbs, times: number): number {
    let carry = 0;
    for (let index = 0; index < sum.length; index++) {
      const value = sum[index] + times * number[index] + carry;
      sum[index] = value & mask;
      carry = value >> bits;
    }
    return carry;
  }

  return {
    count: function (bytes) {
      return Math.ceil((bytes * 8 + 2) / bits);
    },
    fromBytes: function (bytes, count) {
      const limbs = new Uint32Array(count);
      let bit = 0;
      for (let at = bytes.length; at--; bit += 8) {
        const index = Math.floor(bit / bits);
        const value = bytes.charCodeAt(at) << (bit % bits);
        limbs[index] |= value & mask;
        if (value >= base) limbs[index + 1] = value >> bits;
      }
      return limbs;
    },
    toBytes: function (limbs, count) {
      let bytes = "";
      for (let bit = (count - 1) * 8; bit >= 0; bit -= 8) {
        const index = Math.floor(bit / bits);
        const shift = bit % bits;
        // A byte can lie across two limbs.
        const high = (limbs[index + 1] || 0) * (1 << (bits - shift));
        bytes += String.fromCharCode(((limbs[index] >> shift) + high) & 255);
      }
      return bytes;
    },
    add: add,
    reduce: function (number, modulus) {
      while (add(number, modulus, -1) >= 0);
      add(number, modulus, 1);
      return number;
    },
  };
}
