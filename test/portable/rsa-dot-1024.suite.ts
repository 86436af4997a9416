// RSA on a dot product, keys of about 1,024 bits.

import { DOT, dotRsa } from "./rsa-dot.js";
import { KEY_1088, KEY_256, SIGNED_1024, SPIME_1024 } from "./rsa-data.js";
import { answerTests, prepareTest, signatureTests } from "./rsa-provider.js";
import { suite } from "./suite.js";

export const rsaDot1024Suite = suite("crypto/rsa espruino-dot, 1,024 bits", function (test) {
  answerTests(test, dotRsa, DOT, KEY_256);
  signatureTests(test, dotRsa, DOT, SPIME_1024, SIGNED_1024);
  prepareTest(test, dotRsa, DOT, SPIME_1024);
  answerTests(test, dotRsa, DOT, KEY_1088);
});
