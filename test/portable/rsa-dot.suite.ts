// RSA on Espruino's native dot product, or a plain one elsewhere. A suite for each size: each has to run in
// an ESP32's memory, and within a minute.

import { DOT, dotRsa } from "./rsa-dot.js";
import { SMALL_KEYS } from "./rsa-data.js";
import { keysOr } from "./rsa-keys.js";
import { smallKeyTests } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

export const rsaDotSuite = suite("crypto/rsa espruino-dot", function (test) {
  test("its name", function () {
    equal(dotRsa.name, "espruino-dot");
  });
  smallKeyTests(test, dotRsa, DOT, keysOr(SMALL_KEYS));
});
