// Montgomery multiplication on Espruino's one native loop over numbers, `E.convolve(a, b, offset)`: the sum
// of a[t] · b[(t + offset) mod b.length]. Product and reduction are summed by columns (finely integrated
// product scanning; Koç, Acar, Kaliski, IEEE Micro 16(3), 1996), one call a column. The factors lie so that
// a column is an offset:
//
//   left    a0 m0 a1 m1 … a(k-1) m(k-1)                     m: the multiples of the modulus x
//   right   b(k-1) x(k-1) … b1 x1 b0 0   and 2k zeros
//
// Sums are exact: 2 · 187 products of 2^44 (4,096 bits) and a carry of 2^31 are below 2^53.
// A column's result goes where its a and b are no longer needed, so that a square needs no copying.

import type { Limbs } from "./limbs.js";
import type { Accumulator, Arithmetic } from "./montgomery.js";

export type DotProduct = (a: Limbs, b: Limbs, offset: number) => number;

const BITS = 22;
const BASE = 1 << BITS;
const MASK = BASE - 1;

/**
 * `tidy` moves what is in memory together (`E.defrag`): numbers that have to lie in pieces take a third more of it, and
 * on 3,400 variables that was too much.
 */
export function dotArithmetic(dot: DotProduct, tidy: () => void): Arithmetic {
  function open(modulus: Limbs, inverse: number): Accumulator {
    tidy();
    const count = modulus.length;
    const lowest = modulus[0];
    const left = new Uint32Array(2 * count);
    const right = new Uint32Array(4 * count);
    for (let index = 1; index < count; index++) right[2 * (count - index) - 1] = modulus[index];

    /** Its variables are few and near, and its loops count down to zero: Espruino searches for each name. */
    function square(): void {
      const a = left;
      const b = right;
      const sumColumn = dot;
      let offset = 2 * count;
      let sum = 0;
      let at = 1;
      let limb;
      while (offset) {
        sum += sumColumn(a, b, (offset -= 2));
        a[at] = limb = ((sum & MASK) * inverse) & MASK;
        at += 2;
        sum = (sum + limb * lowest) / BASE;
      }
      at = 0;
      offset = 4 * count;
      for (let mirror = 2 * count; mirror; at += 2) {
        sum += sumColumn(a, b, (offset -= 2));
        a[at] = b[(mirror -= 2)] = limb = sum & MASK;
        sum = (sum - limb) / BASE;
      }
    }

    return {
      load: function (number) {
        for (let index = 0; index < count; index++) left[2 * index] = number[index];
      },
      square: square,
      multiply: function (number) {
        for (let index = 0, at = 2 * count; index < count; index++)
          right[(at -= 2)] = number[index];
        square();
      },
      number: function () {
        const copy = new Uint32Array(count);
        for (let index = 0; index < count; index++) copy[index] = left[2 * index];
        return copy;
      },
    };
  }

  return { name: "espruino-dot", bits: BITS, tags: "ri", open: open };
}
