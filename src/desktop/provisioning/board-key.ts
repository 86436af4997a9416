// The key file of a board: an RSA private key (RFC 8017 section 3.2, second representation) with all that
// Montgomery multiplication needs computed beforehand (P. L. Montgomery, 1985; Menezes et al., Handbook of
// Applied Cryptography, section 14.3.2), since the board has no big numbers to compute it with.

import type { KeyObject } from "node:crypto";

/** For a modulus m of k limbs of w bits: R = 2^(kw). */
export interface Montgomery {
  readonly limbs: number;
  /** R² mod m, hexadecimal. */
  readonly rr: string;
  /** −m⁻¹ mod 2^w. */
  readonly mInv: number;
}

export interface BoardKey {
  readonly bits: number;
  /** Hexadecimal, most significant digit first, an even number of digits. */
  readonly n: string;
  readonly e: string;
  readonly d: string;
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  /** q⁻¹ mod p. */
  readonly qInv: string;
  /** By bits of a limb. */
  readonly montgomery: Readonly<Record<string, Readonly<Record<"n" | "p" | "q", Montgomery>>>>;
}

export interface BoardKeyOptions {
  /** Bits of a limb, 8 to 32, for each arithmetic that the board may use. */
  readonly limbBits: readonly number[];
}

export const defaultBoardKeyOptions: BoardKeyOptions = { limbBits: [22, 23, 24] };

export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInv: bigint;
}

export function boardKey(
  key: KeyObject,
  { limbBits }: BoardKeyOptions = defaultBoardKeyOptions,
): BoardKey {
  const numbers = numbersOf(key);
  const { n, p, q } = numbers;
  const montgomery = limbBits.map((bits) => {
    checkLimb(bits);
    const constants = { n: constantsOf(n, bits), p: constantsOf(p, bits), q: constantsOf(q, bits) };
    return [String(bits), constants] as const;
  });
  const hex = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, hexOf(value)]),
  ) as Record<keyof RsaNumbers, string>;
  return { bits: bitLength(n), ...hex, montgomery: Object.fromEntries(montgomery) };
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

function checkLimb(bits: number): void {
  if (!Number.isInteger(bits) || bits < 8 || bits > 32) {
    throw new RangeError(`limbBits: ${bits} is not from 8 to 32`);
  }
}

function constantsOf(modulus: bigint, limbBits: number): Montgomery {
  const limbs = Math.ceil(bitLength(modulus) / limbBits);
  const r = 1n << BigInt(limbs * limbBits);
  return {
    limbs,
    rr: hexOf((r * r) % modulus),
    mInv: Number(negativeInverse(modulus, BigInt(limbBits))),
  };
}

/** −m⁻¹ mod 2^w of an odd m, by Newton: each step doubles the bits that are right. */
function negativeInverse(modulus: bigint, bits: bigint): bigint {
  const mask = (1n << bits) - 1n;
  let inverse = 1n;
  for (let right = 1n; right < bits; right *= 2n) {
    inverse = (inverse * (2n - modulus * inverse)) & mask;
  }
  return -inverse & mask;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function hexOf(value: bigint): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
