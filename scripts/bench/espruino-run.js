// What the programs for Espruino have in common: `mode` in Storage says what to do. The clock is the
// engine's processor time, read from outside at START and END; the engine rests at both, so that it does
// not matter when.
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global require, print, setTimeout */

export function integerOf(bytes) {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = value * 256 + bytes.charCodeAt(at);
  return value;
}

const REST_MS = 500;

/**
 * Runs the job of the mode with the key; it calls back with what it found, and perhaps with milliseconds
 * to be printed one by one.
 */
export function run(jobs) {
  const job = jobs[require("Storage").read("mode")];

  function finish(found, times) {
    print("END");
    setTimeout(function () {
      if (times) times.forEach((time) => print("TIME " + time.toFixed(2)));
      print("RESULT " + JSON.stringify(found));
    }, REST_MS);
  }

  setTimeout(function () {
    print("START");
    setTimeout(function () {
      job(finish);
    }, REST_MS);
  }, 0);
}

export function repeated(rounds, multiply, onDone) {
  for (let round = 0; round < rounds; round++) multiply();
  onDone({ rounds: rounds });
}
