// Ed25519 (RFC 8032 section 5.1) and NaCl's crypto_box, X25519-XSalsa20-Poly1305 (D. J. Bernstein, "Cryptography in NaCl",
// 2009), on tweetnacl, for byte strings. No key and no nonce is made here: who calls brings them, from crypto/random.ts.
// Each operation takes its time at once: what lies between two of them is for the caller to pause in.

import library from "tweetnacl";
import { octetsOf, textOf } from "../octets.js";

/** What tweetnacl has beneath its own checks. Boxes and texts have zeros in front, as NaCl has it. */
interface LowLevel {
  crypto_sign(signed: Uint8Array, message: Uint8Array, length: number, secret: Uint8Array): void;
  crypto_sign_keypair(publicKey: Uint8Array, secret: Uint8Array, isSeeded: boolean): void;
  crypto_scalarmult_base(product: Uint8Array, scalar: Uint8Array): void;
  crypto_box(
    box: Uint8Array,
    message: Uint8Array,
    length: number,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secret: Uint8Array,
  ): void;
}

interface Library {
  lowlevel: LowLevel;
}

/** 32 random bytes, or 32 that nobody can foresee. */
export type Seed = string;

export interface SigningKey {
  /** 32 bytes. */
  publicKey: string;
  /** The seed, and behind it the public key. */
  secret: Uint8Array;
}

export const SEED_BYTES = 32;
export const PUBLIC_BYTES = 32;
export const NONCE_BYTES = 24;
const SIGNATURE_BYTES = 64;
/** In front of a text, and in front of its box. */
const TEXT_ZEROS = 32;
const BOX_ZEROS = 16;

const { crypto_sign, crypto_sign_keypair, crypto_scalarmult_base, crypto_box } = (
  library as unknown as Library
).lowlevel;

export function signingKeyOf(seed: Seed): SigningKey {
  const octets = new Uint8Array(PUBLIC_BYTES);
  const secret = new Uint8Array(SEED_BYTES + PUBLIC_BYTES);
  secret.set(octetsOf(seed));
  crypto_sign_keypair(octets, secret, true);
  return { publicKey: textOf(octets), secret: secret };
}

/** 64 bytes. The same message has the same signature: no random number is in it. */
export function signMessage(key: SigningKey, message: string): string {
  const signed = new Uint8Array(SIGNATURE_BYTES + message.length);
  crypto_sign(signed, octetsOf(message), message.length, key.secret);
  return textOf(signed.subarray(0, SIGNATURE_BYTES));
}

/** The public key of an X25519 key. */
export function boxPublicKey(secret: Seed): string {
  const product = new Uint8Array(PUBLIC_BYTES);
  crypto_scalarmult_base(product, octetsOf(secret));
  return textOf(product);
}

/** 16 bytes longer than the message. A nonce of 24 bytes is used with one pair of keys once only. */
export function boxMessage(
  message: string,
  nonce: string,
  publicKey: string,
  secret: Seed,
): string {
  const padded = new Uint8Array(TEXT_ZEROS + message.length);
  const box = new Uint8Array(padded.length);
  padded.set(octetsOf(message), TEXT_ZEROS);
  crypto_box(box, padded, padded.length, octetsOf(nonce), octetsOf(publicKey), octetsOf(secret));
  return textOf(box.subarray(BOX_ZEROS));
}
