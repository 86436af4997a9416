// The driver of the RSA accelerator in the language of every engine: numbers of 64 bits on a tiny model,
// and the constants of real ones. Python computed keys, powers and constants.

import { createEsp32Rsa } from "../../src/firmware/crypto/esp32-rsa.js";
import { fieldBytes } from "../../src/firmware/crypto/key-record.js";
import type { NumberBytes, ResultHandler, RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { fromHex, toHex } from "./hex.js";
import { equal, ok, suite } from "./suite.js";
import { createTinyAccelerator, TINY_CHIP } from "./tiny-accelerator.js";

/** 2^64 − 59, a prime: d is 1/e modulo 2^64 − 60. */
const MODULUS = fromHex("ffffffffffffffc5");
const E = fromHex("010001");
const PUBLIC_KEY =
  fieldBytes("n=", MODULUS) +
  fieldBytes("e=", E) +
  fieldBytes("nw", fromHex("0000000000000d99")) +
  fieldBytes("nx", fromHex("a08ad8f3"));
const KEY = PUBLIC_KEY + fieldBytes("d=", fromHex("15b1ea4e15b1ea49"));

const BLOCK = fromHex("0002c3a5f00f1234");
const PRIVATE_POWER = "5ba8af8654ba3dcf";
const PUBLIC_POWER = "cd5598966b4001d3";

const MODULUS_512 =
  "ad74737b1ad85acbb8eb47aa39d97453997066fa097e70b4badfac524249456a" +
  "14302ccb3ab57b347aca4a2bc64e1ce8eb0e3400190a21ed1fcae49482d37cdd";
const SQUARE_512 =
  "8ff476dac0c40b0b5fbb79a200bf53af9c6d12740d00496ef353112476558e8d" +
  "51addf8c798bc654df8e79c621413c7539385186a10a290ce7735fedbe3f1506";

/** The only answer, when all that waits has run. */
function answer(
  wrongEvery: number,
  ask: (rsa: RsaProvider, onDone: ResultHandler) => void,
): NumberBytes | undefined {
  const model = createTinyAccelerator(wrongEvery);
  const waiting: (() => void)[] = [];
  const answers: (string | undefined)[] = [];
  const rsa = createEsp32Rsa(TINY_CHIP, model.peek, model.poke, function (next) {
    waiting.push(next);
  });
  ask(rsa, function (result) {
    answers.push(result);
  });
  while (waiting.length) waiting.shift()!();
  equal(answers.length, 1, "answers");
  ok(model.isReleased(), "not released");
  return answers[0];
}

function power(isPrivate: boolean, block: string, key: string, wrongEvery = 0): string {
  const result = answer(wrongEvery, function (rsa, onDone) {
    rsa.power(key, isPrivate, block, onDone);
  });
  return result === undefined ? "none" : toHex(result);
}

function prepare(modulus: string, exponent: string): string {
  const record = answer(0, function (rsa, onDone) {
    rsa.prepare(modulus, exponent, onDone);
  });
  return record === undefined ? "none" : toHex(record);
}

export const esp32RsaSuite = suite("crypto/esp32-rsa", function (test) {
  test("a private power, and the way back", function () {
    equal(power(true, BLOCK, KEY), PRIVATE_POWER);
    equal(power(false, fromHex(PRIVATE_POWER), KEY), toHex(BLOCK));
  });

  test("a public power", function () {
    equal(power(false, BLOCK, PUBLIC_KEY), PUBLIC_POWER);
  });

  test("powers where one read in seven, or in three, is wrong", function () {
    equal(power(false, BLOCK, KEY, 7), PUBLIC_POWER);
    equal(power(false, BLOCK, KEY, 3), PUBLIC_POWER);
  });

  test("no power of what is no number below the modulus, nor with half a key", function () {
    equal(power(true, MODULUS, KEY), "none");
    equal(power(true, fromHex("ffffffffffffffff"), KEY), "none");
    equal(power(true, BLOCK.slice(1), KEY), "none");
    equal(power(true, BLOCK, PUBLIC_KEY), "none");
    equal(power(false, BLOCK, ""), "none");
  });

  test("a key that does not fit itself gives nothing", function () {
    equal(power(true, BLOCK, PUBLIC_KEY + fieldBytes("d=", fromHex("15b1ea4e15b1ea4b"))), "none");
  });

  test("the record of a public key of 64 bits", function () {
    equal(prepare(MODULUS, E), toHex(PUBLIC_KEY));
  });

  test("the record of a public key of 512 bits", function () {
    equal(
      prepare(fromHex(MODULUS_512), "\x03"),
      toHex(
        fieldBytes("n=", fromHex(MODULUS_512)) +
          fieldBytes("e=", "\x03") +
          fieldBytes("nw", fromHex(SQUARE_512)) +
          fieldBytes("nx", fromHex("efbac48b")),
      ),
    );
  });

  test("no record of a modulus that is even, or has no bit where it begins", function () {
    equal(prepare(fromHex("ffffffffffffffc4"), E), "none");
    equal(prepare(fromHex("7fffffffffffffc5"), E), "none");
    equal(prepare(MODULUS.slice(1), E), "none");
  });
});
