// Key records as the RSA accelerator wants them, from node:crypto's keys: written after the table in
// src/firmware/crypto/key-record.ts, without its code.

import type { KeyObject } from "node:crypto";
import { field, numberOf, wordFields } from "./rsa-records.js";

export interface PublicNumbers {
  /** As they stand in the record: the modulus without leading zeros. */
  readonly modulus: string;
  readonly exponent: string;
}

export function publicNumbers(key: KeyObject): PublicNumbers {
  const { n = "", e = "" } = key.export({ format: "jwk" });
  const bytes = (text: string) => Buffer.from(text, "base64url").toString("latin1");
  return { modulus: bytes(n), exponent: bytes(e) };
}

/** `n= e= nw nx`: what `prepare` returns. */
export function publicRecord(key: KeyObject): string {
  const { modulus, exponent } = publicNumbers(key);
  const constants = wordFields({ n: numberOf(modulus) }, modulus.length);
  return field("n=", modulus) + field("e=", exponent) + constants;
}

/** The same with `d=`, as long as the modulus, and fields of other arithmetics around it. */
export function privateRecord(key: KeyObject): string {
  const { modulus } = publicNumbers(key);
  const d = Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url").toString("latin1");
  const other = field("xR", "\x01".repeat(12)) + field("xI", "\x02\x03\x04");
  return other + field("d=", d.padStart(modulus.length, "\0")) + other + publicRecord(key);
}
