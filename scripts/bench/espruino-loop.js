// On Espruino: the interpreted loop. A private power (both halves; putting them together is one
// multiplication more), and multiplications modulo a prime and modulo n.
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";
import { integerOf, repeated, run } from "./espruino-run.js";
import { limbCount, limbsOf, multiply, power } from "./loop25.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global require */

const MULTIPLICATIONS = 20;

const key = require("Storage").read("key");

function fieldFor(letter) {
  const bytes = fieldOf(key, letter + "=");
  const count = limbCount(bytes.length);
  return {
    modulus: limbsOf(bytes, count),
    rr: limbsOf(fieldOf(key, letter + "5"), count),
    inverse: integerOf(fieldOf(key, letter + "6")),
  };
}

function multiplications(letter, onDone) {
  const field = fieldFor(letter);
  let value = field.rr;
  const square = function () {
    value = multiply(value, value, field.modulus, field.inverse);
  };
  repeated(MULTIPLICATIONS, square, onDone);
}

/** Whether the power is what BigInt gave. */
function isPower(letter, exponentTag, baseTag, resultTag) {
  const field = fieldFor(letter);
  const count = field.modulus.length;
  const base = limbsOf(fieldOf(key, baseTag), count);
  const exponent = fieldOf(key, exponentTag);
  const result = power(base, exponent, field.modulus, field.rr, field.inverse);
  const expected = limbsOf(fieldOf(key, resultTag), count);
  let differences = 0;
  for (let index = 0; index < count; index++) {
    if (result[index] !== expected[index]) differences++;
  }
  return differences === 0;
}

run({
  operation: function (onDone) {
    const isRight = isPower("p", "dp", "xp", "x1") && isPower("q", "dq", "xq", "x2");
    onDone({ isRight: isRight });
  },
  half: function (onDone) {
    multiplications("p", onDone);
  },
  whole: function (onDone) {
    multiplications("n", onDone);
  },
});
