// RSA's providers and blocks with random keys and messages, against node:crypto (OpenSSL) and jsbn. The
// same providers run on every engine in test/portable/rsa-*.suite.ts.

import assert from "node:assert/strict";
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  randomInt,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { BigInteger } from "jsbn";
import { bigIntRsa } from "../../src/firmware/crypto/big-int-rsa.js";
import { dotArithmetic } from "../../src/firmware/crypto/dot-arithmetic.js";
import type { DotProduct } from "../../src/firmware/crypto/dot-arithmetic.js";
import { fieldOf } from "../../src/firmware/crypto/key-record.js";
import { LOOP_ARITHMETIC } from "../../src/firmware/crypto/loop-arithmetic.js";
import { createMontgomery } from "../../src/firmware/crypto/montgomery.js";
import {
  decryptPieces,
  encryptPieces,
  seal,
  verifySeal,
} from "../../src/firmware/crypto/rsa-blocks.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import {
  bytesOf,
  keyOfNumbers,
  keyRecord,
  latin1,
  lengthOf,
  numberOf,
  numbersOfKey,
  numbersOfPrimes,
  publicKeyRecord,
} from "../support/rsa-records.js";
import type { RsaNumbers } from "../support/rsa-records.js";
import { rsaDataSource } from "../support/write-rsa-data.js";

const { RSA_NO_PADDING, RSA_PKCS1_PADDING } = constants;
const PRIMES = 50;
const KEYS = 1000;
const EXPONENTS = [3n, 17n, 65537n, 4294967297n];

const paused: (() => void)[] = [];

function drain() {
  for (let next = paused.shift(); next; next = paused.shift()) next();
}

/** Its result, which has come just once when nothing is left to do. */
function resultOf<Result>(operation: (onDone: (result: Result) => void) => void): Result {
  const results: Result[] = [];
  operation((result) => results.push(result));
  drain();
  assert.equal(results.length, 1);
  return results[0];
}

const pause = (next: () => void) => void paused.push(next);

/** What E.convolve computes. */
const plainDot: DotProduct = (a, b, offset) => {
  let sum = 0;
  for (let index = 0, at = offset; index < a.length; index++, at++) {
    if (at === b.length) at = 0;
    sum += a[index] * b[at];
  }
  return sum;
};

const exactDot: DotProduct = (a, b, offset) => {
  const sum = plainDot(a, b, offset);
  assert.ok(sum < 2 ** 53, "a sum that is not exact");
  return sum;
};

const providers: RsaProvider[] = [
  createMontgomery(
    dotArithmetic(plainDot, () => {}),
    pause,
  ),
  createMontgomery(LOOP_ARITHMETIC, pause),
  bigIntRsa()!,
];

const toBytes = (text: string) => Buffer.from(text, "latin1");
const hex = (text: string | undefined) => text && toBytes(text).toString("hex");

function power(rsa: RsaProvider, record: string, isPrivate: boolean, block: string) {
  return resultOf<string | undefined>((onDone) => rsa.power(record, isPrivate, block, onDone));
}

/** OpenSSL's powers. */
function privatePower(key: KeyObject, block: string): string {
  return latin1(privateDecrypt({ key, padding: RSA_NO_PADDING }, toBytes(block)));
}

function publicPower(key: KeyObject, block: string): string {
  return latin1(publicEncrypt({ key, padding: RSA_NO_PADDING }, toBytes(block)));
}

function randomBelow(n: bigint): string {
  const length = lengthOf(n);
  return bytesOf(numberOf(latin1(randomBytes(length + 8))) % n, length);
}

/** For each key two messages, one near the modulus; and what the provider prepares for the public half. */
function checkAgainstOpenssl(
  rsa: RsaProvider,
  numbers: RsaNumbers,
  record: string,
  key: KeyObject,
) {
  const { n } = numbers;
  const near = bytesOf(n - 1n - BigInt(randomInt(1000)), lengthOf(n));
  for (const block of [randomBelow(n), near]) {
    const told = `${rsa.name}: n ${n.toString(16)}, block ${hex(block)}`;
    assert.equal(hex(power(rsa, record, false, block)), hex(publicPower(key, block)), told);
    if (block === near && randomInt(8)) continue;
    assert.equal(hex(power(rsa, record, true, block)), hex(privatePower(key, block)), told);
  }
}

function checkPrepared(rsa: RsaProvider, numbers: RsaNumbers) {
  const expected = publicKeyRecord(numbers);
  const [modulus, exponent] = [fieldOf(expected, "n="), fieldOf(expected, "e=")];
  const record = resultOf<string | undefined>((onDone) => rsa.prepare(modulus, exponent, onDone));
  assert.ok(record);
  for (const tag of ["n=", "e=", "nr", "ni", "nR", "nI"]) {
    const value = fieldOf(record, tag);
    if (value) assert.equal(hex(value), hex(fieldOf(expected, tag)), `${rsa.name} ${tag}`);
  }
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}

function randomKeys(count: number, primeBits: number, poolSize: number): RsaNumbers[] {
  const pool = Array.from({ length: poolSize }, () =>
    generatePrimeSync(primeBits, { bigint: true }),
  );
  const keys: RsaNumbers[] = [];
  while (keys.length < count) {
    const [p, q] = [pool[randomInt(poolSize)], pool[randomInt(poolSize)]];
    const e = EXPONENTS[randomInt(EXPONENTS.length)];
    // 2^32 + 1 is no prime: that it does not divide p − 1 is not enough.
    const isPossible = commonDivisor(e, (p - 1n) * (q - 1n)) === 1n;
    if (p !== q && isPossible) keys.push(numbersOfPrimes(p, q, e));
  }
  return keys;
}

describe("RSA's providers against node:crypto", function () {
  this.timeout(180_000);

  it(`${KEYS} random keys and messages`, () => {
    const keys = [512, 320].flatMap((bits) => randomKeys(KEYS / 2, bits, PRIMES));
    for (const numbers of keys) {
      const key = keyOfNumbers(numbers);
      const record = keyRecord(numbers);
      for (const rsa of providers) checkAgainstOpenssl(rsa, numbers, record, key);
    }
  });

  it("random keys of other sizes", () => {
    for (const bits of [1024, 1032, 1088, 1536, 2048, 3072, 4096]) {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
      const numbers = numbersOfKey(privateKey);
      const record = keyRecord(numbers);
      for (const rsa of providers) {
        checkAgainstOpenssl(rsa, numbers, record, privateKey);
        checkPrepared(rsa, numbers);
      }
    }
  });

  it("random keys, prepared", () => {
    for (const numbers of randomKeys(20, 512, 10)) {
      for (const rsa of providers) checkPrepared(rsa, numbers);
    }
  });

  it("a modulus of 4,096 bits that are nearly all one: the dot product stays exact", () => {
    const length = 512;
    const n = (1n << 4096n) - 159n;
    const numbers = { ...randomKeys(1, 512, 2)[0], n, e: 65537n };
    const record = publicKeyRecord(numbers);
    const block = bytesOf(n - 2n, length);
    const expected = new BigInteger((n - 2n).toString(16), 16)
      .modPow(new BigInteger("10001", 16), new BigInteger(n.toString(16), 16))
      .toString(16)
      .padStart(2 * length, "0");
    const exact = createMontgomery(
      dotArithmetic(exactDot, () => {}),
      pause,
    );
    for (const rsa of [...providers, exact]) {
      assert.equal(hex(power(rsa, record, false, block)), expected);
    }
  });

  it("jsbn has the same powers", () => {
    const big = (value: bigint) => new BigInteger(value.toString(16), 16);
    for (const numbers of randomKeys(3, 512, 6)) {
      const { n, d } = numbers;
      const record = keyRecord(numbers);
      const block = randomBelow(n);
      const expected = big(numberOf(block)).modPow(big(d), big(n)).toString(16);
      for (const rsa of providers) {
        const result = power(rsa, record, true, block);
        assert.equal(hex(result), expected.padStart(2 * lengthOf(n), "0"));
      }
    }
  });
});

describe("RSA's blocks against node:crypto", function () {
  this.timeout(180_000);

  const random = { bytes: (count: number) => latin1(randomBytes(count)) };
  const keys = [1024, 1032, 2048].map((bits) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
    return { privateKey, publicKey: createPublicKey(privateKey), bytes: Math.ceil(bits / 8) };
  });

  for (const rsa of providers) {
    for (const { privateKey, publicKey, bytes } of keys) {
      const title = `${rsa.name}, ${bytes} bytes`;
      const record = keyRecord(numbersOfKey(privateKey));
      const open = (blocks: string) =>
        resultOf<string | undefined>((onDone) => decryptPieces(rsa, record, blocks, onDone));
      const close = (text: string) =>
        resultOf<string | undefined>((onDone) => encryptPieces(rsa, record, text, random, onDone));
      const isSeal = (block: string, data: string) =>
        resultOf<boolean>((onDone) => verifySeal(rsa, record, block, [data], onDone));

      it(`seals, and sees seals: ${title}`, () => {
        for (const length of [0, 1, 20, bytes - 12, bytes - 11]) {
          const data = latin1(randomBytes(length));
          const expected = privateEncrypt(
            { key: privateKey, padding: RSA_PKCS1_PADDING },
            toBytes(data),
          );
          const sealed = resultOf<string | undefined>((onDone) => seal(rsa, record, data, onDone));
          assert.equal(hex(sealed), expected.toString("hex"));
          assert.equal(latin1(publicDecrypt(publicKey, toBytes(sealed!))), data);
          assert.equal(isSeal(sealed!, data), true);
          assert.equal(isSeal(sealed!, `${data}\0`), false);
        }
      });

      it(`opens what node:crypto has encrypted: ${title}`, () => {
        const room = bytes - 11;
        for (const length of [1, room - 1, room, room + 1, 2 * room - 1, 2 * room, 2 * room + 1]) {
          const text = latin1(randomBytes(length));
          const pieces = text.match(new RegExp(`[^]{1,${room}}`, "g")) ?? [];
          const blocks = pieces.map((piece) =>
            publicEncrypt({ key: publicKey, padding: RSA_PKCS1_PADDING }, toBytes(piece)),
          );
          assert.equal(hex(open(latin1(Buffer.concat(blocks)))), hex(text), `${length} bytes`);
        }
      });

      it(`encrypts what OpenSSL opens: ${title}`, () => {
        const room = bytes - 11;
        const texts = [1, room - 1, room, room + 1, 2 * room, 2 * room + 1].map((length) =>
          latin1(randomBytes(length)),
        );
        for (const text of [...texts, "\0", "\0\0\0", "\xff".repeat(room + 1), "\0".repeat(room)]) {
          const blocks = close(text)!;
          assert.equal(blocks.length, Math.ceil(text.length / room) * bytes);
          let opened = "";
          for (let at = 0; at < blocks.length; at += bytes) {
            const block = privatePower(privateKey, blocks.slice(at, at + bytes));
            const zero = block.indexOf("\0", 2);
            assert.equal(block.slice(0, 2), "\0\x02");
            assert.ok(zero >= 10, "less than eight bytes of padding");
            const piece = block.slice(zero + 1);
            opened += piece;
          }
          assert.equal(hex(opened), hex(text));
          assert.equal(hex(open(blocks)), hex(text));
        }
      });
    }
  }

  it("an empty text has no block, and no block no text", () => {
    const record = keyRecord(numbersOfKey(keys[0].privateKey));
    for (const rsa of providers) {
      const done = (onDone: (result: string | undefined) => void) =>
        encryptPieces(rsa, record, "", random, onDone);
      assert.equal(resultOf(done), "");
      assert.equal(
        resultOf<string | undefined>((onDone) => decryptPieces(rsa, record, "", onDone)),
        undefined,
      );
    }
  });
});

describe("test/portable/rsa-data.ts", () => {
  it("is what write-rsa-data.ts writes", async () => {
    assert.equal(readFileSync("test/portable/rsa-data.ts", "utf8"), await rsaDataSource());
  });
});
