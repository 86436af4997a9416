// On Espruino: `espruino-dot`. A private power with each time between two pauses; the same with the
// variables in use at each pause, which takes time.
import { dotArithmetic } from "../../build/tsc/src/firmware/crypto/dot-arithmetic.js";
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";
import { createMontgomery } from "../../build/tsc/src/firmware/crypto/montgomery.js";
import { run } from "./espruino-run.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global E, require, getTime, setTimeout */

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
  const rsa = createMontgomery(dotArithmetic(E.convolve, E.defrag), pause);
  const before = process.memory().usage;
  resumed = getTime();
  rsa.power(key, true, fieldOf(key, "xb"), function (result) {
    look();
    const isRight = result === fieldOf(key, "xs");
    onDone({ before: before, peak: peak, isRight: isRight }, times && times.subarray(0, count));
  });
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
});
