// A board's RSA key pair: made, or taken from PEM and checked, so that a board never gets a key that can
// sign nothing, or whose broken half would betray the other (Boneh, DeMillo and Lipton, 1997).

import { checkPrimeSync, createPublicKey, generateKeyPair } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { readPrivateKey, readPublicKey } from "../openspime/keys.js";
import { numbersOf } from "./rsa-numbers.js";

export async function makeKey(bits: number): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: bits });
  return privateKey;
}

/** Throws a TypeError that says what is wrong, and nothing of the key. */
export function takeKey(pem: string, publicPem?: string): KeyObject {
  const key = readPrivateKey("key", pem);
  if (!isConsistent(key)) throw new TypeError("key: its numbers do not belong together");
  if (publicPem === undefined) return key;
  const half = readPublicKey("public key", publicPem);
  if (!half.equals(createPublicKey(key))) {
    throw new TypeError("public key: it is not that of the private key");
  }
  return key;
}

/** RFC 8017 section 3.2. */
function isConsistent(key: KeyObject): boolean {
  const { n, e, d, p, q, dp, dq, qInv } = numbersOf(key);
  if (p < 3n || q < 3n || p === q || p * q !== n) return false;
  if (!checkPrimeSync(p) || !checkPrimeSync(q)) return false;
  if ((e * dp) % (p - 1n) !== 1n || (e * dq) % (q - 1n) !== 1n) return false;
  return d % (p - 1n) === dp && d % (q - 1n) === dq && (q * qInv) % p === 1n && qInv < p;
}
