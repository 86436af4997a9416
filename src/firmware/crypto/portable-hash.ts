// SHA-1 and SHA-256 (FIPS 180-4) and PBKDF2 (RFC 8018) for engines without native ones. The round
// constants are computed: they are the digits of roots of primes, and a table costs flash.

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
  const s = state.slice();
  for (let round = 0; round < 64; round++) {
    if (round > 15) {
      const w15 = words[round - 15];
      const w2 = words[round - 2];
      const small0 = sigma(w15, 7, 18, w15 >>> 3);
      const small1 = sigma(w2, 17, 19, w2 >>> 10);
      words.push((words[round - 16] + small0 + words[round - 7] + small1) | 0);
    }
    const big1 = sigma(s[4], 6, 11, rotateLeft(s[4], 7));
    const big0 = sigma(s[0], 2, 13, rotateLeft(s[0], 10));
    const choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    const majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    const mixed = s[7] + big1 + choice + SHA256_ROUNDS[round] + words[round];
    s.pop();
    s[3] = (s[3] + mixed) | 0;
    s.unshift((mixed + big0 + majority) | 0);
  }
  addTo(state, s);
}

function createHash(name: string, initial: number[], compress: Compress): Hash {
  const hash: Hash = {
    name: name,
    digest: function (bytes) {
      return digest(bytes, initial, compress);
    },
    pbkdf2: function (password, salt, iterations) {
      const mac = createHmac(hash, password);
      let block = mac(salt + "\0\0\0\x01");
      let key = block;
      for (let round = 1; round < iterations; round++) {
        block = mac(block);
        key = xorBytes(key, block);
      }
      return key;
    },
  };
  return hash;
}

/** Preferred first. */
export const PORTABLE_HASHES: Hash[] = [
  createHash("SHA-256", SHA256_INITIAL, compressSha256),
  createHash("SHA-1", SHA1_INITIAL, compressSha1),
];
