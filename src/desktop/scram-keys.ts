// What both sides of SCRAM compute: RFC 5802 section 3, with SHA-256 as in RFC 7677.

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { BinaryLike } from "node:crypto";

export type ScramHash = "sha1" | "sha256";

export const KEY_BYTES: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32 };

export function digest(hash: ScramHash, bytes: BinaryLike): Buffer {
  return createHash(hash).update(bytes).digest();
}

export function hmac(hash: ScramHash, key: BinaryLike, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

/** Of the same length. */
export function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

export interface ScramKeyPair {
  readonly clientKey: Buffer;
  readonly serverKey: Buffer;
}

export function keysOf(
  hash: ScramHash,
  password: string,
  salt: Buffer,
  iterations: number,
): ScramKeyPair {
  // NFKC stands in for SASLprep (RFC 4013), which it covers but for refusals and odd spaces.
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, KEY_BYTES[hash], hash);
  return {
    clientKey: hmac(hash, salted, "Client Key"),
    serverKey: hmac(hash, salted, "Server Key"),
  };
}
