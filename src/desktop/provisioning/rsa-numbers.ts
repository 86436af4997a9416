// The numbers of an RSA private key, RFC 8017 section 3.2, second representation.

import type { KeyObject } from "node:crypto";

export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  /** q⁻¹ mod p. */
  readonly qInv: bigint;
}

/** From the JSON Web Key, RFC 7518 section 6.3. */
export function numbersOf(key: KeyObject): RsaNumbers {
  const { n, e, d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
  const number = (text = "") =>
    BigInt(`0x${Buffer.from(text, "base64url").toString("hex") || "0"}`);
  return {
    n: number(n),
    e: number(e),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(dp),
    dq: number(dq),
    qInv: number(qi),
  };
}

/** The same key with p > q: Garner's recombination on the board then subtracts only once. */
export function withGreaterFirst(numbers: RsaNumbers): RsaNumbers {
  const { p, q, dp, dq } = numbers;
  if (p > q) return numbers;
  return { ...numbers, p: q, q: p, dp: dq, dq: dp, qInv: inverse(p, q) };
}

export function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** By Euclid, of a value that is prime to the modulus. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus];
  let [before, factor] = [0n, 1n];
  while (next !== 0n) {
    const times = rest / next;
    [rest, next] = [next, rest - times * next];
    [before, factor] = [factor, before - times * factor];
  }
  return before < 0n ? before + modulus : before;
}
