// SHA-1 and SHA-256 (FIPS 180-4) and PBKDF2 (RFC 8018) for engines without native ones. The round
// constants are computed: they are the digits of roots of primes, and a table costs flash.

import { repeated } from "../bytes.js";
import type { Hash } from "./hash.js";
import { createHmac, xorBytes } from "./hash.js";

/** Mixes one block of sixteen words into the state. */
type Compress = (state: number[], words: number[]) => void;

const TWO_TO_32 = 4294967296;

function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * TWO_TO_32) | 0;
}

/** Newton's method; it settles at the nearest double, of which 32 bits after the point are used. */
function cubeRoot(value: number): number {
  let root = value;
  for (let step = 0; step < 40; step++) root -= (root - value / (root * root)) / 3;
  return root;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (!primes.some((prime) => candidate % prime === 0)) primes.push(candidate);
  }
  return primes;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function wordsOf(bytes: string, at: number): number[] {
  const words: number[] = [];
  for (let end = at + 64; at < end; at += 4) {
    words.push(
      (bytes.charCodeAt(at) << 24) |
        (bytes.charCodeAt(at + 1) << 16) |
        (bytes.charCodeAt(at + 2) << 8) |
        bytes.charCodeAt(at + 3),
    );
  }
  return words;
}

function bytesOf(words: number[]): string {
  return words
    .map((word) =>
      String.fromCharCode((word >>> 24) & 255, (word >> 16) & 255, (word >> 8) & 255, word & 255),
    )
    .join("");
}

/** Merkle-Damgard: a one bit, zeros, and the length in bits fill the last block. */
function digest(bytes: string, initial: number[], compress: Compress): string {
  const state = initial.slice();
  let padded = bytes + "\x80";
  while (padded.length % 64 !== 56) padded += "\0";
  padded += bytesOf([Math.floor(bytes.length / 0x20000000), bytes.length << 3]);
  for (let at = 0; at < padded.length; at += 64) compress(state, wordsOf(padded, at));
  return bytesOf(state);
}

function addTo(state: number[], more: number[]): void {
  for (let index = 0; index < state.length; index++)
    state[index] = (state[index] + more[index]) | 0;
}

function compressSha1(state: number[], words: number[]): void {
  let [a, b, c, d, e] = state;
  for (let round = 0; round < 80; round++) {
    if (round > 15) {
      const mixed = words[round - 3] ^ words[round - 8] ^ words[round - 14] ^ words[round - 16];
      words.push(rotateLeft(mixed, 1));
    }
    const part =
      round < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : round < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : round < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotateLeft(a, 5) + e + words[round] + part) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  addTo(state, [a, b, c, d, e]);
}

const PRIMES = firstPrimes(64);
const SHA256_ROUNDS = PRIMES.map((prime) => fractionBits(cubeRoot(prime)));
const SHA256_INITIAL = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));
const SHA1_INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

function sigma(word: number, first: number, second: number, third: number): number {
  return rotateLeft(word, 32 - first) ^ rotateLeft(word, 32 - second) ^ third;
}

function compressSha256(state: number[], words: number[]): void {
  let [a, b, c, d, e, f, g, h] = state;
  for (let round = 0; round < 64; round++) {
    if (round > 15) {
      const w15 = words[round - 15];
      const w2 = words[round - 2];
      const small0 = sigma(w15, 7, 18, w15 >>> 3);
      const small1 = sigma(w2, 17, 19, w2 >>> 10);
      words.push((words[round - 16] + small0 + words[round - 7] + small1) | 0);
    }
    const big1 = sigma(e, 6, 11, rotateLeft(e, 7));
    const big0 = sigma(a, 2, 13, rotateLeft(a, 10));
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const mixed = h + big1 + choice + SHA256_ROUNDS[round] + words[round];
    h = g;
    g = f;
    f = e;
    e = (d + mixed) | 0;
    d = c;
    c = b;
    b = a;
    a = (mixed + big0 + majority) | 0;
  }
  addTo(state, [a, b, c, d, e, f, g, h]);
}

/** The words of a digest, 5 or 8 of them. */
function digestWords(digest: string): number[] {
  return wordsOf(digest, 0).slice(0, digest.length / 4);
}

/**
 * HMAC of a digest, in words, again and again with one key: the blocks of the key's padding are mixed in once, and what
 * follows them is one block. An interpreter needs a third of the time.
 */
function rehash(
  hash: Hash,
  key: string,
  initial: number[],
  compress: Compress,
): (block: number[]) => number[] {
  const short = key.length > 64 ? hash.digest(key) : key;
  const [inner, outer] = ["\x36", "\x5c"].map(function (pad) {
    const state = initial.slice();
    compress(state, wordsOf(xorBytes(repeated(pad, 64), short), 0));
    return state;
  });

  function mixed(start: number[], block: number[]): number[] {
    const state = start.slice();
    const words = block.concat([1 << 31, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].slice(0, 15 - block.length));
    words.push((64 + 4 * block.length) << 3);
    compress(state, words);
    return state;
  }

  return function (block) {
    return mixed(outer, mixed(inner, block));
  };
}

function createHash(name: string, initial: number[], compress: Compress): Hash {
  const hash: Hash = {
    name: name,
    digest: function (bytes) {
      return digest(bytes, initial, compress);
    },
    pbkdf2: function (password, salt, iterations) {
      const first = createHmac(hash, password)(salt + "\0\0\0\x01");
      const again = rehash(hash, password, initial, compress);
      let block = digestWords(first);
      const key = block.slice();
      for (let round = 1; round < iterations; round++) {
        block = again(block);
        for (let index = 0; index < key.length; index++) key[index] ^= block[index];
      }
      return bytesOf(key);
    },
  };
  return hash;
}

/** Preferred first. */
export const PORTABLE_HASHES: Hash[] = [
  createHash("SHA-256", SHA256_INITIAL, compressSha256),
  createHash("SHA-1", SHA1_INITIAL, compressSha1),
];
