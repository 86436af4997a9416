// Decrypting and verifying what comes in, OpenSpime v0.9 section 1.0.1. The certification service is looked
// at first, because that costs nothing; decryption comes before verification, because what was signed is
// the plain element. Whatever fails in a decryption, from base64 to XML, has one answer: no oracle for
// Bleichenbacher (1998) or Vaudenay (2002).

import { fromBase64, withoutBlanks } from "../bytes.js";
import { decryptPadded } from "../crypto/cipher.js";
import { decryptPieces, verifySeal } from "../crypto/rsa-blocks.js";
import type { ByteString } from "../platform.js";
import { childOf, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { createXmlParser } from "../xml/parser.js";
import { foldJid } from "../xmpp/jid.js";
import { CAPS } from "../xmpp/stream.js";
import { canonicalXml } from "./canonical.js";
import {
  CORRUPTED_KEY,
  DECRYPTION_ERROR,
  INVALID_CERTIFIER,
  MALFORMED_TRANSPORT,
  NOT_ENABLED,
} from "./conditions.js";
import type { Security } from "./security.js";

/** Gets the content, with the JID whose signature it bears or ""; or `undefined` and the error. */
export type OpenedHandler = (content: Element | undefined, signerOrError: string) => void;

/** The one element that a text holds; nothing when it holds anything else. */
function parseElement(text: ByteString | undefined): Element | undefined {
  const found: Element[] = [];
  let isRootWhole = false;
  const parser = createXmlParser(CAPS, function (element, depth, isWhole) {
    if (!depth) isRootWhole = isWhole;
    else if (depth < 2 && isWhole) found.push(element);
  });
  const fault = parser.push("<x>" + text + "</x>");
  return !fault && isRootWhole && found.length === 1 ? found[0] : undefined;
}

/** The bytes that a text tells, which may be missing; pretty-printers put blanks between. */
function base64Of(text: string | undefined): string {
  return fromBase64(withoutBlanks(text || ""));
}

/** The element inside an encrypted `<transport>`. What is no key or no text ends as one that is not right. */
function decrypt(
  { rsa, key, cipher }: Security,
  transport: Element,
  onDone: (content: Element | undefined) => void,
): void {
  decryptPieces(rsa, key, base64Of(transport.attributes["transport-key"]), function (text) {
    const numbers = parseElement(text);
    const aesKey = base64Of(textOf(numbers, "key"));
    const iv = base64Of(textOf(numbers, "vint"));
    onDone(parseElement(decryptPadded(cipher, aesKey, iv, base64Of(transport.text))));
  });
}

/** Verifies with the key in the store, and if that fails, once more with the one that the service has now. */
function verify(
  security: Security,
  signer: ByteString,
  signature: string,
  content: Element,
  onDone: OpenedHandler,
): void {
  const { rsa, sha1, keyRing } = security;
  keyRing.find(signer, function (key, error, wasStored) {
    if (!key) {
      onDone(undefined, error);
      return;
    }
    // The second form is that of an element which the author's library sends: it has no namespace of its own
    // and shows the one that it inherits, which the signer had or had not there.
    const digests = [canonicalXml(content, ""), canonicalXml(content, "", content.namespace)].map(
      (text) => sha1.digest(text),
    );
    verifySeal(rsa, key, signature, digests, function (isValid) {
      if (isValid) onDone(content, signer);
      else if (wasStored) {
        keyRing.distrust(signer);
        verify(security, signer, signature, content, onDone);
      } else onDone(undefined, CORRUPTED_KEY);
    });
  });
}

/** Opens an `<openspime>` that came from `from`; without `security` only one in the clear. */
export function openEnvelope(
  security: Security | undefined,
  envelope: Element,
  from: ByteString,
  onDone: OpenedHandler,
): void {
  const originator = childOf(envelope, "originator");
  const sign = childOf(originator, "sign");
  const transport = childOf(envelope, "transport");
  const isSecret = transport && transport.attributes["transport-key"];

  function takeContent(content: Element | undefined): void {
    const osid = originator && originator.attributes["osid"];
    if (!content) onDone(content, isSecret ? DECRYPTION_ERROR : MALFORMED_TRANSPORT);
    else if (!sign) onDone(content, "");
    else verify(security!, osid || from, base64Of(sign.text), content, onDone);
  }

  if (!security && (sign || isSecret)) {
    onDone(undefined, "cancel " + (isSecret ? "decryption" : "signature") + NOT_ENABLED);
  } else if (sign && foldJid(originator!.attributes["cert"] || "") !== foldJid(security!.service)) {
    onDone(undefined, INVALID_CERTIFIER);
  } else if (isSecret) decrypt(security!, transport, takeContent);
  else takeContent(transport && transport.children.length < 2 ? transport.children[0] : undefined);
}
