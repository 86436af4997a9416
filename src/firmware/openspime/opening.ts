// Decrypting and verifying what comes in, OpenSpime v0.9 section 1.0.1. The certification service is looked
// at first, because that costs nothing; decryption comes before verification, because what was signed is
// the plain element. Whatever fails in a decryption, from base64 to XML, has one answer: no oracle for
// Bleichenbacher (1998) or Vaudenay (2002).

import { fromBase64, withoutBlanks } from "../bytes.js";
import { decryptPadded } from "../crypto/cipher.js";
import { decryptPieces, verifySeal } from "../crypto/rsa-blocks.js";
import type { ByteString } from "../platform.js";
import { childOf, createStanzaBuilder } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { createXmlParser } from "../xml/parser.js";
import { foldJid } from "../xmpp/jid.js";
import { CAPS } from "../xmpp/stream.js";
import { canonicalForms } from "./canonical.js";
import {
  CORRUPTED_KEY,
  DECRYPTION_ERROR,
  DECRYPTION_NOT_ENABLED,
  FORBIDDEN,
  INVALID_CERTIFIER,
  MALFORMED_TRANSPORT,
  SIGNATURE_NOT_ENABLED,
} from "./conditions.js";
import type { Security } from "./security.js";

/** Gets the content, with the JID whose signature it bears or ""; or `undefined` and the error. */
export type OpenedHandler = (content: Element | undefined, signerOrError: string) => void;

const KEY_BYTES = 32;
const IV_BYTES = 16;

/** The one element that a text holds; nothing when it holds anything else. */
function parseElement(text: ByteString): Element | undefined {
  const found: Element[] = [];
  let isWhole = false;
  const parser = createXmlParser(
    CAPS,
    createStanzaBuilder({
      onHeader: function () {},
      onStanza: function (element) {
        found.push(element);
      },
      onEnd: function () {
        isWhole = true;
      },
    }),
  );
  const fault = parser.push("<x>" + text + "</x>");
  return !fault && isWhole && found.length === 1 ? found[0] : undefined;
}

function base64In(parent: Element | undefined, name: string): string {
  const element = childOf(parent, name);
  return element ? fromBase64(withoutBlanks(element.text)) : "";
}

/** The element inside an encrypted `<transport>`. */
function decrypt(
  security: Security,
  transport: Element,
  onDone: (content: Element | undefined) => void,
): void {
  const { rsa, key, cipher, random } = security;
  const blocks = fromBase64(withoutBlanks(transport.attributes["transport-key"] || ""));
  decryptPieces(rsa, key, blocks, function (text) {
    const transportKey = parseElement(text || "");
    const aesKey = base64In(transportKey, "key");
    const iv = base64In(transportKey, "vint");
    const isKey = aesKey.length === KEY_BYTES && iv.length === IV_BYTES;
    // With a wrong key goes on what would go on with the right one.
    const content = decryptPadded(
      cipher,
      isKey ? aesKey : random.bytes(KEY_BYTES),
      isKey ? iv : random.bytes(IV_BYTES),
      fromBase64(withoutBlanks(transport.text)),
    );
    const element = parseElement(content || "");
    onDone(isKey ? element : undefined);
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
  const { rsa, sha1, keys } = security;
  const digests = canonicalForms(content).map(sha1.digest);
  keys.find(signer, function (key, error, wasStored) {
    if (!key) {
      onDone(undefined, error);
      return;
    }
    verifySeal(rsa, key, signature, digests, function (isValid) {
      if (isValid) onDone(content, signer);
      else if (wasStored) {
        keys.distrust(signer);
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
  const certifier = security ? security.certifier : "";
  const originator = childOf(envelope, "originator");
  const sign = childOf(originator, "sign");
  const attributes = originator ? originator.attributes : {};
  const signer = attributes["osid"] || from;
  const transport = childOf(envelope, "transport");

  function takeContent(content: Element): void {
    if (!sign || !security) onDone(content, "");
    else verify(security, signer, fromBase64(withoutBlanks(sign.text)), content, onDone);
  }

  if (!transport) onDone(undefined, MALFORMED_TRANSPORT);
  else if (sign && !certifier) onDone(undefined, SIGNATURE_NOT_ENABLED);
  else if (sign && foldJid(attributes["cert"] || "") !== foldJid(certifier))
    onDone(undefined, INVALID_CERTIFIER);
  else if (!sign && foldJid(signer) !== foldJid(from)) onDone(undefined, FORBIDDEN);
  else if (transport.attributes["transport-key"] && !security)
    onDone(undefined, DECRYPTION_NOT_ENABLED);
  else if (transport.attributes["transport-key"] && security) {
    decrypt(security, transport, function (content) {
      if (content) takeContent(content);
      else onDone(undefined, DECRYPTION_ERROR);
    });
  } else if (transport.children.length !== 1) onDone(undefined, MALFORMED_TRANSPORT);
  else takeContent(transport.children[0]);
}
