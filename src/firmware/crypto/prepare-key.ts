// What a provider of RSA computes once for every public key: its record (key-record.ts), with R² mod n and
// −1/n. R² is a power of the limbs' base: one, times the base again and again, is divided by n each time.

import { fieldBytes } from "./key-record.js";
import type { LimbFormat, Limbs } from "./limbs.js";
import { settle } from "./rsa.js";
import type { NumberBytes, Pause, ResultHandler } from "./rsa.js";

/** Makes a quotient that is off by the rounding of doubles too small, never too large. */
const NEARLY_ONE = 1 - 1e-12;

/** −1/m modulo 2^bits, of which the last word of an odd m does: `product` is that times m, plus one. */
function negativeInverse(word: number, bits: number): number {
  let inverse = 0;
  let product = 1;
  for (let bit = 1; bits--; bit <<= 1) {
    if (product & bit) {
      inverse |= bit;
      product += word;
    }
    word <<= 1;
  }
  return inverse;
}

/**
 * `tags` are the last letters of those of R² and of −1/n; that has `inverseBits`. The quotient comes from
 * doubles: what is left of a division is below n · (1 + 2^-15), and so one more limb than n has, and a
 * spare one, hold it times the base. Nothing for an even number, which has no inverse.
 */
export function prepareKey(
  format: LimbFormat,
  tags: string,
  inverseBits: number,
  modulus: NumberBytes,
  exponent: NumberBytes,
  pause: Pause,
  onDone: ResultHandler,
): void {
  const { bits, add, toBytes } = format;
  const base = 1 << bits;
  const count = format.count(modulus.length);
  const divisor = format.fromBytes(modulus, count + 2);
  const rest = new Uint32Array(count + 2);
  let power = count;

  /** In units of the highest limb. */
  function sizeOf(limbs: Limbs): number {
    let size = 0;
    for (let index = 0; index < count + 2; index++) size = size / base + limbs[index];
    return size;
  }

  const divisorSize = sizeOf(divisor) / NEARLY_ONE;

  function divide(): void {
    add(rest, rest, base - 1);
    add(rest, divisor, -Math.floor(sizeOf(rest) / divisorSize));
    if (++power < 2 * count) {
      pause(divide);
      return;
    }
    const inverse = negativeInverse(divisor[0] | (divisor[1] << bits), inverseBits);
    settle(
      pause,
      onDone,
      fieldBytes("n=", modulus) +
        fieldBytes("e=", exponent) +
        fieldBytes("n" + tags[0], toBytes(format.reduced(rest, divisor), modulus.length)) +
        fieldBytes(
          "n" + tags[1],
          toBytes([inverse & (base - 1), inverse >>> bits], Math.ceil(inverseBits / 8)),
        ),
    );
  }

  if (divisor[0] & 1) {
    // It begins with a power of the base that is not above n.
    while (!divisor[power]) power--;
    rest[power] = 1;
    pause(divide);
  } else onDone(undefined);
}
