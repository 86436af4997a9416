// On Espruino: `espruino-dot`. A private power with each time between two pauses; the same with the
// variables in use at each pause, which takes time; multiplications modulo a prime and modulo n.
import { dotArithmetic } from "../../build/tsc/src/firmware/crypto/dot-arithmetic.js";
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";
import { limbFormat } from "../../build/tsc/src/firmware/crypto/limbs.js";
import { createMontgomery } from "../../build/tsc/src/firmware/crypto/montgomery.js";
import { integerOf, repeated, run } from "./espruino-run.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global E, require, getTime, setTimeout */

const MULTIPLICATIONS = 200;

const key = require("Storage").read("key");
let resumed = 0;
let peak = 0;
/** As many as there are pauses with 2,048 bits, and more. */
const MOST_TIMES = 800;
let times;
let count = 0;

function privatePower(look, onDone) {
  const pause = function (next) {
    look();
    setTimeout(function () {
      resumed = getTime();
      next();
    }, 0);
  };
  const rsa = createMontgomery(dotArithmetic(E.convolve), pause);
  const before = process.memory().usage;
  resumed = getTime();
  rsa.power(key, true, fieldOf(key, "xb"), function (result) {
    look();
    const isRight = result === fieldOf(key, "xs");
    onDone({ before: before, peak: peak, isRight: isRight }, times && times.subarray(0, count));
  });
}

function multiplications(letter, onDone) {
  const format = limbFormat(22);
  const bytes = fieldOf(key, letter + "=");
  const modulus = format.fromBytes(bytes, format.count(bytes.length));
  const inverse = integerOf(fieldOf(key, letter + "i"));
  const accumulator = dotArithmetic(E.convolve).open(modulus, inverse);
  accumulator.load(format.fromBytes(fieldOf(key, letter + "r"), modulus.length));
  repeated(MULTIPLICATIONS, accumulator.square, onDone);
}

run({
  operation: function (onDone) {
    times = new Float32Array(MOST_TIMES);
    privatePower(function () {
      times[count++] = (getTime() - resumed) * 1000;
    }, onDone);
  },
  peak: function (onDone) {
    privatePower(function () {
      peak = Math.max(peak, process.memory().usage);
    }, onDone);
  },
  half: function (onDone) {
    multiplications("p", onDone);
  },
  whole: function (onDone) {
    multiplications("n", onDone);
  },
});
