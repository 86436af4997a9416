import assert from "node:assert/strict";
import { isSignatureOf, sign } from "../../../src/desktop/openspime/signature.js";
import { decryptTransport } from "../../../src/desktop/openspime/transport.js";
import { childElements } from "../../../src/desktop/openspime/element.js";
import { partsOf, privateKey, publicKey, SIZES } from "./support.js";

describe("OpenSpime: the author's stanzas", () => {
  for (const bits of SIZES) {
    const spime = publicKey(`spime-${bits}`);
    const scopenode = privateKey(`scopenode-${bits}`);

    it(`verifies the signed report, ${bits} bits`, () => {
      const { payload, signature } = partsOf(`report-sign-${bits}`);
      assert.ok(payload && signature);
      assert.equal(isSignatureOf(payload, signature, spime), true);
    });

    it(`makes the same signature, ${bits} bits`, () => {
      const { payload, signature } = partsOf(`report-sign-${bits}`);
      assert.ok(payload);
      assert.equal(sign(payload, privateKey(`spime-${bits}`)), signature);
    });

    it(`decrypts the encrypted report, ${bits} bits`, () => {
      const payload = decryptTransport(partsOf(`report-encrypt-${bits}`).encrypted, scopenode);
      assert.equal(payload?.name, "data");
      assert.equal(payload.attrs["xmlsn"], "openspime:protocol:extension:data");
      assert.equal(childElements(payload).length, 1);
    });

    it(`decrypts and verifies the signed and encrypted report, ${bits} bits`, () => {
      const { encrypted, signature } = partsOf(`report-sign-encrypt-${bits}`);
      const payload = decryptTransport(encrypted, scopenode);
      assert.ok(payload && signature);
      assert.equal(isSignatureOf(payload, signature, spime), true);
    });

    it(`does not verify with another's key, ${bits} bits`, () => {
      const { payload, signature } = partsOf(`report-sign-${bits}`);
      assert.ok(payload && signature);
      assert.equal(isSignatureOf(payload, signature, publicKey(`scopenode-${bits}`)), false);
      const other = bits === 1024 ? 2048 : 1024;
      assert.equal(isSignatureOf(payload, signature, publicKey(`spime-${other}`)), false);
    });

    it(`does not decrypt with another's key, ${bits} bits`, () => {
      const { encrypted } = partsOf(`report-encrypt-${bits}`);
      assert.equal(decryptTransport(encrypted, privateKey(`spime-${bits}`)), undefined);
      const other = bits === 1024 ? 2048 : 1024;
      assert.equal(decryptTransport(encrypted, privateKey(`scopenode-${other}`)), undefined);
    });
  }
});
