// A public key as XEP-0189 0.7 carries it: XML Signature (2nd edition) section 4.4.2.2, RSAKeyValue.
//
//   <pubkeys xmlns='urn:xmpp:tmp:pubkey' jid='…'><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'>
//     <KeyValue><RSAKeyValue><Modulus>…</Modulus><Exponent>…</Exponent></RSAKeyValue></KeyValue>
//   </KeyInfo></pubkeys>
//
// Numbers are CryptoBinary (section 4.0.1): base64 of the big-endian integer without leading zeros. The
// author's library writes an OpenSSL MPI instead (four octets of length, perhaps a zero) and no <KeyValue>.

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { childElements, localName, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { faultOfKey } from "./keys.js";

export interface RsaKeyValue {
  /** CryptoBinary. */
  readonly modulus: string;
  readonly exponent: string;
}

export function keyValueOf(key: KeyObject): RsaKeyValue {
  const { n = "", e = "" } = key.export({ format: "jwk" });
  return { modulus: fromUrl(n), exponent: fromUrl(e) };
}

/** The key in <pubkeys/>, or undefined if it holds none that may be used. */
export function readKeyInfo(pubkeys: XmlElement): KeyObject | undefined {
  const info = only(pubkeys, "KeyInfo");
  const holder = info && (only(info, "KeyValue") ?? info);
  const value = holder && only(holder, "RSAKeyValue");
  const modulus = value && numberIn(value, "Modulus");
  const exponent = value && numberIn(value, "Exponent");
  return modulus && exponent && keyOf(modulus, exponent);
}

/** JSON Web Key, RFC 7518 section 6.3.1, has the same numbers in the other base64. */
function keyOf(modulus: Buffer, exponent: Buffer): KeyObject | undefined {
  const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: exponent.toString("base64url") };
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return isOdd(modulus) && faultOfKey(key) === undefined ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The big-endian number of a CryptoBinary or MPI, without leading zeros. */
export function decodeNumber(text: string): Buffer | undefined {
  const octets = decodeBase64(text);
  if (octets === undefined) return undefined;
  const isMpi = octets.length > 4 && octets.readUInt32BE(0) === octets.length - 4;
  const number = isMpi ? octets.subarray(4) : octets;
  const start = number.findIndex((octet) => octet !== 0);
  return start < 0 ? undefined : number.subarray(start);
}

function numberIn(value: XmlElement, name: string): Buffer | undefined {
  const element = only(value, name);
  return element && decodeNumber(textOf(element));
}

/** By name: the author's library leaves the namespace to chance. */
function only(parent: XmlElement, name: string): XmlElement | undefined {
  const [element, second] = childElements(parent).filter((child) => localName(child) === name);
  return second === undefined ? element : undefined;
}

function isOdd(number: Buffer): boolean {
  return (number[number.length - 1] & 1) === 1;
}

function fromUrl(text: string): string {
  return Buffer.from(text, "base64url").toString("base64");
}
