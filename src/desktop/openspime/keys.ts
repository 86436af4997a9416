// RSA keys: PEM (RFC 7468) in, sizes checked. What a PEM holds is never part of an error.

import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

export const MIN_KEY_BITS = 1024;
export const MAX_KEY_BITS = 4096;
/** Below it keys work, with a warning: NIST SP 800-131A allows no less. */
export const SAFE_KEY_BITS = 2048;

export function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** As long as the modulus: every RSA block has this length. */
export function keyBytesOf(key: KeyObject): number {
  return Math.ceil(bitsOf(key) / 8);
}

/** Why a key is not one to use, or undefined. */
export function faultOfKey(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== "rsa") return "not an RSA key";
  const bits = bitsOf(key);
  if (bits < MIN_KEY_BITS) return `${bits} bits, at least ${MIN_KEY_BITS} are needed`;
  if (bits > MAX_KEY_BITS) return `${bits} bits, at most ${MAX_KEY_BITS} are taken`;
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n;
  if (exponent < 3n || exponent % 2n === 0n) return "the public exponent is not odd, 3 or more";
  return undefined;
}

/** Throws a TypeError that names the field; of the key it says no more than its kind and size. */
export function readPrivateKey(field: string, pem: string | Buffer): KeyObject {
  return readKey(field, "private", () => createPrivateKey(pem));
}

/** Of a private PEM it takes the public half. */
export function readPublicKey(field: string, pem: string | Buffer): KeyObject {
  return readKey(field, "public", () => createPublicKey(pem));
}

/** Private keys in the form that both of Node's and the author's library read. */
export function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs1", format: "pem" }));
}

/** Of a private key the public half. */
export function publicPemOf(key: KeyObject): string {
  const half = key.type === "public" ? key : createPublicKey(key);
  return String(half.export({ type: "spki", format: "pem" }));
}

function readKey(field: string, kind: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new TypeError(`${field}: not a PEM of an unencrypted ${kind} key`);
  }
  const fault = faultOfKey(key);
  if (fault) throw new TypeError(`${field}: ${fault}`);
  return key;
}
