// RSA in plain loops, small keys: an interpreter takes minutes for a private power of full size.

import { SMALL_KEYS } from "./rsa-data.js";
import { LOOP, loopRsa } from "./rsa-loop.js";
import { keysOr } from "./rsa-keys.js";
import { smallKeyTests } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

export const rsaLoopSuite = suite("crypto/rsa portable", function (test) {
  test("its name", function () {
    equal(loopRsa.name, "portable");
  });
  smallKeyTests(test, loopRsa, LOOP, keysOr(SMALL_KEYS));
});
