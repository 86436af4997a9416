// RSA in plain loops: private powers up to 512 bits, a public one of 1,024.

import { KEY_256, KEY_512, SIGNED_1024, SPIME_1024 } from "./rsa-data.js";
import { LOOP, loopRsa } from "./rsa-loop.js";
import { answerTests, signatureTests } from "./rsa-provider.js";
import { suite } from "./suite.js";

export const rsaLoop1024Suite = suite("crypto/rsa portable, 1,024 bits", function (test) {
  answerTests(test, loopRsa, LOOP, KEY_256);
  answerTests(test, loopRsa, LOOP, KEY_512);
  signatureTests(test, loopRsa, LOOP, SPIME_1024, SIGNED_1024, true);
});
