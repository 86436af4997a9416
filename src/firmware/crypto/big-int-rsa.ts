// RSA on the engine's own BigInt (ECMAScript 2020 section 21.2), in ES5 syntax: JerryScript 3.0, Node. It
// takes a number's time, which is not constant; an engine with a native one has nothing that is.
// JerryScript's division is wrong once in some 2^32 digits (its issue 5068): in about one private power of
// 2,048 bits in 10^5, which rsa-blocks.ts does not let out.

import { fieldBytes, fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import type { NumberBytes, ResultHandler, RsaProvider } from "./rsa.js";

/** A BigInt, as far as TypeScript's ES5 knows: it takes `*`, `%` and comparison, with its like only. */
type Big = number;
type ToBig = (digits: string) => Big;

declare const BigInt: ToBig;

function hexOf(bytes: NumberBytes): string {
  let digits = "";
  for (let at = 0; at < bytes.length; at++) {
    digits += (256 + bytes.charCodeAt(at)).toString(16).slice(1);
  }
  return digits;
}

function bytesOf(value: Big, count: number): NumberBytes {
  let digits = value.toString(16);
  let bytes = "";
  while (digits.length < count * 2) digits = "0" + digits;
  for (let at = 0; at < digits.length; at += 2) {
    bytes += String.fromCharCode(parseInt(digits.slice(at, at + 2), 16));
  }
  return bytes;
}

function createProvider(toBig: ToBig): RsaProvider {
  const one = toBig("1");

  function numberOf(bytes: NumberBytes): Big {
    return toBig("0x" + hexOf(bytes));
  }

  function raise(base: Big, exponent: NumberBytes, modulus: Big): Big {
    let result = one;
    for (let bit = 0; bit < exponent.length * 8; bit++) {
      result = (result * result) % modulus;
      if (exponent.charCodeAt(bit >> 3) & (128 >> (bit % 8))) result = (result * base) % modulus;
    }
    return result;
  }

  /** RFC 8017 section 5.1.2, step 2b. */
  function privatePower(key: KeyRecord, base: Big): Big {
    const p = numberOf(fieldOf(key, "p="));
    const q = numberOf(fieldOf(key, "q="));
    const m1 = raise(base % p, fieldOf(key, "dp"), p);
    const m2 = raise(base % q, fieldOf(key, "dq"), q);
    return m2 + (((m1 + p - (m2 % p)) * numberOf(fieldOf(key, "iq"))) % p) * q;
  }

  return {
    name: "bigint",
    room: 0,
    underWay: 0,
    power: function (key, isPrivate, block, onDone) {
      const modulus = fieldOf(key, "n=");
      const isPossible = block.length === modulus.length && block < modulus;
      if (!isPossible || (isPrivate && !fieldOf(key, "iq"))) {
        onDone(undefined);
        return;
      }
      const base = numberOf(block);
      const result = isPrivate
        ? privatePower(key, base)
        : raise(base, fieldOf(key, "e="), numberOf(modulus));
      onDone(bytesOf(result, modulus.length));
    },
    prepare: function (modulus: NumberBytes, exponent: NumberBytes, onDone: ResultHandler) {
      const isOdd = modulus.charCodeAt(modulus.length - 1) & 1;
      onDone(isOdd ? fieldBytes("n=", modulus) + fieldBytes("e=", exponent) : undefined);
    },
  };
}

/** Nothing where the engine has no BigInt. */
export function bigIntRsa(): RsaProvider | undefined {
  return typeof BigInt === "function" ? createProvider(BigInt) : undefined;
}
