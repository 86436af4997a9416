// Signing and encrypting, OpenSpime v0.9 section 1.0.1 and test/vectors/openspime/README.md: the signature is
// a PKCS#1 block of type 1 over the bare SHA-1 of the content, which is Canonical XML; then the content is
// encrypted with AES-256-CBC under a key of its own, which travels in blocks of type 2.

import { toBase64 } from "../bytes.js";
import { encryptPadded } from "../crypto/cipher.js";
import { encryptPieces, seal } from "../crypto/rsa-blocks.js";
import type { ByteString } from "../platform.js";
import { escapeAttribute } from "../xml/element.js";
import { element } from "./report.js";
import type { Security } from "./security.js";

/** Gets the whole `<openspime>` as XML, or `undefined` and why, in words for the log. */
export type SealedHandler = (xml: ByteString | undefined, reason: string) => void;

/** Gets the `<transport>`, or `undefined` and why there is no key; without a reason the RSA failed. */
type TransportHandler = (transport: ByteString | undefined, reason?: string) => void;

/** The `<transport>` of a content that only `recipient` can read. */
function encrypt(
  { rsa, cipher, generator, keyRing }: Security,
  content: ByteString,
  recipient: ByteString,
  onDone: TransportHandler,
): void {
  keyRing.find(recipient, function (recipientKey, error) {
    if (!recipientKey) {
      onDone(recipientKey, error);
      return;
    }
    const key = generator.bytes(32);
    const iv = generator.bytes(16);
    const numbers = element("key", toBase64(key)) + element("vint", toBase64(iv));
    // The quotes that the author's library has.
    const text = element("transportkey", numbers, "core:transportkey").replace(/"/g, "'");
    encryptPieces(rsa, recipientKey, text, generator, function (blocks) {
      onDone(
        blocks &&
          '<transport content-type="x-openspime/aes-base64" transport-key="' +
            toBase64(blocks) +
            '">' +
            toBase64(encryptPadded(cipher, key, iv, content)) +
            "</transport>",
      );
    });
  });
}

/** What is done to a content. */
export interface Protection {
  sign?: boolean;
  encrypt?: boolean;
}

/** Signs the content and encrypts it, as is wished; without `security` it goes in the clear. */
export function sealContent(
  security: Security | undefined,
  content: ByteString,
  recipient: ByteString,
  { sign, encrypt: isSecret }: Protection,
  onDone: SealedHandler,
): void {
  let originator = "";

  function finish(transport: ByteString | undefined, reason?: string): void {
    if (security) security.isBusy = false;
    const xml = transport && element("openspime", originator + transport, "core");
    onDone(xml, reason || "rsa-failed");
  }

  function cover(): void {
    if (isSecret) encrypt(security!, content, recipient, finish);
    else finish(element("transport", content));
  }

  if (!security) cover();
  else if (security.isBusy) onDone(undefined, "busy");
  // Who can foresee the key can read the report: a board without its seed has no key to give.
  else if (isSecret && !security.generator.isSeeded()) onDone(undefined, "no-seed");
  else {
    security.isBusy = true;
    if (!sign) cover();
    else {
      seal(security.rsa, security.key, security.sha1.digest(content), function (block) {
        const start = '<originator cert="' + escapeAttribute(security.service) + '">';
        originator = start + element("sign", toBase64(block || "")) + "</originator>";
        if (block) cover();
        else finish(block);
      });
    }
  }
}
