// HMAC with SHA-1 (RFC 2202 section 3) and SHA-256 (RFC 4231 section 4; its case 5 is about truncation).

import { hmac, xorBytes } from "../../src/firmware/crypto/hash.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { fromHex, repeated, toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const SHA256 = PORTABLE_HASHES[0];
const SHA1 = PORTABLE_HASHES[1];

const KEY_25 = fromHex("0102030405060708090a0b0c0d0e0f10111213141516171819");
const LARGER_KEY = "Test Using Larger Than Block-Size Key - Hash Key First";
const LARGER_DATA = "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
const LARGER_BOTH =
  "This is a test using a larger than block-size key and a larger than block-size data. " +
  "The key needs to be hashed before being used by the HMAC algorithm.";

/** Key, data, digest; by their numbers in the RFC. */
type Vector = [caseNumber: number, key: string, data: string, digest: string];

const RFC_2202: Vector[] = [
  [1, repeated("\x0b", 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"],
  [2, "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
  [3, repeated("\xaa", 20), repeated("\xdd", 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"],
  [4, KEY_25, repeated("\xcd", 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"],
  [5, repeated("\x0c", 20), "Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"],
  [6, repeated("\xaa", 80), LARGER_KEY, "aa4ae5e15272d00e95705637ce8a3b55ed402112"],
  [7, repeated("\xaa", 80), LARGER_DATA, "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"],
];

const RFC_4231: Vector[] = [
  [
    1,
    repeated("\x0b", 20),
    "Hi There",
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    2,
    "Jefe",
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    3,
    repeated("\xaa", 20),
    repeated("\xdd", 50),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  ],
  [
    4,
    KEY_25,
    repeated("\xcd", 50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  ],
  [
    6,
    repeated("\xaa", 131),
    LARGER_KEY,
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    7,
    repeated("\xaa", 131),
    LARGER_BOTH,
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
];

export const hashSuite = suite("crypto/hash", function (test) {
  RFC_2202.forEach(function (vector) {
    test("HMAC-SHA-1, RFC 2202 case " + vector[0], function () {
      equal(toHex(hmac(SHA1, vector[1], vector[2])), vector[3]);
    });
  });

  RFC_4231.forEach(function (vector) {
    test("HMAC-SHA-256, RFC 4231 case " + vector[0], function () {
      equal(toHex(hmac(SHA256, vector[1], vector[2])), vector[3]);
    });
  });

  // Python's hmac computed these.
  test("HMAC with keys around the block length", function () {
    equal(toHex(hmac(SHA1, repeated("k", 64), "")), "b6b10bf17b16d7347adb5e4149102761dbb3bcbd");
    equal(toHex(hmac(SHA1, repeated("k", 65), "")), "52b70f513f87ea4feaf119af1cdc8097107b3837");
    equal(toHex(hmac(SHA1, "", "")), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
  });

  test("xor of bytes", function () {
    equal(toHex(xorBytes("\0\xff\x0f\xaa", "\xff\xff\xf0\x55")), "ff00ffff");
    equal(xorBytes("", ""), "");
  });
});
