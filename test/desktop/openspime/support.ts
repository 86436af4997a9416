// What the tests of signing and encryption share: the author's stanzas and keys, read from the vectors.

import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { childrenNamed, textOf } from "../../../src/desktop/openspime/element.js";
import type { XmlElement } from "../../../src/desktop/openspime/element.js";
import { CORE } from "../../../src/desktop/openspime/namespaces.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { openspimeOf, parseStanza, readVector } from "../scopenode/support.js";

export const SIZES = [1024, 2048] as const;

export function readPem(name: string): string {
  return readFileSync(`test/vectors/openspime/${name}.pem`, "utf8");
}

export function privateKey(name: string): KeyObject {
  return createPrivateKey(readPem(name));
}

export function publicKey(name: string): KeyObject {
  return createPublicKey(readPem(`${name}.pub`));
}

/** The modulus of a vector's key with the exponent 3: nobody needs its private half. */
export function publicKeyOfExponent3(): KeyObject {
  const { n } = publicKey("spime-1024").export({ format: "jwk" });
  return createPublicKey({ key: { kty: "RSA", n, e: "Aw" }, format: "jwk" });
}

export function element(text: string): XmlElement {
  const parsed = parseXmlText(text);
  assert.ok(parsed, "not XML");
  return parsed;
}

/** The parts of a vector, as they stand in a stream. */
export function partsOf(name: string) {
  const openspime = openspimeOf(parseStanza(readVector(name)));
  const [transport] = childrenNamed(openspime, "transport", CORE);
  const [originator] = childrenNamed(openspime, "originator", CORE);
  assert.ok(transport && originator);
  const [sign] = childrenNamed(originator, "sign", CORE);
  return {
    payload: transport.children.find((child) => typeof child !== "string"),
    signature: sign && textOf(sign),
    encrypted: { transportKey: transport.attrs["transport-key"] ?? "", text: textOf(transport) },
  };
}
