// Signing and encrypting, OpenSpime v0.9 section 1.0.1 and test/vectors/openspime/README.md: the signature is
// a PKCS#1 block of type 1 over the bare SHA-1 of the content, which is Canonical XML; then the content is
// encrypted with AES-256-CBC under a key of its own, which travels in blocks of type 2.

import { toBase64 } from "../bytes.js";
import { encryptPadded } from "../crypto/cipher.js";
import { encryptPieces, seal } from "../crypto/rsa-blocks.js";
import type { ByteString } from "../platform.js";
import { attribute, element } from "../xml/element.js";
import { inProtocol } from "./report.js";
import type { Security } from "./security.js";

/** Gets the whole `<openspime>` as XML, or `undefined` and why, in words for the log. */
export type SealedHandler = (xml: ByteString | undefined, reason: string) => void;

/** Gets a `<transport>`, or `undefined` and why there is no key; without a reason the RSA failed. */
type TransportHandler = (transport: ByteString | undefined, reason?: string) => void;

const RSA_FAILED = "rsa-failed";

/** What goes through RSA: an element of the core's with the quotes that the author's library has. */
export function secretText(name: string, content: string): string {
  return element(name, content, inProtocol("core:" + name).replace(/"/g, "'"));
}

/** The whole; `content` is `<transport>`, and what is before it. */
export function envelope(content: string): string {
  return element("openspime", content, inProtocol("core"));
}

/** The content as only `recipient` can read it. */
function encrypt(
  { rsa, cipher, generator, keyRing }: Security,
  recipient: ByteString,
  content: ByteString,
  onDone: TransportHandler,
): void {
  keyRing.find(recipient, function (recipientKey, error) {
    if (!recipientKey) {
      onDone(undefined, error);
      return;
    }
    const key = generator.bytes(32);
    const iv = generator.bytes(16);
    const numbers = element("key", toBase64(key)) + element("vint", toBase64(iv));
    const text = secretText("transportkey", numbers);
    encryptPieces(rsa, recipientKey, text, generator, function (blocks) {
      if (!blocks) {
        onDone(undefined);
        return;
      }
      const attributes =
        attribute("content-type", "x-openspime/aes-base64") +
        attribute("transport-key", toBase64(blocks));
      const secret = toBase64(encryptPadded(cipher, key, iv, content));
      onDone(element("transport", secret, attributes));
    });
  });
}

/** By itself, and without the content: all that is kept while the signature takes its seconds. */
function signAndWrap(
  { rsa, key, service }: Security,
  digest: ByteString,
  osid: ByteString | undefined,
  onDone: SealedHandler,
): TransportHandler {
  return function (transport, reason) {
    if (!transport) {
      onDone(undefined, reason || RSA_FAILED);
      return;
    }
    seal(rsa, key, digest, function (block) {
      const names = attribute("cert", service) + attribute("osid", osid);
      const originator = element("originator", element("sign", toBase64(block || "")), names);
      onDone(block && envelope(originator + transport), RSA_FAILED);
    });
  };
}

function wrap(onDone: SealedHandler): TransportHandler {
  return function (transport, reason) {
    onDone(transport && envelope(transport), reason || RSA_FAILED);
  };
}

/** What is done to a content. */
export interface Protection {
  sign?: boolean;
  encrypt?: boolean;
}

/**
 * Signs the content and encrypts it, as is wished; without `security` it goes in the clear. The signature's
 * owner is the sender, or `osid` where somebody else will deliver it.
 */
export function sealContent(
  security: Security | undefined,
  content: ByteString,
  recipient: ByteString,
  { sign, encrypt: isSecret }: Protection,
  onDone: SealedHandler,
  osid?: ByteString,
): void {
  const next =
    security && sign
      ? signAndWrap(security, security.sha1.digest(content), osid, onDone)
      : wrap(onDone);
  if (!security || !isSecret) next(element("transport", content));
  // Who can foresee the key can read the report: a board without its seed has no key to give.
  else if (!security.generator.isSeeded()) next(undefined, "no-seed");
  // Its key goes through RSA before there is a signature to be kept meanwhile: where memory is short, that counts.
  else encrypt(security, recipient, content, next);
}
