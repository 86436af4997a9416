// Montgomery multiplication in plain loops, for engines without anything better (coarsely integrated
// operand scanning; Koç, Acar, Kaliski, IEEE Micro 16(3), 1996). Limbs of 24 bits in doubles: two products
// and a carry are below 2^50.

import type { Limbs } from "./limbs.js";
import type { Accumulator, Arithmetic } from "./montgomery.js";

const BITS = 24;
const BASE = 1 << BITS;
const MASK = BASE - 1;

function open(modulus: Limbs, inverse: number): Accumulator {
  const count = modulus.length;
  let value = new Uint32Array(count);

  function multiply(number: Limbs): void {
    const product = new Uint32Array(count);
    for (let row = 0; row < count; row++) {
      const factor = number[row] || 0;
      let sum = product[0] + value[0] * factor;
      const multiple = ((sum & MASK) * inverse) & MASK;
      sum = (sum + multiple * modulus[0]) / BASE;
      for (let index = 1; index < count; index++) {
        sum += product[index] + value[index] * factor + multiple * modulus[index];
        const limb = sum & MASK;
        product[index - 1] = limb;
        sum = (sum - limb) / BASE;
      }
      product[count - 1] = sum;
    }
    value = product;
  }

  return {
    load: function (number) {
      value = new Uint32Array(count);
      value.set(number);
    },
    square: function () {
      multiply(value);
    },
    multiply: multiply,
    number: function () {
      return new Uint32Array(value);
    },
  };
}

export const LOOP_ARITHMETIC: Arithmetic = {
  name: "portable",
  bits: BITS,
  tags: "RI",
  open: open,
};
