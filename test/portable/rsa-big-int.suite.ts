// RSA on the engine's own BigInt, where there is one.

import { bigIntRsa } from "../../src/firmware/crypto/big-int-rsa.js";
import { EVEN_LIMBS, HIGHEST_KEY, ODD_LIMBS, SMALL_KEYS, UNEQUAL } from "./rsa-data.js";
import { keysOr } from "./rsa-keys.js";
import { smallKeyTests } from "./rsa-provider.js";
import type { Constants } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

declare const BigInt: ((digits: string) => number) | undefined;

const NONE: Constants = { of: "none", tags: "" };
const rsa = bigIntRsa();

/**
 * JerryScript 3.0 compares a wrong digit when it estimates a quotient's (issue 5068 there): with random
 * numbers that matters once in some 2^32 digits, with numbers of many zeros soon.
 */
function dividesRight(): boolean {
  if (typeof BigInt !== "function") return true;
  const number = BigInt("0x1000000000001");
  return !((number * number * number * number) % number);
}

export const rsaBigIntSuite = suite("crypto/rsa bigint", function (test) {
  if (!rsa) {
    test("there is no provider, as there is no BigInt", function () {
      equal(typeof BigInt, "undefined");
      equal(bigIntRsa(), undefined);
    });
    return;
  }
  test("its name", function () {
    equal(rsa.name, "bigint");
  });
  const unharmed = [EVEN_LIMBS, ODD_LIMBS, UNEQUAL, HIGHEST_KEY];
  smallKeyTests(test, rsa, NONE, keysOr(dividesRight() ? SMALL_KEYS : unharmed));
});
