// SHA-1 and SHA-256 (FIPS 180-4; NIST's "Examples with Intermediate Values") and PBKDF2 (RFC 6070, RFC
// 7914 section 11). Their vectors of 4096 and 80,000 rounds and of a million letters, which take an
// interpreter minutes, are in test/firmware/vectors.test.ts.

import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { repeated, toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const SHA256 = PORTABLE_HASHES[0];
const SHA1 = PORTABLE_HASHES[1];

const BITS_448 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const BITS_896 =
  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" +
  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/** Message, SHA-1, SHA-256: NIST's examples, and the empty message of its CAVS files. */
const NIST: [string, string, string][] = [
  [
    "",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ],
  [
    "abc",
    "a9993e364706816aba3e25717850c26c9cd0d89d",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  ],
  [
    BITS_448,
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  [
    BITS_896,
    "a49b2446a02c645bf419f995b67091253a04a259",
    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
  ],
];

/** So many letters a, where the padding changes; Python's hashlib computed these. */
const LETTERS: [number, string, string][] = [
  [
    55,
    "c1c8bbdc22796e28c0e15163d20899b65621d65a",
    "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
  ],
  [
    56,
    "c2db330f6083854c99d4b5bfb6e8f29f201be699",
    "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
  ],
  [
    57,
    "f08f24908d682555111be7ff6f004e78283d989a",
    "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6",
  ],
  [
    63,
    "03f09f5b158a7a8cdad920bddc29b81c18a551f5",
    "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
  ],
  [
    64,
    "0098ba824b5c16427bd7a1122a5a442a25ec644d",
    "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
  ],
  [
    65,
    "11655326c708d70319be2610e8a57d9a5b959d3b",
    "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
  ],
  [
    119,
    "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56",
    "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb",
  ],
  [
    120,
    "f34c1488385346a55709ba056ddd08280dd4c6d6",
    "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c",
  ],
];

export const portableHashSuite = suite("crypto/portable-hash", function (test) {
  test("the stronger hash first, under its SASL name", function () {
    equal(
      PORTABLE_HASHES.map((hash) => hash.name),
      ["SHA-256", "SHA-1"],
    );
  });

  NIST.forEach(function (vector) {
    test("SHA-1 of NIST's " + vector[0].length * 8 + " bits", function () {
      equal(toHex(SHA1.digest(vector[0])), vector[1]);
    });
    test("SHA-256 of NIST's " + vector[0].length * 8 + " bits", function () {
      equal(toHex(SHA256.digest(vector[0])), vector[2]);
    });
  });

  LETTERS.forEach(function (vector) {
    test("SHA-1 and SHA-256 of " + vector[0] + " bytes", function () {
      const message = repeated("a", vector[0]);
      equal(toHex(SHA1.digest(message)), vector[1]);
      equal(toHex(SHA256.digest(message)), vector[2]);
    });
  });

  test("bytes above 127", function () {
    // Python's hashlib computed these, of 80 bytes FF.
    equal(toHex(SHA1.digest(repeated("\xff", 80))), "d7c8644fd87badf1af176b4cda5c830e9f422021");
    equal(
      toHex(SHA256.digest(repeated("\xff", 80))),
      "6d92a8ea911d0d96dad7f2d76f2647e8b612e645140157668298db20a9412d4b",
    );
  });

  test("a digest leaves nothing behind for the next", function () {
    const first = SHA256.digest("abc");
    SHA256.digest(BITS_896);
    equal(SHA256.digest("abc") === first, true);
  });

  test("PBKDF2 with SHA-1, RFC 6070: 1 and 2 rounds", function () {
    equal(toHex(SHA1.pbkdf2("password", "salt", 1)), "0c60c80f961f0e71f3a9b524af6012062fe037a6");
    equal(toHex(SHA1.pbkdf2("password", "salt", 2)), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  });

  test("PBKDF2 with SHA-256, RFC 7914: the first block of 1 round", function () {
    equal(
      toHex(SHA256.pbkdf2("passwd", "salt", 1)),
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
    );
  });

  test("PBKDF2 with SHA-256: 3 rounds, a long password, salt with any bytes", function () {
    // Python's hashlib.pbkdf2_hmac computed this.
    equal(
      toHex(SHA256.pbkdf2(repeated("p", 70), "s\0\xff", 3)),
      "5f029eff4ec87aa19ba3281089f1280aa82c5b8abf73235de87bbdfe431bf93e",
    );
  });
});
