// The hash functions that a SCRAM login needs, behind one interface: a port gives the engine's native
// ones or those of portable-hash.ts. HMAC is RFC 2104.

import { repeated } from "../bytes.js";

export interface Hash {
  /** The name in SASL mechanisms: `SHA-256`. */
  name: string;
  digest(bytes: string): string;
  /** PBKDF2 (RFC 8018 section 5.2) with HMAC of this hash, one block long. */
  pbkdf2(password: string, salt: string, iterations: number): string;
}

/** HMAC's block length of SHA-1 and SHA-256 alike. */
const BLOCK_BYTES = 64;

/** The bytes of `a` xor those of `b`, as long as `a`. Behind a shorter `b` the code is NaN: a zero. */
export function xorBytes(a: string, b: string): string {
  let bytes = "";
  for (let at = 0; at < a.length; at++) {
    bytes += String.fromCharCode(a.charCodeAt(at) ^ b.charCodeAt(at));
  }
  return bytes;
}

/** HMAC with one key, for several messages: the key's padding is what takes an interpreter its time. */
export function createHmac(hash: Hash, key: string): (message: string) => string {
  const short = key.length > BLOCK_BYTES ? hash.digest(key) : key;
  const inner = xorBytes(repeated("\x36", BLOCK_BYTES), short);
  const outer = xorBytes(repeated("\x5c", BLOCK_BYTES), short);
  return function (message) {
    return hash.digest(outer + hash.digest(inner + message));
  };
}

export function hmac(hash: Hash, key: string, message: string): string {
  return createHmac(hash, key)(message);
}
