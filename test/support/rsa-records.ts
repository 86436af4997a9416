// Key records (src/firmware/crypto/key-record.ts) computed with BigInt, after the table in that file and
// without its code, and the answers of RSA's two operations: what the firmware's providers are held
// against.

import { createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly iq: bigint;
}

/** The arithmetics with limbs: bits of one, and the last letters of the tags of its constants. */
export const LIMBS = {
  dot: { bits: 22, tags: "ri" },
  loop: { bits: 24, tags: "RI" },
} as const;

export type LimbArithmetic = keyof typeof LIMBS;

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Big-endian, one byte a character. */
export function bytesOf(value: bigint, length: number): string {
  const digits = value.toString(16).padStart(length * 2, "0");
  if (digits.length > length * 2) throw new RangeError(`more than ${length} bytes`);
  return Buffer.from(digits, "hex").toString("latin1");
}

export function numberOf(bytes: string): bigint {
  return BigInt(`0x0${Buffer.from(bytes, "latin1").toString("hex")}`);
}

export function lengthOf(value: bigint): number {
  return Math.ceil(value.toString(16).length / 2);
}

export function powerOf(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (let power = base % modulus; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % modulus;
    power = (power * power) % modulus;
  }
  return result;
}

/** Euclid's algorithm, extended; throws when there is no inverse. */
export function inverseOf(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value % modulus, 0n, 1n];
  while (r1 > 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  if (r0 !== 1n) throw new RangeError("there is no inverse");
  return ((s0 % modulus) + modulus) % modulus;
}

export function numbersOfPrimes(p: bigint, q: bigint, e: bigint): RsaNumbers {
  const d = inverseOf(e, (p - 1n) * (q - 1n));
  return { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), iq: inverseOf(q, p) };
}

/** RFC 7518 section 6.3. */
export function numbersOfKey(key: KeyObject): RsaNumbers {
  const jwk = key.export({ format: "jwk" });
  const number = (text = "") => numberOf(Buffer.from(text, "base64url").toString("latin1"));
  const { n, e, d, p, q, dp, dq, qi } = jwk;
  return {
    n: number(n),
    e: number(e),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(dp),
    dq: number(dq),
    iq: number(qi),
  };
}

/** node:crypto's own key of such numbers. */
export function keyOfNumbers({ n, e, d, p, q, dp, dq, iq }: RsaNumbers): KeyObject {
  const text = (value: bigint) =>
    Buffer.from(bytesOf(value, lengthOf(value)), "latin1").toString("base64url");
  const parts = { n, e, d, p, q, dp, dq, qi: iq };
  const jwk = Object.fromEntries(Object.entries(parts).map(([tag, value]) => [tag, text(value)]));
  return createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
}

export function field(tag: string, bytes: string): string {
  return tag + bytesOf(BigInt(bytes.length), 2) + bytes;
}

/** R² and −x⁻¹ of one modulus, for limbs of so many bits. */
export function limbConstants(modulus: bigint, length: number, bits: number, inverseBytes = 3) {
  const limbs = Math.ceil((8 * length + 2) / bits);
  const r = 1n << BigInt(bits * limbs);
  const limb = 1n << BigInt(bits);
  return {
    rr: bytesOf((r * r) % modulus, length),
    inverse: bytesOf(limb - inverseOf(modulus, limb), inverseBytes),
  };
}

interface Lengths {
  /** Bytes of the modulus: more than it needs puts zeros in front. */
  readonly n: number;
  /** Bytes of each prime. */
  readonly primes: number;
}

export function lengthsOf({ n, p, q }: RsaNumbers): Lengths {
  return { n: lengthOf(n), primes: Math.max(lengthOf(p), lengthOf(q)) };
}

/** What no arithmetic has for itself, with the known answer. */
export function plainRecord(numbers: RsaNumbers, lengths = lengthsOf(numbers)): string {
  const { n, e, d, p, q, dp, dq, iq } = numbers;
  const question = numberOf("\0" + "Z".repeat(lengths.n - 1));
  const half = (tag: string, value: bigint) => field(tag, bytesOf(value, lengths.primes));
  return (
    field("n=", bytesOf(n, lengths.n)) +
    field("e=", bytesOf(e, lengthOf(e))) +
    field("d=", bytesOf(d, lengths.n)) +
    half("p=", p) +
    half("q=", q) +
    half("dp", dp) +
    half("dq", dq) +
    half("iq", iq) +
    field("kt", bytesOf(powerOf(question, e, n), lengths.n))
  );
}

export function limbFields(
  numbers: RsaNumbers,
  arithmetic: LimbArithmetic,
  letters = "npq",
  lengths = lengthsOf(numbers),
): string {
  const { bits, tags } = LIMBS[arithmetic];
  const fields = [...letters].map((letter) => {
    const modulus = numbers[letter as "n" | "p" | "q"];
    const length = letter === "n" ? lengths.n : lengths.primes;
    const { rr, inverse } = limbConstants(modulus, length, bits);
    return field(letter + tags[0], rr) + field(letter + tags[1], inverse);
  });
  return fields.join("");
}

/** The accelerator's two. */
export function wordFields({ n }: Pick<RsaNumbers, "n">, length: number): string {
  const r = 1n << BigInt(8 * length);
  const word = 1n << 32n;
  return (
    field("nw", bytesOf((r * r) % n, length)) + field("nx", bytesOf(word - inverseOf(n, word), 4))
  );
}

/** A private key with every constant there is. */
export function keyRecord(numbers: RsaNumbers, lengths = lengthsOf(numbers)): string {
  return (
    plainRecord(numbers, lengths) +
    limbFields(numbers, "dot", "npq", lengths) +
    limbFields(numbers, "loop", "npq", lengths) +
    wordFields(numbers, lengths.n)
  );
}

export function publicKeyRecord(numbers: RsaNumbers): string {
  const { n, e } = numbers;
  return (
    field("n=", bytesOf(n, lengthOf(n))) +
    field("e=", bytesOf(e, lengthOf(e))) +
    limbFields(numbers, "dot", "n") +
    limbFields(numbers, "loop", "n") +
    wordFields(numbers, lengthOf(n))
  );
}
