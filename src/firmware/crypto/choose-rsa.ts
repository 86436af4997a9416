// Which provider of RSA a board uses: the first that gives the known answer of the board's own key.

import { fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import type { ResultHandler, RsaProvider } from "./rsa.js";

/** The number whose answer the record holds (key-record.ts). */
function questionOf(key: KeyRecord): string {
  return "\0" + new Array(fieldOf(key, "n=").length).join("Z");
}

/** One operation after the other, in the order asked: two at a time would take twice the memory. */
function oneAtATime(rsa: RsaProvider): RsaProvider {
  const waiting: (() => void)[] = [];

  function run(task: (onDone: ResultHandler) => void, onDone: ResultHandler): void {
    waiting.push(function () {
      task(function (result) {
        waiting.shift();
        const next = waiting[0];
        onDone(result);
        if (next) next();
      });
    });
    if (waiting.length < 2) waiting[0]();
  }

  return {
    name: rsa.name,
    power: function (key, isPrivate, block, onDone) {
      run(function (onResult) {
        rsa.power(key, isPrivate, block, onResult);
      }, onDone);
    },
    prepare: function (modulus, exponent, onDone) {
      run(function (onResult) {
        rsa.prepare(modulus, exponent, onResult);
      }, onDone);
    },
  };
}

/** Tries the providers in their order; `undefined` when none is right. */
export function chooseRsa(
  providers: RsaProvider[],
  key: KeyRecord,
  onDone: (rsa: RsaProvider | undefined) => void,
): void {
  const rsa = providers[0];
  if (!rsa) {
    onDone(undefined);
    return;
  }
  rsa.power(key, false, questionOf(key), function (answer) {
    if (answer !== undefined && answer === fieldOf(key, "kt")) onDone(oneAtATime(rsa));
    else chooseRsa(providers.slice(1), key, onDone);
  });
}
