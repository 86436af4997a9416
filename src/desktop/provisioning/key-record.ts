// The key file of a board, microspime.key: fields one after the other, each a tag of two letters, two bytes
// of length and its bytes, as the head of src/firmware/crypto/key-record.ts lists them. Beside the key it
// holds what Montgomery multiplication needs computed beforehand (P. L. Montgomery, 1985; Menezes et al.,
// Handbook of Applied Cryptography, section 14.3.2), since the board has no big numbers to compute it with.

import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { bitLength, numbersOf, withGreaterFirst } from "./rsa-numbers.js";
import type { RsaNumbers } from "./rsa-numbers.js";

/** Which constants a board's arithmetic wants. */
export interface Arithmetic {
  readonly limbBits: 22 | 24;
  /** Those of the ESP32's RSA accelerator too. */
  readonly accelerator: boolean;
}

export function keyRecord(key: KeyObject, { limbBits, accelerator }: Arithmetic): Buffer {
  const numbers = withGreaterFirst(numbersOf(key));
  const { n, p, q } = numbers;
  return Buffer.concat([
    ...numberFields(numbers),
    ...limbFields("n", n, lengthOf(n), limbBits),
    ...limbFields("p", p, lengthOf(p), limbBits),
    ...limbFields("q", q, lengthOf(p), limbBits),
    ...(accelerator ? wordFields(n) : []),
    bytesField("kt", knownAnswer(key)),
  ]);
}

/** What belongs to the smaller prime is as long as what belongs to the other. */
function numberFields({ n, e, d, p, q, dp, dq, qInv }: RsaNumbers): Buffer[] {
  return [
    numberField("n=", n),
    numberField("e=", e),
    numberField("d=", d, n),
    numberField("p=", p),
    numberField("q=", q, p),
    numberField("dp", dp, p),
    numberField("dq", dq, p),
    numberField("iq", qInv, p),
  ];
}

/** Of a public key, for boards that verify by it and have nobody to ask for it. */
export function publicKeyRecord(key: KeyObject, { limbBits, accelerator }: Arithmetic): Buffer {
  const { n, e } = numbersOf(key);
  return Buffer.concat([
    numberField("n=", n),
    numberField("e=", e),
    ...limbFields("n", n, lengthOf(n), limbBits),
    ...(accelerator ? wordFields(n) : []),
  ]);
}

const LIMB_TAGS = { 22: ["r", "i"], 24: ["R", "I"] } as const;
/** Room for 24 bits: it is written as whole bytes. */
const LIMB_BYTES = 3;

/**
 * For a modulus in a field of so many bytes, R = 2^(k·limbBits): R² mod x and −x⁻¹ mod 2^limbBits. The k
 * limbs leave two bits free, so that sums of products need no reduction on the board.
 */
function limbFields(name: string, modulus: bigint, bytes: number, limbBits: 22 | 24): Buffer[] {
  const [square, inverse] = LIMB_TAGS[limbBits];
  const limbs = Math.ceil((8 * bytes + 2) / limbBits);
  return [
    bytesField(name + square, bytesOf(squareOfR(limbs * limbBits, modulus), bytes)),
    bytesField(name + inverse, bytesOf(negativeInverse(modulus, limbBits), LIMB_BYTES)),
  ];
}

const WORD_BITS = 32;

/** The accelerator takes whole words only: a modulus that does not fill them has nothing to give it. */
function wordFields(modulus: bigint): Buffer[] {
  const bits = bitLength(modulus);
  if (bits % WORD_BITS !== 0) return [];
  return [
    numberField("nw", squareOfR(bits, modulus), modulus),
    bytesField("nx", bytesOf(negativeInverse(modulus, WORD_BITS), WORD_BITS / 8)),
  ];
}

function squareOfR(bitsOfR: number, modulus: bigint): bigint {
  return (1n << BigInt(2 * bitsOfR)) % modulus;
}

/** −m⁻¹ mod 2^bits of an odd m, by Newton: each step doubles the bits that are right. */
function negativeInverse(modulus: bigint, bits: number): bigint {
  const mask = (1n << BigInt(bits)) - 1n;
  let inverse = 1n;
  for (let right = 1; right < bits; right *= 2) {
    inverse = (inverse * (2n - modulus * inverse)) & mask;
  }
  return -inverse & mask;
}

/** What the board's arithmetic has to make of 00 5A 5A … 5A before it is trusted. */
function knownAnswer(key: KeyObject): Buffer {
  const block = Buffer.alloc(lengthOf(numbersOf(key).n), 0x5a);
  block[0] = 0;
  const padding = constants.RSA_NO_PADDING;
  return publicEncrypt({ key: createPublicKey(key), padding }, block);
}

/** As long as the modulus to which it belongs, or as itself. */
function numberField(tag: string, value: bigint, modulus: bigint = value): Buffer {
  return bytesField(tag, bytesOf(value, lengthOf(modulus)));
}

function bytesField(tag: string, bytes: Buffer): Buffer {
  const head = Buffer.from(`${tag}\0\0`, "latin1");
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function lengthOf(value: bigint): number {
  return Math.ceil(bitLength(value) / 8);
}

function bytesOf(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
}
