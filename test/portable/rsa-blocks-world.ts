// A provider that counts what it is asked for, and can be made to fail, around `espruino-dot`; and the
// blocks of PKCS#1 v1.5 put together by hand (RFC 2313 section 8.1).

import { fromBase64 } from "../../src/firmware/bytes.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { DOT, dotRsa } from "./rsa-dot.js";
import { drain, recordOf } from "./rsa-provider.js";
import type { RsaKeyData } from "./rsa-provider.js";
import { repeated } from "./hex.js";

/** What becomes of a result. */
export type Fault = (result: string | undefined, isPrivate: boolean) => string | undefined;

export const counted = { privatePowers: 0, publicPowers: 0 };

let fault: Fault | undefined;

export const countingRsa: RsaProvider = {
  name: "counting",
  room: 0,
  underWay: 0,
  power: function (key, isPrivate, block, onDone) {
    if (isPrivate) counted.privatePowers++;
    else counted.publicPowers++;
    dotRsa.power(key, isPrivate, block, function (result) {
      onDone(fault ? fault(result, isPrivate) : result);
    });
  },
  prepare: dotRsa.prepare,
};

/** From here on; none when it is left out. */
export function setFault(next?: Fault): void {
  fault = next;
  counted.privatePowers = counted.publicPowers = 0;
}

const results: unknown[] = [];

export function take(result: unknown): void {
  results.push(result);
}

/** What has come since the last call; nothing else may wait. */
export function taken(): unknown {
  drain();
  return results.length === 1 ? results.pop() : results.splice(0).length + " results";
}

export function keyOf(data: RsaKeyData): string {
  return recordOf(data, DOT);
}

export function bytesOf(base64: string): string {
  return fromBase64(base64);
}

/** `filler` as often as makes it so long. */
export function filled(head: string, filler: string, tail: string, length: number): string {
  return head + repeated(filler, length - head.length - tail.length) + tail;
}

/** A record with one bit of a field's second byte changed. */
export function damaged(record: string, tag: string): string {
  let at = 0;
  while (record.slice(at, at + 2) !== tag) {
    at += 4 + record.charCodeAt(at + 2) * 256 + record.charCodeAt(at + 3);
  }
  at += 5;
  return (
    record.slice(0, at) + String.fromCharCode(record.charCodeAt(at) ^ 1) + record.slice(at + 1)
  );
}
