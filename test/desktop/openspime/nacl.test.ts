// The desktop's side of docs/nacl.md against vectors from outside, and against the firmware's own arithmetic.

import assert from "node:assert/strict";
import { diffieHellman, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import {
  box,
  boxKeyOf,
  boxTransport,
  isNaclSignatureOf,
  keyIn,
  keysElement,
  octetsOf,
  openTransport,
  privateKeyOf,
  publicKeyOf,
  signNacl,
} from "../../../src/desktop/openspime/nacl.js";
import {
  boxMessage,
  boxPublicKey,
  signingKeyOf,
  signMessage,
} from "../../../src/firmware/crypto/nacl.js";
import { BOX, ED25519, X25519 } from "../../portable/nacl-data.js";
import { dataXml, entryXml } from "../scopenode/support.js";
import { element, privateKey } from "./support.js";

const hex = (digits: string) => Buffer.from(digits, "hex");
const x25519 = (digits: string) => privateKeyOf("X25519", hex(digits));
const publicX25519 = (octets: Buffer) => publicKeyOf("X25519", octets) ?? assert.fail();
const data = dataXml(entryXml());
const recipient = x25519(X25519.bobSecret);
const to = publicX25519(hex(X25519.bobPublic));
const [{ seed, public: ed25519 }] = ED25519;
const OWNER = "node@scopenode.example/co2";

describe("OpenSpime: the suite of docs/nacl.md", () => {
  it("has the vectors that are in test/vectors", () => {
    const vectors = readFileSync("test/vectors/nacl/vectors.json", "utf8");
    assert.deepEqual(JSON.parse(vectors), { ed25519: ED25519, x25519: X25519, box: BOX });
  });

  for (const vector of ED25519) {
    it(`signs and verifies RFC 8032 ${vector.name}`, () => {
      const key = privateKeyOf("Ed25519", hex(vector.seed));
      assert.equal(octetsOf(key).toString("hex"), vector.public);
      assert.equal(sign(null, hex(vector.message), key).toString("hex"), vector.signature);
    });
  }

  it("has RFC 7748's shared secret", () => {
    const shared = diffieHellman({ privateKey: x25519(X25519.aliceSecret), publicKey: to });
    assert.equal(shared.toString("hex"), X25519.shared);
    assert.equal(octetsOf(x25519(X25519.aliceSecret)).toString("hex"), X25519.alicePublic);
  });

  it("has the box of NaCl's paper", () => {
    const made = box(hex(BOX.message), hex(BOX.nonce), to, x25519(X25519.aliceSecret));
    assert.equal(made.toString("hex"), BOX.box);
  });

  it("opens what it has written, and what the firmware has", () => {
    const nonce = "\x05".repeat(24);
    const secret = "\xfe".repeat(32);
    const bytes = (text: string) => Buffer.from(text, "latin1");
    const made = boxMessage(data, nonce, octetsOf(to).toString("latin1"), secret);
    const ofFirmware = {
      transportKey: bytes(boxPublicKey(secret)).toString("base64"),
      text: bytes(nonce + made).toString("base64"),
    };
    for (const transport of [boxTransport(data, to), ofFirmware]) {
      const opened = openTransport(transport, recipient) ?? assert.fail("not opened");
      assert.deepEqual(canonicalForms(opened), canonicalForms(element(data)));
    }
  });

  it("has a key and a nonce of its own each time", () => {
    const [one, other] = [boxTransport(data, to), boxTransport(data, to)];
    assert.notEqual(one.transportKey, other.transportKey);
    assert.notEqual(one.text.slice(0, 32), other.text.slice(0, 32));
  });

  it("opens nothing of which any octet is another, and nothing cut", () => {
    const { transportKey, text } = boxTransport(data, to);
    const octets = Buffer.from(text, "base64");
    for (let at = 0; at < octets.length; at += 1) {
      const changed = Buffer.from(octets);
      changed[at]! ^= 1;
      const stanza = { transportKey, text: changed.toString("base64") };
      assert.equal(openTransport(stanza, recipient), undefined, `octet ${at}`);
    }
    for (const count of [0, 1, 23, 24, 39, 40, octets.length - 1]) {
      const cut = octets.subarray(0, count).toString("base64");
      assert.equal(openTransport({ transportKey, text: cut }, recipient), undefined, `${count}`);
    }
  });

  it("opens nothing by another's key, by none, or by one of small order", () => {
    const { transportKey, text } = boxTransport(data, to);
    assert.equal(openTransport({ transportKey, text }, x25519(X25519.aliceSecret)), undefined);
    const zero = Buffer.alloc(32).toString("base64");
    for (const key of ["", "AAAA", "no base64", zero, boxTransport(data, to).transportKey]) {
      assert.equal(openTransport({ transportKey: key, text }, recipient), undefined, key);
    }
  });

  it("opens nothing that is no XML of UTF-8", () => {
    for (const inside of ["", "text", "<a/><b/>", "<a>"]) {
      assert.equal(openTransport(boxTransport(inside, to), recipient), undefined, inside);
    }
  });

  it("verifies what it and the firmware have signed, and nothing else", () => {
    const publicKey = publicKeyOf("Ed25519", hex(ed25519)) ?? assert.fail();
    const payload = element(data);
    const own = signNacl(payload, privateKeyOf("Ed25519", hex(seed)));
    const [form = assert.fail()] = canonicalForms(payload);
    const firmwareKey = signingKeyOf(hex(seed).toString("latin1"));
    const ofFirmware = Buffer.from(signMessage(firmwareKey, form), "latin1").toString("base64");
    assert.equal(ofFirmware, own);
    assert.equal(isNaclSignatureOf(payload, own, publicKey), true);
    const other = element(dataXml(entryXml({ ppm: "176.5" })));
    assert.equal(isNaclSignatureOf(other, own, publicKey), false);
    const changed = Buffer.from(own, "base64");
    changed[40]! ^= 1;
    for (const text of ["", "AAAA", changed.toString("base64")]) {
      assert.equal(isNaclSignatureOf(payload, text, publicKey), false, text);
    }
  });

  it("makes the same key of an RSA key each time, and another of another", () => {
    const [one, again, other] = ["scopenode-1024", "scopenode-1024", "spime-1024"].map((name) =>
      octetsOf(boxKeyOf(privateKey(name))).toString("hex"),
    );
    assert.equal(one, again);
    assert.notEqual(one, other);
  });

  it("reads keys of their owner, and no others", () => {
    const written = keysElement("X25519", to, OWNER).toString();
    const read = (text: string, owner = OWNER) => keyIn(element(text), "X25519", owner);
    assert.ok(read(written)?.equals(to));
    assert.ok(read(written, OWNER.replace("node@", "NODE@"))?.equals(to));
    assert.equal(read(written, `x${OWNER}`), undefined);
    assert.equal(keyIn(element(written), "Ed25519", OWNER), undefined);
    for (const [from, into] of [
      ["urn:x-microspime:nacl", "urn:x-microspime:other"],
      ["keys", "data"],
      ["<osid>", "<osid>a</osid><osid>"],
      ["<x25519>", "<x25519>AAAA"],
      ["<x25519>", "<x25519>AAAA</x25519><x25519>"],
    ] as const) {
      assert.equal(read(written.replaceAll(from, into)), undefined, into);
    }
  });
});
