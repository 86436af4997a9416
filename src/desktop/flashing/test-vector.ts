// A vector for a board's RSA accelerator: a new key's record, a block, and the block to the power of the public exponent, as
// OpenSSL computes it. Three fields, each behind two bytes of its length.

import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import type { Arithmetic } from "../provisioning/key-record.js";
import { keyRecord } from "../provisioning/key-record.js";

export type TestVector = Buffer;

const BITS = 2048;

export function makeTestVector(arithmetic: Arithmetic): TestVector {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: BITS });
  const block = randomBytes(BITS / 8);
  // Below the modulus, whose first bit is set.
  block[0] &= 0x7f;
  const key = createPublicKey(privateKey);
  const result = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  return Buffer.concat([keyRecord(privateKey, arithmetic), block, result].flatMap(field));
}

function field(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}
