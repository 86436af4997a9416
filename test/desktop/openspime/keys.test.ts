import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { decodeNumber, keyValueOf, readKeyInfo } from "../../../src/desktop/openspime/key-info.js";
import { readPrivateKey, readPublicKey } from "../../../src/desktop/openspime/keys.js";
import { element, publicKey, readPem, SIZES } from "./support.js";

const { modulus, exponent } = keyValueOf(publicKey("spime-1024"));

describe("OpenSpime: public keys on the wire", () => {
  for (const bits of SIZES) {
    it(`writes the standard form and reads it back, ${bits} bits`, () => {
      const value = keyValueOf(publicKey(`spime-${bits}`));
      assert.equal(Buffer.from(value.modulus, "base64").length, bits / 8);
      assert.equal(value.exponent, "AQAB");
      const key = readKeyInfo(pubkeys(value.modulus, value.exponent));
      assert.ok(key?.equals(publicKey(`spime-${bits}`)));
    });

    it(`reads the author's MPIs without <KeyValue>, ${bits} bits`, () => {
      const value = keyValueOf(publicKey(`spime-${bits}`));
      const written = pubkeys(mpi(value.modulus), mpi(value.exponent), { keyValue: false });
      assert.ok(readKeyInfo(written)?.equals(publicKey(`spime-${bits}`)));
    });
  }

  it("reads prefixes and white space", () => {
    const text = `<p xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>\n<ds:KeyInfo><ds:RSAKeyValue>
      <ds:Modulus>\n${modulus.replace(/.{64}/g, "$&\n")}</ds:Modulus>
      <ds:Exponent> AQAB </ds:Exponent></ds:RSAKeyValue></ds:KeyInfo></p>`;
    assert.ok(readKeyInfo(element(text)));
  });

  it("reads numbers with and without leading zeros", () => {
    for (const text of ["AQAB", "AAEAAQ==", "AAAAAwEAAQ==", "AAAABAABAAE="]) {
      assert.equal(decodeNumber(text)?.toString("hex"), "010001");
    }
    for (const text of ["", "AA==", "*", "AAAAAQA="]) assert.equal(decodeNumber(text), undefined);
  });

  const weak = generateKeyPairSync("rsa", { modulusLength: 512 }).publicKey;
  const even = Buffer.from(modulus, "base64").fill(0, 127).toString("base64");
  const rows: [name: string, xml: ReturnType<typeof element>][] = [
    ["nothing", element("<pubkeys/>")],
    ["no exponent", pubkeys(modulus, "")],
    ["no modulus", pubkeys("", exponent)],
    ["no base64", pubkeys("***", exponent)],
    ["exponent 1", pubkeys(modulus, "AQ==")],
    ["an even exponent", pubkeys(modulus, "AQAA")],
    ["an even modulus", pubkeys(even, exponent)],
    ["512 bits", pubkeys(keyValueOf(weak).modulus, exponent)],
    ["8192 bits", pubkeys(Buffer.alloc(1024, 0xff).toString("base64"), exponent)],
    ["two moduli", pubkeys(`${modulus}</Modulus><Modulus>${modulus}`, exponent)],
  ];
  for (const [name, xml] of rows) {
    it(`no key: ${name}`, () => assert.equal(readKeyInfo(xml), undefined));
  }
});

describe("OpenSpime: keys in PEM", () => {
  it("reads PKCS#1, PKCS#8 and SPKI", () => {
    const key = readPrivateKey("key", readPem("spime-1024"));
    const pkcs8 = key.export({ type: "pkcs8", format: "pem" });
    assert.ok(readPrivateKey("key", pkcs8).equals(key));
    assert.ok(readPublicKey("key", readPem("spime-1024.pub")).equals(publicKey("spime-1024")));
    assert.ok(readPublicKey("key", readPem("spime-1024")).equals(publicKey("spime-1024")));
  });

  const pem = { type: "pkcs8", format: "pem" } as const;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem);
  const small = generateKeyPairSync("rsa", { modulusLength: 1016 }).privateKey.export(pem);
  const rows: [name: string, pem: string | Buffer, message: string][] = [
    ["no PEM", "secret text", "key: not a PEM of an unencrypted private key"],
    ["a public one", readPem("spime-1024.pub"), "key: not a PEM of an unencrypted private key"],
    ["EC", ec, "key: not an RSA key"],
    ["1016 bits", small, "key: 1016 bits, at least 1024 are needed"],
  ];
  for (const [name, text, message] of rows) {
    it(`throws for ${name}, and shows nothing of it`, () => {
      assert.throws(() => readPrivateKey("key", text), { name: "TypeError", message });
    });
  }
});

function pubkeys(modulus: string, exponent: string, { keyValue = true } = {}) {
  const numbers = `<Modulus>${modulus}</Modulus><Exponent>${exponent}</Exponent>`;
  const value = `<RSAKeyValue>${numbers}</RSAKeyValue>`;
  const info = keyValue ? `<KeyValue>${value}</KeyValue>` : value;
  return element(
    `<pubkeys xmlns='urn:xmpp:tmp:pubkey'><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'>${info}` +
      `</KeyInfo></pubkeys>`,
  );
}

/** As BN_bn2mpi writes it: length, a zero where the first bit is set, the number. */
function mpi(base64: string): string {
  const number = Buffer.from(base64, "base64");
  const padded = number[0] & 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(padded.length);
  return Buffer.concat([length, padded]).toString("base64");
}
