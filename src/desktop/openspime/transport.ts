// Encryption of <transport/>, OpenSpime v0.9 section 1.0.1: AES-256-CBC (NIST SP 800-38A, PKCS#7 padding)
// of the element's text, with a key of its own that travels in `transport-key`, RSA-encrypted:
//
//   <transportkey xmlns='openspime:protocol:core:transportkey' version='0.9'>
//     <key>B64(32 bytes)</key><vint>B64(16 bytes)</vint></transportkey>
//
// Nothing authenticates the text. So that no answer tells which part of a decryption failed (Bleichenbacher
// 1998, Vaudenay 2002), there is one failure for all of it, from base64 to well-formed XML, and a key that
// cannot be read is replaced by a random one, with which the work goes on.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { childElements, childrenNamed, isOpenSpime, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { TRANSPORT_KEY } from "./namespaces.js";
import { decryptChunks, encryptChunks } from "./rsa.js";
import { parseXmlText } from "./xml-text.js";

export const AES_CONTENT_TYPE = "x-openspime/aes-base64";

const CIPHER = "aes-256-cbc";
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;

export interface EncryptedTransport {
  /** The attribute `transport-key`. */
  readonly transportKey: string;
  /** The text of <transport/>. */
  readonly text: string;
}

interface AesKey {
  readonly key: Buffer;
  readonly iv: Buffer;
}

export function encryptTransport(xmlText: string, publicKey: KeyObject): EncryptedTransport {
  const { key, iv } = randomKey();
  const cipher = createCipheriv(CIPHER, key, iv);
  const body = Buffer.concat([cipher.update(xmlText, "utf8"), cipher.final()]);
  const wrapped = encryptChunks(Buffer.from(keyText({ key, iv })), publicKey);
  key.fill(0);
  return { transportKey: wrapped.toString("base64"), text: body.toString("base64") };
}

/** The element inside, or undefined, whatever failed. */
export function decryptTransport(
  { transportKey, text }: EncryptedTransport,
  privateKey: KeyObject,
): XmlElement | undefined {
  const found = unwrapKey(transportKey, privateKey);
  const aes = found ?? randomKey();
  const xmlText = decryptText(text, aes);
  aes.key.fill(0);
  const element = xmlText === undefined ? undefined : parseXmlText(xmlText);
  return found && element;
}

function randomKey(): AesKey {
  return { key: randomBytes(KEY_BYTES), iv: randomBytes(BLOCK_BYTES) };
}

function keyText({ key, iv }: AesKey): string {
  const elements = `<key>${key.toString("base64")}</key><vint>${iv.toString("base64")}</vint>`;
  return `<transportkey xmlns='${TRANSPORT_KEY}' version='0.9'>${elements}</transportkey>`;
}

function unwrapKey(transportKey: string, privateKey: KeyObject): AesKey | undefined {
  const blocks = decodeBase64(transportKey);
  const text = blocks && decryptChunks(blocks, privateKey);
  const root = text && parseXmlText(text.toString("utf8"));
  text?.fill(0);
  if (!root || !isOpenSpime(root, "transportkey", TRANSPORT_KEY)) return undefined;
  if (childElements(root).length !== 2) return undefined;
  const key = octetsIn(root, "key", KEY_BYTES);
  const iv = octetsIn(root, "vint", BLOCK_BYTES);
  return key && iv && { key, iv };
}

function octetsIn(root: XmlElement, name: string, length: number): Buffer | undefined {
  const [element] = childrenNamed(root, name, TRANSPORT_KEY);
  const octets = element && decodeBase64(textOf(element));
  return octets?.length === length ? octets : undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decryptText(text: string, { key, iv }: AesKey): string | undefined {
  const body = decodeBase64(text);
  if (body === undefined || body.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv(CIPHER, key, iv);
  try {
    // Padding and UTF-8 both throw, each in words of its own: neither is told.
    return utf8.decode(Buffer.concat([decipher.update(body), decipher.final()]));
  } catch {
    return undefined;
  }
}
