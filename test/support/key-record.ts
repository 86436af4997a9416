// Key records as the RSA accelerator wants them, from node:crypto's keys: written after the table in
// src/firmware/crypto/key-record.ts, without its code.

import type { KeyObject } from "node:crypto";

/** Big-endian, a byte a character. */
export function numberBytes(value: bigint, length: number): string {
  return Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex").toString("latin1");
}

export function numberOf(bytes: string): bigint {
  return BigInt(`0x${Buffer.from(bytes, "latin1").toString("hex") || "0"}`);
}

function field(tag: string, bytes: string): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return tag + length.toString("latin1") + bytes;
}

/** −value⁻¹ mod 2^32, bit by bit from below. */
function negativeInverse(value: bigint): bigint {
  let inverse = 0n;
  for (let bit = 1n; bit < 1n << 32n; bit <<= 1n) {
    if ((inverse * value + 1n) % (bit << 1n) !== 0n) inverse += bit;
  }
  return inverse;
}

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
  const n = numberOf(modulus);
  const r = 1n << BigInt(modulus.length * 8);
  return (
    field("n=", modulus) +
    field("e=", exponent) +
    field("nw", numberBytes((r * r) % n, modulus.length)) +
    field("nx", numberBytes(negativeInverse(n), 4))
  );
}

/** The same with `d=`, as long as the modulus, and fields of other arithmetics around it. */
export function privateRecord(key: KeyObject): string {
  const { modulus } = publicNumbers(key);
  const d = Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url").toString("latin1");
  const other = field("xR", "\x01".repeat(12)) + field("xI", "\x02\x03\x04");
  return other + field("d=", d.padStart(modulus.length, "\0")) + other + publicRecord(key);
}
