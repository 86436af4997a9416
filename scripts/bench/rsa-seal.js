// A report in the document's suite: the provider that the engine would get at boot.
import { bigIntRsa } from "../../build/tsc/src/firmware/crypto/big-int-rsa.js";
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";
import { LOOP_ARITHMETIC } from "../../build/tsc/src/firmware/crypto/loop-arithmetic.js";
import { createMontgomery } from "../../build/tsc/src/firmware/crypto/montgomery.js";
import { PORTABLE_CIPHER } from "../../build/tsc/src/firmware/crypto/portable-aes.js";
import { sealContent } from "../../build/tsc/src/firmware/openspime/sealing.js";
import { CONTENT, pause, securityOf, tell, timeOf } from "./nacl-world.js";
/* global KEY, RECIPIENT */

const rsa = bigIntRsa() || createMontgomery(LOOP_ARITHMETIC, pause);
const security = securityOf(rsa, PORTABLE_CIPHER, KEY, RECIPIENT);
let isRight = true;
let sealed = "";

const signMs = timeOf(function () {
  rsa.power(KEY, true, fieldOf(KEY, "xb"), function (result) {
    isRight = isRight && result === fieldOf(KEY, "xs");
  });
});
const sealMs = timeOf(function () {
  sealContent(security, CONTENT, "", { sign: true, encrypt: true }, function (xml) {
    sealed = xml || "";
  });
});
tell({
  provider: rsa.name,
  signMs: signMs,
  sealMs: sealMs,
  stanzaBytes: sealed.length,
  isRight: isRight && sealed.length > 0,
});
