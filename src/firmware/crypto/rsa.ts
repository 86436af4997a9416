// RSA's two operations (RFC 8017 section 5.1 and 5.2) as the firmware asks for them. A provider is one
// way to do the arithmetic; which one a board uses is decided at boot.

import type { KeyRecord } from "./key-record.js";

/** A number as big-endian bytes, one a character. */
export type NumberBytes = string;

/** Gets the outcome, later or at once; `undefined` when the operation was not possible. */
export type ResultHandler = (result: string | undefined) => void;

export interface RsaProvider {
  /** For the log: `espruino-dot`. */
  name: string;
  /** Variables of memory for an operation, and for what has asked for it and comes of it, where they are scarce. */
  room: number;
  /** Operations that hold that memory now. */
  underWay: number;
  /**
   * `block` to the private exponent of the key, or to its public one, modulo the modulus; as long as the
   * modulus. `undefined` when the block is no number below the modulus, when the key lacks what this
   * provider needs, or when the hardware is in use or gave no result. A private result may still be
   * wrong (a fault, a bad read): rsa-blocks.ts verifies it before anybody else sees it.
   */
  power(key: KeyRecord, isPrivate: boolean, block: NumberBytes, onDone: ResultHandler): void;
  /** The record of a public key with the constants of this provider; `undefined` as above. */
  prepare(modulus: NumberBytes, exponent: NumberBytes, onDone: ResultHandler): void;
}

/** Runs what is left of a long operation a little later, so that UART and network are served. */
export type Pause = (next: () => void) => void;

/** Gives a result when all that has led to it is gone from memory, where a chip has little of that. */
export function settle<Result>(
  pause: Pause,
  onDone: (result: Result) => void,
  result: Result,
): void {
  pause(function () {
    onDone(result);
  });
}
