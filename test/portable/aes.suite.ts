// AES-256-CBC with NIST's vectors, and the padding on top of it. Other implementations as oracles, and
// Espruino's own cipher, are in test/firmware/aes.test.ts.

import { decryptPadded, encryptPadded } from "../../src/firmware/crypto/cipher.js";
import type { Cipher } from "../../src/firmware/crypto/cipher.js";
import { PORTABLE_CIPHER } from "../../src/firmware/crypto/portable-aes.js";
import { fromHex, repeated, toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

/** Title, key, iv, plain, encrypted. */
type Vector = [string, string, string, string, string];

export const AES_VECTORS: Vector[] = [
  [
    "FIPS 197 appendix C.3, as one block of CBC with an iv of zeros",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "00000000000000000000000000000000",
    "00112233445566778899aabbccddeeff",
    "8ea2b7ca516745bfeafc49904b496089",
  ],
  [
    "SP 800-38A F.2.5 and F.2.6",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "000102030405060708090a0b0c0d0e0f",
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" +
      "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
  ],
];

const KEY = fromHex(AES_VECTORS[1][1]);
const IV = fromHex(AES_VECTORS[1][2]);

export const aesSuite = suite("AES", function (test) {
  AES_VECTORS.forEach(function (vector) {
    const [title, key, iv, plain, encrypted] = vector;
    test(title, function () {
      equal(toHex(PORTABLE_CIPHER.encipher(fromHex(key), fromHex(iv), fromHex(plain))), encrypted);
      equal(toHex(PORTABLE_CIPHER.decipher(fromHex(key), fromHex(iv), fromHex(encrypted))), plain);
    });
  });

  test("nothing is nothing", function () {
    equal(PORTABLE_CIPHER.encipher(KEY, IV, "") + PORTABLE_CIPHER.decipher(KEY, IV, ""), "");
  });

  test("comes back, with its padding, at the edges of blocks", function () {
    [0, 1, 15, 16, 17, 33].forEach(function (count) {
      const plain = repeated("\xfe", count);
      const encrypted = encryptPadded(PORTABLE_CIPHER, KEY, IV, plain);
      equal(encrypted.length, (Math.floor(count / 16) + 1) * 16);
      equal(decryptPadded(PORTABLE_CIPHER, KEY, IV, encrypted), plain);
    });
  });
});

/** Leaves everything as it is, so that a test sees what is padded. */
const NO_CIPHER: Cipher = {
  encipher: function (_key, _iv, bytes) {
    return bytes;
  },
  decipher: function (_key, _iv, bytes) {
    return bytes;
  },
};

function unpad(bytes: string): string | undefined {
  return decryptPadded(NO_CIPHER, KEY, IV, bytes);
}

export const paddingSuite = suite("padding", function (test) {
  test("is RFC 5652's: as many bytes as it says, one at least", function () {
    const padded = ["", "a", repeated("a", 15), repeated("a", 16)].map(function (plain) {
      return toHex(encryptPadded(NO_CIPHER, KEY, IV, plain));
    });
    equal(padded, [
      repeated("10", 16),
      "61" + repeated("0f", 15),
      repeated("61", 15) + "01",
      repeated("61", 16) + repeated("10", 16),
    ]);
  });

  test("of each length is taken off, and nothing before it", function () {
    for (let count = 1; count <= 16; count++) {
      const plain = repeated("\x02", 32 - count);
      equal(unpad(plain + repeated(String.fromCharCode(count), count)), plain);
    }
  });

  test("with any byte wrong is refused", function () {
    for (let count = 2; count <= 16; count++) {
      for (let place = 1; place <= count; place++) {
        const byte = String.fromCharCode(count);
        const wrong = String.fromCharCode(count ^ (place === 1 ? 32 : 1));
        const padding = repeated(byte, count - place) + wrong + repeated(byte, place - 1);
        equal(unpad(repeated("a", 32 - count) + padding), undefined, count + " " + place);
      }
    }
  });

  test("of no length, or of more than a block, is refused", function () {
    [0, 17, 32, 128, 255].forEach(function (count) {
      equal(unpad(repeated(String.fromCharCode(count), 32)), undefined, "" + count);
    });
  });

  test("is not looked for in what are no whole blocks", function () {
    ["", "\x01", repeated("\x01", 15), repeated("\x01", 17)].forEach(function (bytes) {
      equal(unpad(bytes), undefined, bytes.length + " bytes");
    });
  });

  test("is not taken off without a key of 32 bytes and an iv of 16", function () {
    [
      ["", IV],
      [KEY.slice(16), IV],
      [KEY + "k", IV],
      [KEY, ""],
      [KEY, IV.slice(1)],
      [KEY, IV + "i"],
    ].forEach(function (pair) {
      const [key, iv] = pair;
      equal(decryptPadded(NO_CIPHER, key, iv, repeated("\x10", 16)), undefined);
    });
  });
});
