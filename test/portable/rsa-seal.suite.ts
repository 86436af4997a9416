// Blocks of type 1: PKCS#1 v1.5 (RFC 2313 section 8.1) over a bare digest. Each malformation is signed with
// the right key; the forgery of Bleichenbacher (2006) needs none.

import { fieldBytes, fieldOf } from "../../src/firmware/crypto/key-record.js";
import { seal, verifySeal } from "../../src/firmware/crypto/rsa-blocks.js";
import { fromHex, repeated, toHex } from "./hex.js";
import { bytesOf, countingRsa, counted, damaged, filled, keyOf } from "./rsa-blocks-world.js";
import { setFault, take, taken } from "./rsa-blocks-world.js";
import { FORGERY, KEY_256, KEY_512, SIGNED_1024, SPIME_1024 } from "./rsa-data.js";
import { equalBytes, powerBy } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

const LENGTH = 32;
/** SHA-1 of "abc". */
const DIGEST = fromHex("a9993e364706816aba3e25717850c26c9cd0d89d");
/** RFC 8017 section 9.2: what other protocols put in front of a SHA-1 digest. */
const DIGEST_INFO = fromHex("3021300906052b0e03021a05000414");

function isSeal(key: string, block: string, candidates: string[]): unknown {
  verifySeal(countingRsa, key, block, candidates, take);
  return taken();
}

function sealed(key: string, data: string): unknown {
  seal(countingRsa, key, data, take);
  return taken();
}

/** What it is called, and the block under the signature. */
const MALFORMED: [string, string][] = [
  ["block type 0", filled("\0\0", "\xff", "\0" + DIGEST, LENGTH)],
  ["block type 2", filled("\0\x02", "\xff", "\0" + DIGEST, LENGTH)],
  ["a first byte that is not zero", filled("\x01\x01", "\xff", "\0" + DIGEST, LENGTH)],
  ["padding of zeros", filled("\0\x01", "\0", DIGEST, LENGTH)],
  ["padding whose first byte is not FF", filled("\0\x01\xfe", "\xff", "\0" + DIGEST, LENGTH)],
  ["padding whose last byte is not FF", filled("\0\x01", "\xff", "\x7f\0" + DIGEST, LENGTH)],
  ["padding of seven bytes", filled("\0\x01" + repeated("\xff", 7) + "\0", "\x05", DIGEST, LENGTH)],
  ["padding that ends early", filled("\0\x01", "\xff", "\0\0" + DIGEST, LENGTH)],
  ["no zero before the digest", filled("\0\x01", "\xff", DIGEST, LENGTH)],
  [
    "garbage after the digest",
    filled("\0\x01" + repeated("\xff", 8) + "\0" + DIGEST, "\x2a", "", LENGTH),
  ],
  ["a byte after the digest", filled("\0\x01", "\xff", "\0" + DIGEST + "\0", LENGTH)],
  ["a digest that is cut", filled("\0\x01", "\xff", "\0" + DIGEST.slice(0, 19), LENGTH)],
  ["no digest", filled("\0\x01", "\xff", "\0", LENGTH)],
  ["a DigestInfo", filled("\0\x01", "\xff", "\0" + DIGEST_INFO + DIGEST, 64)],
  ["zeros only", repeated("\0", LENGTH)],
];

export const rsaSealSuite = suite("crypto/rsa-blocks, type 1", function (test) {
  test("seals, and sees its seal", function () {
    setFault();
    const key = keyOf(KEY_256);
    const block = sealed(key, DIGEST) as string;
    const under = filled("\0\x01", "\xff", "\0" + DIGEST, LENGTH);
    equalBytes(powerBy(countingRsa, key, false, block), under, "under it");
    equal(isSeal(key, block, [DIGEST]), true);
    equal(isSeal(key, block, ["other", "\0" + DIGEST, DIGEST]), true);
    equal(isSeal(key, block, ["other", DIGEST.slice(1)]), false);
    equal(isSeal(key, block, []), false);
  });

  test("the library's signature", function () {
    setFault();
    const key = keyOf(SPIME_1024);
    equal(isSeal(key, bytesOf(SIGNED_1024.sign), [bytesOf(SIGNED_1024.digest)]), true);
    equal(isSeal(key, bytesOf(SIGNED_1024.sign), [DIGEST]), false);
  });

  MALFORMED.forEach(function (malformation) {
    test("refuses " + malformation[0], function () {
      setFault();
      const block = malformation[1];
      const key = keyOf(block.length === LENGTH ? KEY_256 : KEY_512);
      equal(block.length, fieldOf(key, "n=").length);
      // A number above the modulus has no signature, and no check is needed.
      const signature = powerBy(countingRsa, key, true, block) || block;
      equal(isSeal(key, signature, [DIGEST]), false);
    });
  });

  test("refuses Bleichenbacher's forgery", function () {
    setFault();
    const whole = keyOf(SPIME_1024);
    const key =
      fieldBytes("n=", fieldOf(whole, "n=")) +
      fieldBytes("e=", "\x03") +
      fieldBytes("nr", fieldOf(whole, "nr")) +
      fieldBytes("ni", fieldOf(whole, "ni"));
    const digest = bytesOf(FORGERY.digest);
    const signature = bytesOf(FORGERY.signature);
    const front = "\0\x01" + repeated("\xff", 8) + "\0" + digest;
    const cube = powerBy(countingRsa, key, false, signature) as string;
    equal(toHex(cube.slice(0, front.length)), toHex(front), "what a careless reader sees");
    equal(isSeal(key, signature, [digest]), false);
  });

  test("refuses signatures of another length, and what is not below the modulus", function () {
    setFault();
    const key = keyOf(KEY_256);
    const block = sealed(key, DIGEST) as string;
    ["", block.slice(1), "\0" + block, block + "\0", repeated("\xff", LENGTH)].forEach(
      function (signature) {
        equal(isSeal(key, signature, [DIGEST]), false, toHex(signature));
      },
    );
  });

  test("eight bytes of padding at least: longer data is neither sealed nor seen", function () {
    setFault();
    const key = keyOf(KEY_256);
    const most = repeated("d", LENGTH - 11);
    equal(isSeal(key, sealed(key, most) as string, [most]), true);
    const data = most + "d";
    equal(sealed(key, data), undefined);
    const block = filled("\0\x01", "\xff", "\0" + data, LENGTH);
    equal(isSeal(key, powerBy(countingRsa, key, true, block) as string, [data]), false);
  });

  test("a wrong result never leaves: a bit that flips", function () {
    const key = keyOf(KEY_256);
    [0, 31, LENGTH - 1].forEach(function (at) {
      setFault(function (result, isPrivate) {
        if (!isPrivate || result === undefined) return result;
        const flipped = String.fromCharCode(result.charCodeAt(at) ^ 1);
        return result.slice(0, at) + flipped + result.slice(at + 1);
      });
      equal(sealed(key, DIGEST), undefined, "byte " + at);
      equal(counted.privatePowers, 1);
    });
    setFault();
  });

  test("a wrong result never leaves: one half of it is wrong", function () {
    setFault();
    const key = keyOf(KEY_256);
    ["dp", "dq", "pr", "qr", "pi", "qi", "iq"].forEach(function (tag) {
      equal(sealed(damaged(key, tag), DIGEST), undefined, tag);
    });
  });

  test("a wrong result never leaves: none, a short one, or no check", function () {
    const key = keyOf(KEY_256);
    setFault(function (result, isPrivate) {
      return isPrivate ? undefined : result;
    });
    equal(sealed(key, DIGEST), undefined, "no result");
    setFault(function (result, isPrivate) {
      return isPrivate ? result && result.slice(1) : result;
    });
    equal(sealed(key, DIGEST), undefined, "a short one");
    setFault(function (result, isPrivate) {
      return isPrivate ? result : undefined;
    });
    equal(sealed(key, DIGEST), undefined, "no check");
    setFault();
  });
});
