// RSA with PKCS#1 v1.5 blocks (RFC 2313 section 8.1), as OpenSpime uses it:
//
//   type 1, by the private key:  00 01 FF … FF 00 D      at least eight FF
//   type 2, to a public key:     00 02 PS      00 D      PS: at least eight octets, random, not zero
//
// D is a bare SHA-1 digest or a piece of text: there is no DigestInfo. Node's own removal of the padding is
// not used: a signature is compared with the only block it may be (Bleichenbacher's forgery of 2006 lives
// on parsing), and type 2 is refused by Node 20 where its OpenSSL has no implicit rejection.

import {
  constants,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
} from "node:crypto";
import { timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { keyBytesOf } from "./keys.js";

/** Two headers, eight octets of padding, one zero. */
export const PADDING_BYTES = 11;

/** More than any text of the protocol takes, with white space in it: bounds what a stanza can cost. */
const MAX_CHUNKS = 8;

const { RSA_NO_PADDING, RSA_PKCS1_PADDING } = constants;

/** A block of type 1. */
export function sealWithPrivateKey(data: Buffer, key: KeyObject): Buffer {
  return privateEncrypt({ key, padding: RSA_PKCS1_PADDING }, data);
}

/** Whether the block is of type 1 and holds just this. */
export function isSealOf(data: Buffer, block: Buffer, key: KeyObject): boolean {
  if (block.length !== keyBytesOf(key)) return false;
  const opened = apply(() => publicDecrypt({ key, padding: RSA_NO_PADDING }, block));
  return opened !== undefined && timingSafeEqual(opened, blockOfType1(data, block.length));
}

function blockOfType1(data: Buffer, length: number): Buffer {
  const block = Buffer.alloc(length, 0xff);
  block[0] = 0;
  block[1] = 1;
  block[length - data.length - 1] = 0;
  data.copy(block, length - data.length);
  return block;
}

/** Blocks of type 1, one for each piece of keyBytes − 11. */
export function sealChunks(data: Buffer, key: KeyObject): Buffer {
  const pieces = cut(data, keyBytesOf(key) - PADDING_BYTES);
  return Buffer.concat(pieces.map((piece) => sealWithPrivateKey(piece, key)));
}

/**
 * What such blocks hold; undefined if one is none, or if one but the last is not full. Unlike a signature
 * it is not known beforehand: whoever reads it has to refuse what is not UTF-8, and text with anything beside what
 * it is to say, since with a small exponent that is where a forger's rubbish goes.
 */
export function openSealedChunks(data: Buffer, key: KeyObject): Buffer | undefined {
  const size = keyBytesOf(key);
  if (data.length === 0 || data.length % size !== 0) return undefined;
  if (data.length > MAX_CHUNKS * size) return undefined;
  const pieces = cut(data, size).map((block) => openType1(block, key));
  const isWhole = (piece: Buffer | undefined, index: number) =>
    piece !== undefined && (index === pieces.length - 1 || piece.length === size - PADDING_BYTES);
  return pieces.every(isWhole) ? Buffer.concat(pieces as Buffer[]) : undefined;
}

function openType1(block: Buffer, key: KeyObject): Buffer | undefined {
  const opened = apply(() => publicDecrypt({ key, padding: RSA_NO_PADDING }, block));
  const zero = opened?.indexOf(0, 2) ?? -1;
  if (opened === undefined || zero < PADDING_BYTES - 1) return undefined;
  const piece = opened.subarray(zero + 1);
  return opened.equals(blockOfType1(piece, opened.length)) ? piece : undefined;
}

/** Blocks of type 2, one for each piece of keyBytes − 11. */
export function encryptChunks(data: Buffer, key: KeyObject): Buffer {
  const room = keyBytesOf(key) - PADDING_BYTES;
  const pieces = cut(data, room);
  return Buffer.concat(
    pieces.map((piece) => publicEncrypt({ key, padding: RSA_PKCS1_PADDING }, piece)),
  );
}

/** Undefined whatever is wrong; every block is opened all the same. */
export function decryptChunks(data: Buffer, key: KeyObject): Buffer | undefined {
  const size = keyBytesOf(key);
  if (data.length === 0 || data.length % size !== 0) return undefined;
  if (data.length > MAX_CHUNKS * size) return undefined;
  const pieces = cut(data, size).map((block) => openType2(block, key));
  const opened = pieces.filter((piece) => piece !== undefined);
  const text = opened.length === pieces.length ? Buffer.concat(opened) : undefined;
  for (const piece of opened) piece.fill(0);
  return text;
}

function openType2(block: Buffer, key: KeyObject): Buffer | undefined {
  const opened = apply(() => privateDecrypt({ key, padding: RSA_NO_PADDING }, block));
  if (opened === undefined) return undefined;
  const start = startOfData(opened);
  return start === 0 ? undefined : opened.subarray(start);
}

/** Reads all of the block, wherever it stops to be one of type 2; 0 if it is none. */
export function startOfData(block: Buffer): number {
  let zero = 0;
  for (let index = block.length - 1; index >= 2; index -= 1) {
    if (block[index] === 0) zero = index;
  }
  const isType2 = block[0] === 0 && block[1] === 2 && zero >= PADDING_BYTES - 1;
  return isType2 ? zero + 1 : 0;
}

function cut(data: Buffer, size: number): Buffer[] {
  const count = Math.ceil(data.length / size);
  return Array.from({ length: count }, (_, index) =>
    data.subarray(index * size, (index + 1) * size),
  );
}

/** OpenSSL throws for a number that is not below the modulus. */
function apply(operation: () => Buffer): Buffer | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}
