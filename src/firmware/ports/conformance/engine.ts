// What of ECMAScript 5.1 and of typed arrays the agent uses, where engines have been seen to differ.

import { now } from "./check.js";
import type { Check, Problem } from "./check.js";

/** Each has to be true. `one` is 1, which the minifier does not know: it would compute the rest. */
const EXPECTED: { [name: string]: (one: number) => boolean } = {
  "a string holds each octet": (one) =>
    ("\0\x7f\x80" + String.fromCharCode(254 + one)).charCodeAt(3) === 255,
  "a string is made of an array of octets": () =>
    String.fromCharCode.apply(null, new Uint8Array([65, 200]) as unknown as number[]) === "A\xc8",
  "a part of a typed array is a view": () => {
    const bytes = new Uint8Array(4);
    bytes.subarray(1, 3)[0] = 7;
    return bytes[1] === 7;
  },
  "a typed array copies another": () => {
    const bytes = new Uint8Array([1, 2]);
    const copy = new Uint8Array(bytes);
    bytes[0] = 9;
    return copy[0] === 1;
  },
  "32 bits turn over": (one) =>
    ((0x7fffffff + one) | 0) === -2147483648 && -one >>> 0 === 4294967295,
  "53 bits are exact": (one) =>
    (4294967296 + one) * 1048576 === 4503599628419072 &&
    9007199254740990 + one - 9007199254740990 === 1,
  "not a number is not one": (one) => isNaN(parseInt("", 10)) && isNaN("".charCodeAt(one)),
  "arrays have the functions of ES5": () =>
    [3, 1, 2]
      .map((number) => number * 2)
      .filter((number) => number > 2)
      .some((number) => number === 6) && [1, 2].every((number) => number > 0),
  "functions are hoisted": () => {
    return later() === 1;
    function later(): number {
      return 1;
    }
  },
  "a matcher finds classes and counts": () => "a  b\tc".replace(/[ \t]+/g, "-") === "a-b-c",
  "JSON goes there and back": () =>
    JSON.stringify(JSON.parse('{"a":[1,"\\u00e9",null,true]}')) === '{"a":[1,"\xe9",null,true]}',
  "dates are those of ISO 8601": () =>
    new Date(1428956802000).toISOString() === "2015-04-13T20:26:42.000Z" &&
    Date.parse("2015-04-13T20:26:42Z") === 1428956802000,
  "errors are caught": () => {
    try {
      throw new Error("told");
    } catch (error) {
      return (error as Error).message === "told";
    }
  },
};

function isAsExpected(name: string): boolean {
  try {
    return EXPECTED[name](new Uint8Array([1])[0]);
  } catch {
    return false;
  }
}

function problemOf(): Problem {
  const wrong = Object.keys(EXPECTED).filter((name) => !isAsExpected(name));
  return wrong.length ? "not so: " + wrong.join("; ") : undefined;
}

declare const BigInt: unknown;

export const ENGINE: Check[] = [
  now("the engine has what the agent uses of ECMAScript 5.1", problemOf),
  {
    name: "the engine has BigInt, for RSA in seconds",
    lack: () => (typeof BigInt === "function" ? undefined : "RSA takes minutes without it"),
    run: (_around, done) => done(),
  },
];
