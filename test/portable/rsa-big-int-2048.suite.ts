// RSA on the engine's own BigInt, keys up to 2,048 bits.

import { bigIntRsa } from "../../src/firmware/crypto/big-int-rsa.js";
import { KEY_1088, KEY_512, SIGNED_1024, SIGNED_2048, SPIME_1024, SPIME_2048 } from "./rsa-data.js";
import { answerTests, signatureTests } from "./rsa-provider.js";
import type { Constants } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

declare const BigInt: unknown;

const NONE: Constants = { of: "none", tags: "" };
const rsa = bigIntRsa();

export const rsaBigInt2048Suite = suite("crypto/rsa bigint, up to 2,048 bits", function (test) {
  if (!rsa) {
    test("there is no provider, as there is no BigInt", function () {
      equal(typeof BigInt, "undefined");
    });
    return;
  }
  answerTests(test, rsa, NONE, KEY_512);
  answerTests(test, rsa, NONE, KEY_1088);
  signatureTests(test, rsa, NONE, SPIME_1024, SIGNED_1024);
  signatureTests(test, rsa, NONE, SPIME_2048, SIGNED_2048);
});
