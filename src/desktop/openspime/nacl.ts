// The suite x-openspime/nacl-base64, docs/nacl.md, on Node's own Ed25519 (RFC 8032) and X25519 (RFC 7748); of tweetnacl it takes
// what Node has not, HSalsa20 and XSalsa20-Poly1305 (D. J. Bernstein, "Cryptography in NaCl", 2009):
//
//   <transport content-type='x-openspime/nacl-base64' transport-key='B64(X25519 key, used once)'>
//     B64(nonce of 24 octets, and crypto_box of the element's text)</transport>
//   <sign content-type='x-openspime/nacl-base64'>B64(Ed25519 signature over the canonical form)</sign>
//   <keys xmlns='urn:x-microspime:nacl'><ed25519>B64</ed25519><osid>whose</osid></keys>   or <x25519>
//
// A box is authenticated: as with the document's suite there is one failure for all that can be wrong with it.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import nacl from "tweetnacl";
import { isSameAddress } from "./address.js";
import { decodeBase64 } from "./base64.js";
import { canonicalForms } from "./canonical.js";
import { childElements, isNamed, localName, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { NACL } from "./namespaces.js";
import type { EncryptedTransport } from "./transport.js";
import { parseXmlOctets } from "./xml-text.js";

/** The content type, and the feature of who can read it (XEP-0030). */
export const NACL_CONTENT_TYPE = "x-openspime/nacl-base64";

const KEY_OCTETS = 32;
const NONCE_OCTETS = 24;
const SIGNATURE_OCTETS = 64;

export type Curve = "Ed25519" | "X25519";

/** Of 32 octets; undefined for another number of them. */
export function publicKeyOf(curve: Curve, octets: Buffer): KeyObject | undefined {
  if (octets.length !== KEY_OCTETS) return undefined;
  const jwk = { kty: "OKP", crv: curve, x: octets.toString("base64url") };
  return createPublicKey({ key: jwk, format: "jwk" });
}

export function octetsOf(key: KeyObject): Buffer {
  const half = key.type === "public" ? key : createPublicKey(key);
  return Buffer.from(half.export({ format: "jwk" }).x ?? "", "base64url");
}

/** PKCS#8 of such a key (RFC 8410 section 7), but for the 32 octets at its end. */
const PKCS8: Readonly<Record<Curve, Buffer>> = {
  Ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
  X25519: Buffer.from("302e020100300506032b656e04220420", "hex"),
};

/** From its seed or scalar. */
export function privateKeyOf(curve: Curve, octets: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8[curve], octets]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/**
 * The X25519 key of who has this RSA key, always the same (HKDF, RFC 5869): it needs no file of its own, and whoever had the
 * RSA key could make it speak for any other.
 */
export function boxKeyOf(rsaKey: KeyObject): KeyObject {
  const secret = rsaKey.export({ type: "pkcs1", format: "der" });
  const octets = hkdfSync("sha256", secret, "", `${NACL} x25519`, KEY_OCTETS);
  return privateKeyOf("X25519", new Uint8Array(octets));
}

// Sealed transport

/** What tweetnacl does not declare. */
interface LowLevel {
  crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, c: Uint8Array): void;
}

const { crypto_core_hsalsa20 } = (nacl as unknown as { lowlevel: LowLevel }).lowlevel;
const SIGMA = Buffer.from("expand 32-byte k");

/** Undefined where it would be zero, whatever the private key: RFC 7748 section 6.1. */
function sharedKey(privateKey: KeyObject, publicKey: KeyObject): Uint8Array | undefined {
  const key = new Uint8Array(KEY_OCTETS);
  try {
    const shared = diffieHellman({ privateKey, publicKey });
    crypto_core_hsalsa20(key, new Uint8Array(16), shared, SIGMA);
    return key;
  } catch {
    return undefined;
  }
}

/** NaCl's crypto_box, without the zeros in front. */
export function box(text: Uint8Array, nonce: Uint8Array, to: KeyObject, from: KeyObject): Buffer {
  const key = sharedKey(from, to);
  if (key === undefined) throw new TypeError("public key: of small order");
  return Buffer.from(nacl.secretbox(new Uint8Array(text), new Uint8Array(nonce), key));
}

function openBox(boxed: Buffer, nonce: Buffer, from: KeyObject, to: KeyObject) {
  const key = sharedKey(to, from);
  return key && nacl.secretbox.open(new Uint8Array(boxed), new Uint8Array(nonce), key);
}

/** With a key of its own. */
export function boxTransport(xmlText: string, recipient: KeyObject): EncryptedTransport {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const nonce = randomBytes(NONCE_OCTETS);
  const boxed = box(Buffer.from(xmlText), nonce, recipient, privateKey);
  return {
    transportKey: octetsOf(publicKey).toString("base64"),
    text: Buffer.concat([nonce, boxed]).toString("base64"),
  };
}

/** The element inside, or undefined, whatever failed. */
export function openTransport(
  { transportKey, text }: EncryptedTransport,
  privateKey: KeyObject,
): XmlElement | undefined {
  const sender = publicKeyIn("X25519", transportKey);
  const octets = decodeBase64(text);
  if (sender === undefined || octets === undefined) return undefined;
  const [nonce, boxed] = [octets.subarray(0, NONCE_OCTETS), octets.subarray(NONCE_OCTETS)];
  if (nonce.length < NONCE_OCTETS) return undefined;
  const opened = openBox(boxed, nonce, sender, privateKey);
  return opened ? parseXmlOctets(opened) : undefined;
}

function publicKeyIn(curve: Curve, text: string): KeyObject | undefined {
  const octets = decodeBase64(text);
  return octets && publicKeyOf(curve, octets);
}

// Signatures

/** Throws if the element has no canonical form. */
export function signNacl(payload: XmlElement, privateKey: KeyObject): string {
  const [form] = canonicalForms(payload);
  if (form === undefined) throw new TypeError("payload: no canonical form");
  return sign(null, Buffer.from(form), privateKey).toString("base64");
}

export function isNaclSignatureOf(payload: XmlElement, text: string, publicKey: KeyObject) {
  const signature = decodeBase64(text);
  if (signature?.length !== SIGNATURE_OCTETS) return false;
  return canonicalForms(payload).some((form) =>
    verify(null, Buffer.from(form), publicKey, signature),
  );
}

// Keys, which their owner's RSA key signs

const NAMES: Readonly<Record<Curve, string>> = { Ed25519: "ed25519", X25519: "x25519" };

/** The question for them: `cert` is who tells the RSA key that their signature is looked at with. */
export function isKeysQuery(query: XmlElement): boolean {
  return isNamed(query, "keys", NACL);
}

export function keysElement(curve: Curve, key: KeyObject, osid: string): Element {
  const octets = octetsOf(key).toString("base64");
  return xml("keys", { xmlns: NACL }, xml(NAMES[curve], {}, octets), xml("osid", {}, osid));
}

/** The key, if `owner` says that it is his own: that he does shows the signature. */
export function keyIn(keys: XmlElement, curve: Curve, owner: string): KeyObject | undefined {
  if (!isKeysQuery(keys)) return undefined;
  const key = only(keys, NAMES[curve]);
  const osid = only(keys, "osid");
  return key && osid && isSameAddress(textOf(osid), owner)
    ? publicKeyIn(curve, textOf(key))
    : undefined;
}

function only(parent: XmlElement, name: string): XmlElement | undefined {
  const [element, second] = childElements(parent).filter((child) => localName(child) === name);
  return second === undefined ? element : undefined;
}
