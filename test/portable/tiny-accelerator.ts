// Registers of an RSA accelerator for one modulus, 2^64 − 59, in plain ES5: enough to run the driver on every
// engine. The strict model, for real lengths, is test/support/rsa-accelerator.ts.

import type { Accelerator } from "../../src/firmware/board.js";

/** Made up, as the lengths are; addresses are above 2^29, as real ones. */
export const TINY_CHIP: Accelerator = {
  stepBits: 32,
  maxBits: 512,
  base: 0x6003c000,
  go: 0x80c,
  done: 0x818,
  clear: 0x81c,
  clean: 0x808,
  enable: 0x600c0014,
  reset: 0x600c001c,
  bit: 8,
  down: 0x600c0038,
};

/** Limbs of 16 bits, the lowest first. */
type Number64 = number[];

/** What the modulus is below 2^64. */
const BELOW = 59;
const OTHERS = 0xf0000361;

export interface TinyAccelerator {
  peek(address: number): number;
  poke(address: number, word: number): void;
  /** Clock off, in reset, no power; other peripherals' bits as at first. */
  isReleased(): boolean;
}

/** Leaves 16 bits in each limb, and gives back what is above the last. */
function carryOver(limbs: number[]): number {
  let carry = 0;
  for (let at = 0; at < limbs.length; at++) {
    carry += limbs[at];
    limbs[at] = carry % 65536;
    carry = Math.floor(carry / 65536);
  }
  return carry;
}

/** Modulo 2^64 − 59, where 2^64 is 59. */
function product(a: Number64, b: Number64): Number64 {
  const sums = [0, 0, 0, 0, 0, 0, 0, 0];
  a.forEach(function (first, index) {
    for (let at = 0; at < 4; at++) sums[index + at] += first * b[at];
  });
  carryOver(sums);
  const result = sums.slice(0, 4).map(function (limb, index) {
    return limb + sums[index + 4] * BELOW;
  });
  for (let above = carryOver(result); above; above = carryOver(result)) result[0] += above * BELOW;
  return result;
}

function power(x: Number64, y: Number64): Number64 {
  let result = [1, 0, 0, 0];
  for (let bit = 63; bit >= 0; bit--) {
    result = product(result, result);
    if ((y[bit >> 4] >> (bit & 15)) & 1) result = product(result, x);
  }
  const reduced = result.slice();
  reduced[0] += BELOW;
  return carryOver(reduced) ? reduced : result;
}

/** Every so many reads one is wrong; never, if 0. */
export function createTinyAccelerator(wrongEvery: number): TinyAccelerator {
  const words: { [address: string]: number } = {};
  let reads = 0;
  let polls = 0;
  words[TINY_CHIP.enable] = OTHERS;
  words[TINY_CHIP.reset] = (OTHERS | 24) >>> 0;
  words[TINY_CHIP.down] = 1;

  function number(block: number): Number64 {
    const low = words[TINY_CHIP.base + block] || 0;
    const high = words[TINY_CHIP.base + block + 4] || 0;
    return [low & 65535, low >>> 16, high & 65535, high >>> 16];
  }

  function compute(): void {
    if (number(0).join() !== "65477,65535,65535,65535") throw new Error("not the modulus");
    const result = power(number(0x600), number(0x400));
    const at = TINY_CHIP.base + 0x200;
    words[at] = (result[0] | (result[1] << 16)) >>> 0;
    words[at + 4] = (result[2] | (result[3] << 16)) >>> 0;
  }

  function isAlive(): boolean {
    const isClocked = words[TINY_CHIP.enable] & 8;
    return !!isClocked && !(words[TINY_CHIP.reset] & 24) && !(words[TINY_CHIP.down] & 1);
  }

  function read(place: number): number {
    if (place === TINY_CHIP.clean) return 1;
    if (place === TINY_CHIP.done) return polls && !--polls ? (polls = 1) : 0;
    if (place < 0x200 || place > 0x207) throw new Error("read of " + place);
    return words[TINY_CHIP.base + place];
  }

  return {
    peek: function (address) {
      const place = address - TINY_CHIP.base;
      let word = words[address];
      if (place >= 0 && place < 0x1000) {
        if (!isAlive()) throw new Error("read of a dead accelerator");
        word = read(place);
      }
      return wrongEvery && ++reads % wrongEvery === 0 ? (word ^ 0x55) >>> 0 : word;
    },
    poke: function (address, word) {
      const place = address - TINY_CHIP.base;
      if (place >= 0 && place < 0x1000 && !isAlive()) throw new Error("write when dead");
      if (place === TINY_CHIP.clear) polls = 0;
      else if (place === TINY_CHIP.go) {
        if (words[TINY_CHIP.base + 0x804] !== 1) throw new Error("mode");
        compute();
        polls = 5;
      } else words[address] = word;
    },
    isReleased: function () {
      return (
        words[TINY_CHIP.enable] === OTHERS &&
        (words[TINY_CHIP.reset] | 16) >>> 0 === (OTHERS | 24) >>> 0 &&
        words[TINY_CHIP.down] === 1
      );
    },
  };
}
