// Signing and encrypting, OpenSpime v0.9 section 1.0.1: the signature is a PKCS#1 block of type 1 over the
// bare SHA-1 of the content, which is Canonical XML; then the content is encrypted with AES-256-CBC under a
// key of its own, which travels in blocks of type 2 (../shared facts in test/vectors/openspime/README.md).

import { toBase64 } from "../bytes.js";
import { encryptPadded } from "../crypto/cipher.js";
import { encryptPieces, seal } from "../crypto/rsa-blocks.js";
import type { ByteString } from "../platform.js";
import { escapeAttribute } from "../xml/element.js";
import { openspime } from "./report.js";
import { AES_CONTENT_TYPE, TRANSPORT_KEY } from "./security.js";
import type { Security } from "./security.js";

/** Gets the whole `<openspime>` as XML, or `undefined` and why, in a word for the log. */
export type SealedHandler = (xml: ByteString | undefined, reason: string) => void;

const KEY_BYTES = 32;
const IV_BYTES = 16;

/** The `<originator>` of a content, with its signature; empty where there is no certification service. */
function sign(
  security: Security,
  content: ByteString,
  onDone: (originator: ByteString | undefined) => void,
): void {
  const { rsa, key, sha1, certifier } = security;
  if (!certifier) {
    onDone("");
    return;
  }
  seal(rsa, key, sha1.digest(content), function (block) {
    const start = '<originator cert="' + escapeAttribute(certifier) + '"><sign>';
    onDone(block && start + toBase64(block) + "</sign></originator>");
  });
}

/** The `<transport>` of a content that only `recipient` can read. */
function encrypt(
  security: Security,
  content: ByteString,
  recipient: ByteString,
  onDone: SealedHandler,
): void {
  const { rsa, cipher, random, keys } = security;
  keys.find(recipient, function (recipientKey, error) {
    if (!recipientKey) {
      onDone(undefined, error);
      return;
    }
    const key = random.bytes(KEY_BYTES);
    const iv = random.bytes(IV_BYTES);
    const numbers = "<key>" + toBase64(key) + "</key><vint>" + toBase64(iv) + "</vint>";
    const text =
      "<transportkey xmlns='" + TRANSPORT_KEY + "' version='0.9'>" + numbers + "</transportkey>";
    encryptPieces(rsa, recipientKey, text, random, function (blocks) {
      const start = '<transport content-type="' + AES_CONTENT_TYPE + '" transport-key="';
      onDone(
        blocks &&
          start +
            toBase64(blocks) +
            '">' +
            toBase64(encryptPadded(cipher, key, iv, content)) +
            "</transport>",
        "rsa-failed",
      );
    });
  });
}

/**
 * Signs the content where the board has a certification service, and encrypts it where `isSecret`;
 * without `security` it goes in the clear.
 */
export function sealContent(
  security: Security | undefined,
  content: ByteString,
  recipient: ByteString,
  isSecret: boolean | undefined,
  onDone: SealedHandler,
): void {
  const plain = "<transport>" + content + "</transport>";
  if (!security) {
    onDone(openspime("", plain), "");
    return;
  }
  // Who can foresee the key can read the report: a board without its seed has no key to give.
  if (isSecret && !security.random.isSeeded()) {
    onDone(undefined, "no-seed");
    return;
  }
  sign(security, content, function (originator) {
    if (originator === undefined) onDone(undefined, "rsa-failed");
    else if (!isSecret) onDone(openspime(originator, plain), "");
    else {
      encrypt(security, content, recipient, function (transport, reason) {
        onDone(transport && openspime(originator, transport), reason);
      });
    }
  });
}
