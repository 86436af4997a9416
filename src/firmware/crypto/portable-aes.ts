// AES-256 (FIPS 197, section numbers below) in CBC mode (NIST SP 800-38A section 6.2) for engines without a
// native one. The S-boxes are computed: tables cost flash. Time depends on the data, as with every table.

import { BLOCK_BYTES, KEY_BYTES } from "./cipher.js";
import type { Cipher } from "./cipher.js";

/** Bytes as numbers; a block column by column (section 3.4). */
type Bytes = number[];

const ROUNDS = 14;

/** Section 4.2.1: times x, modulo x^8 + x^4 + x^3 + x + 1. */
function timesX(byte: number): number {
  return (byte << 1) ^ (byte & 0x80 ? 0x11b : 0);
}

/** Section 5.1.1: the inverse in GF(2^8), then an affine map of its bits. */
const SUBSTITUTE: Bytes = [];
const RESTORE: Bytes = [];

function computeBoxes(): void {
  // The powers of x + 1 are all bytes but 0, and power 255 - n is the inverse of power n.
  const powers: Bytes = [];
  for (let power = 1; powers.length < 255; power ^= timesX(power)) powers.push(power);
  for (let index = 0; index < 256; index++) {
    const inverse = index < 255 ? powers[(255 - index) % 255] : 0;
    const twice = inverse * 0x101;
    const mapped =
      (inverse ^ (twice >> 4) ^ (twice >> 5) ^ (twice >> 6) ^ (twice >> 7) ^ 0x63) & 255;
    const byte = index < 255 ? powers[index] : 0;
    SUBSTITUTE[byte] = mapped;
    RESTORE[mapped] = byte;
  }
}

computeBoxes();

function bytesOf(text: string): Bytes {
  const bytes: Bytes = [];
  for (let at = 0; at < text.length; at++) bytes.push(text.charCodeAt(at));
  return bytes;
}

/** With what is in `b` from a place on: a copy of it would take longer than the rest. */
function xor(a: Bytes, b: Bytes, from: number): Bytes {
  return a.map((byte, index) => byte ^ b[from + index]);
}

/** Section 5.2: a key for each round and one before the first, one after the other. */
function expandKey(key: string): Bytes {
  let all = bytesOf(key);
  let constant = 1;
  while (all.length < BLOCK_BYTES * (ROUNDS + 1)) {
    const place = all.length % KEY_BYTES;
    let word = all.slice(-4);
    if (place === 0) {
      word.push(word.shift()!);
      word = word.map((byte) => SUBSTITUTE[byte]);
      word[0] ^= constant;
      constant = timesX(constant);
    } else if (place === 16) word = word.map((byte) => SUBSTITUTE[byte]);
    all = all.concat(xor(word, all, all.length - KEY_BYTES));
  }
  return all;
}

function addRoundKey(block: Bytes, keys: Bytes, round: number): Bytes {
  return xor(block, keys, round * BLOCK_BYTES);
}

/** Sections 5.1.1 and 5.1.2, or 5.3.1 and 5.3.2: row r goes r columns on, which is five or 13 places. */
function substituteAndShift(block: Bytes, box: Bytes, step: number): Bytes {
  return block.map((_, index) => box[block[(index * step) % BLOCK_BYTES]]);
}

/** Section 5.1.3. */
function mixColumns(block: Bytes): Bytes {
  return block.map(function (byte, index) {
    const column = index & 12;
    const all = block[column] ^ block[column + 1] ^ block[column + 2] ^ block[column + 3];
    return byte ^ all ^ timesX(byte ^ block[column + ((index + 1) & 3)]);
  });
}

/** Section 5.3.3: its polynomial is that of section 5.1.3 times 4x^2 + 5. */
function unmixColumns(block: Bytes): Bytes {
  return mixColumns(block.map((byte, index) => byte ^ timesX(timesX(byte ^ block[index ^ 2]))));
}

/** Section 5.1. */
function encryptBlock(keys: Bytes, block: Bytes): Bytes {
  block = addRoundKey(block, keys, 0);
  for (let round = 1; round <= ROUNDS; round++) {
    block = substituteAndShift(block, SUBSTITUTE, 5);
    block = addRoundKey(round < ROUNDS ? mixColumns(block) : block, keys, round);
  }
  return block;
}

/** Section 5.3. */
function decryptBlock(keys: Bytes, block: Bytes): Bytes {
  block = addRoundKey(block, keys, ROUNDS);
  for (let round = ROUNDS - 1; round >= 0; round--) {
    block = addRoundKey(substituteAndShift(block, RESTORE, 13), keys, round);
    if (round) block = unmixColumns(block);
  }
  return block;
}

/** What `change` makes of each block, joined. */
function eachBlock(bytes: string, change: (block: Bytes) => Bytes): string {
  let changed = "";
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = change(bytesOf(bytes.slice(at, at + BLOCK_BYTES)));
    changed += String.fromCharCode.apply(null, block);
  }
  return changed;
}

export const PORTABLE_CIPHER: Cipher = {
  encipher: function (key, iv, bytes) {
    const keys = expandKey(key);
    let last = bytesOf(iv);
    return eachBlock(bytes, function (block) {
      last = encryptBlock(keys, xor(block, last, 0));
      return last;
    });
  },
  decipher: function (key, iv, bytes) {
    const keys = expandKey(key);
    let last = bytesOf(iv);
    return eachBlock(bytes, function (block) {
      const plain = xor(decryptBlock(keys, block), last, 0);
      last = block;
      return plain;
    });
  },
};
