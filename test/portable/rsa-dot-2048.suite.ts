// RSA on a dot product, a key of 2,048 bits.

import { DOT, dotRsa } from "./rsa-dot.js";
import { SIGNED_2048, SPIME_2048 } from "./rsa-data.js";
import { signatureTests } from "./rsa-provider.js";
import { suite } from "./suite.js";

export const rsaDot2048Suite = suite("crypto/rsa espruino-dot, 2,048 bits", function (test) {
  signatureTests(test, dotRsa, DOT, SPIME_2048, SIGNED_2048);
});
