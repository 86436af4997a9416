// Ed25519, X25519 and NaCl's box as the firmware has them, against what the RFCs and NaCl's paper print.

import {
  boxMessage,
  boxPublicKey,
  signingKeyOf,
  signMessage,
} from "../../src/firmware/crypto/nacl.js";
import { fromHex, toHex } from "./hex.js";
import { BOX, ED25519, X25519 } from "./nacl-data.js";
import { equal, suite } from "./suite.js";

export const naclSuite = suite("crypto/nacl", function (test) {
  ED25519.forEach(function (vector) {
    test("RFC 8032 " + vector.name + ": the public key and the signature", function () {
      const key = signingKeyOf(fromHex(vector.seed));
      equal(toHex(key.publicKey), vector.public);
      equal(toHex(signMessage(key, fromHex(vector.message))), vector.signature);
    });
  });

  test("RFC 7748: both public keys", function () {
    equal(toHex(boxPublicKey(fromHex(X25519.aliceSecret))), X25519.alicePublic);
    equal(toHex(boxPublicKey(fromHex(X25519.bobSecret))), X25519.bobPublic);
  });

  test("NaCl's paper: the box", function () {
    const box = boxMessage(
      fromHex(BOX.message),
      fromHex(BOX.nonce),
      fromHex(X25519.bobPublic),
      fromHex(X25519.aliceSecret),
    );
    equal(toHex(box), BOX.box);
  });
});
