// The RSA accelerator with one vector again and again, through the firmware's own provider: what it got wrong, and what the
// provider has noticed of that and mended.

import type { Accelerator } from "../board.js";
import { createEsp32Rsa } from "../crypto/esp32-rsa.js";
import type { Pause } from "../crypto/rsa.js";
import type { Now, Values } from "./values.js";

export interface Vector {
  /** A board's key file: crypto/key-record.ts. */
  key: string;
  block: string;
  /** The block to the power of the public exponent. */
  result: string;
}

/** The provider confirms each result with another operation. */
const STARTS_OF_ONE = 2;

export function tryAccelerator(
  chip: Accelerator,
  peek: (address: number) => number,
  poke: (address: number, word: number) => void,
  pause: Pause,
  nowMs: Now,
  vector: Vector,
  times: number,
  onDone: (values: Values) => void,
): void {
  let starts = 0;
  let wrong = 0;
  let none = 0;
  let count = 0;
  const startMs = nowMs();
  const values: Values = {};

  function countedPoke(address: number, word: number): void {
    if (address === chip.base + chip.go) starts++;
    poke(address, word);
  }

  const rsa = createEsp32Rsa(chip, peek, countedPoke, pause);

  function finish(): void {
    values["vectors"] = times;
    values["wrong"] = wrong;
    values["withoutResult"] = none;
    // Operations that a mismatch was the reason for.
    values["repeated"] = Math.max(0, starts - times * STARTS_OF_ONE);
    values["msPerVector"] = (nowMs() - startMs) / times;
    onDone(values);
  }

  function next(): void {
    if (count++ === times) {
      finish();
      return;
    }
    rsa.power(vector.key, false, vector.block, function (result) {
      if (result === undefined) none++;
      else if (result !== vector.result) wrong++;
      pause(next);
    });
  }

  next();
}
