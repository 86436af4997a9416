// <sign>, OpenSpime v0.9 section 1.0.1: base64 of a PKCS#1 block of type 1 over the bare SHA-1 of the
// Canonical XML of the first child element of <transport/>, before it is encrypted.

import { createHash } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { canonicalForms } from "./canonical.js";
import type { XmlElement } from "./element.js";
import { isSealOf, sealWithPrivateKey } from "./rsa.js";

/** Throws if the element has no canonical form: nested too deep, or with a prefix that is not declared. */
export function sign(payload: XmlElement, privateKey: KeyObject): string {
  const [form] = canonicalForms(payload);
  if (form === undefined) throw new TypeError("payload: no canonical form");
  return sealWithPrivateKey(sha1(form), privateKey).toString("base64");
}

export function isSignatureOf(payload: XmlElement, text: string, publicKey: KeyObject): boolean {
  const block = decodeBase64(text);
  if (block === undefined) return false;
  return canonicalForms(payload).some((form) => isSealOf(sha1(form), block, publicKey));
}

function sha1(text: string): Buffer {
  return createHash("sha1").update(text, "utf8").digest();
}
