// The suite x-openspime/nacl-base64 for reports, docs/nacl.md: an Ed25519 signature over the content, and a crypto_box of it
// under a key that is used once. The RSA keys that the certification service tells stay the root: with its own the board signs
// its Ed25519 key, once, and the ScopeNode its X25519 key; both as the document signs everything, in <openspime>.

import { fromBase64, toBase64, withoutBlanks } from "../bytes.js";
import { hmac } from "../crypto/hash.js";
import { fieldOf } from "../crypto/key-record.js";
import {
  boxMessage,
  boxPublicKey,
  NONCE_BYTES,
  PUBLIC_BYTES,
  SEED_BYTES,
  signingKeyOf,
  signMessage,
} from "../crypto/nacl.js";
import type { SigningKey } from "../crypto/nacl.js";
import type { ByteString } from "../platform.js";
import { readDurable, writeDurable } from "../store/durable-file.js";
import type { DurableFile } from "../store/durable-file.js";
import { attribute, childOf, element, escapeText, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { foldJid } from "../xmpp/jid.js";
import { DISCO_INFO, qualified } from "../xmpp/namespaces.js";
import { openEnvelope } from "./opening.js";
import { envelope, sealContent } from "./sealing.js";
import type { Protection, SealedHandler } from "./sealing.js";
import type { Security } from "./security.js";
import type { Suite, SuiteSurroundings } from "./suite.js";

/** The content type, and the feature of who can read it (XEP-0030). */
const NACL_TYPE = "x-openspime/nacl-base64";
const NACL = "urn:x-microspime:nacl";
/** Until the recipient is asked again what it has, without a reason. */
const ASK_MS = 86400000;

/** Gets an X25519 key; "" where the recipient does not have the suite. */
type RecipientHandler = (recipientKey: ByteString) => void;

/** What is kept for that label; "" where it is for another. */
function behind(label: ByteString, kept: ByteString): ByteString {
  return kept.slice(0, label.length) === label ? kept.slice(label.length) : "";
}

function hasSuite(answer: Element | undefined): boolean {
  const query = childOf(answer, "query");
  return (
    !!query &&
    query.children.some(
      ({ name, attributes }) => name === "feature" && attributes["var"] === NACL_TYPE,
    )
  );
}

/** The X25519 key in <keys>, if the owner himself has signed it; else "". */
function keyIn(content: Element | undefined, signer: ByteString, owner: ByteString): ByteString {
  const isOwners =
    content &&
    content.name === "keys" &&
    content.namespace === NACL &&
    foldJid(signer) === owner &&
    foldJid(textOf(content, "osid")) === owner;
  const key = isOwners ? fromBase64(withoutBlanks(textOf(content, "x25519"))) : "";
  return key.length === PUBLIC_BYTES ? key : "";
}

/** Of the board's RSA key, which is its root anyway: whoever has that one can make it speak for any other. */
function seedOf({ hash }: SuiteSurroundings, { key }: Security): string {
  return hmac(hash, fieldOf(key, "d="), NACL).slice(0, SEED_BYTES);
}

/** For the recipient alone: a key of X25519 that is used for this text only. */
function boxed({ generator }: Security, content: ByteString, recipientKey: ByteString): ByteString {
  const secret = generator.bytes(SEED_BYTES);
  const nonce = generator.bytes(NONCE_BYTES);
  const attributes =
    attribute("content-type", NACL_TYPE) +
    attribute("transport-key", toBase64(boxPublicKey(secret)));
  const box = nonce + boxMessage(content, nonce, recipientKey, secret);
  return element("transport", toBase64(box), attributes);
}

export function createNaclSuite(around: SuiteSurroundings): Suite {
  const { session, store, hash, clock, log, later } = around;
  const ownFile: DurableFile = { hash, store, name: "microspime.nacl" };
  const recipientFile: DurableFile = { hash, store, name: "microspime.box" };
  let signingKey: SigningKey | undefined;
  /** Of the recipient; "": it does not have the suite. */
  let known: ByteString = "";
  /** NaN: it has not been asked, or has refused what it was sent. */
  let askedMs = NaN;
  let isDistrusted = false;

  function ownKey(security: Security): SigningKey {
    signingKey = signingKey || signingKeyOf(seedOf(around, security));
    return signingKey;
  }

  /** The board's key, signed with its RSA key: in an `<openspime>` that is made once, and kept. */
  function signedKeys(security: Security, onDone: SealedHandler): void {
    const jid = session.jid();
    const { publicKey } = ownKey(security);
    const label = security.sha1.digest([jid, security.service, publicKey].join("\n"));
    const kept = behind(label, readDurable(ownFile));
    if (kept) {
      onDone(kept, "");
      return;
    }
    const fields =
      element("ed25519", toBase64(publicKey)) + element("osid", escapeText(foldJid(jid)));
    const keys = element("keys", fields, attribute("xmlns", NACL));
    sealContent(
      security,
      keys,
      "",
      { sign: true },
      function (signed, reason) {
        if (signed) writeDurable(ownFile, label + signed);
        onDone(signed, reason);
      },
      jid,
    );
  }

  function settle(key: ByteString, onDone: RecipientHandler): void {
    known = key;
    askedMs = clock.monotonicMs();
    log.write("info", "suite " + (key ? "nacl" : "rsa"));
    onDone(key);
  }

  /** It says its key, signed with that which the certification service tells. */
  function askKeys(security: Security, recipient: ByteString, onDone: RecipientHandler): void {
    const owner = foldJid(recipient);
    const query = "<keys" + attribute("xmlns", NACL) + attribute("cert", security.service) + "/>";

    function takeKeys(content: Element | undefined, signerOrError: string): void {
      const key = keyIn(content, signerOrError, owner);
      if (key) {
        writeDurable(recipientFile, security.sha1.digest(owner) + key);
        isDistrusted = false;
      } else log.write("warn", "suite keys=unverified");
      settle(key, onDone);
    }

    session.ask(recipient, "get", query, function (answer, isResult) {
      const signed = childOf(answer, "openspime");
      if (!answer) onDone("");
      else if (isResult && signed) openEnvelope(security, signed, recipient, takeKeys);
      else settle("", onDone);
    });
  }

  function keptKey(security: Security, recipient: ByteString): ByteString {
    const label = security.sha1.digest(foldJid(recipient));
    return isDistrusted ? "" : behind(label, readDurable(recipientFile));
  }

  function findKey(security: Security, recipient: ByteString, onDone: RecipientHandler): void {
    if (clock.monotonicMs() - askedMs < ASK_MS) {
      onDone(known);
      return;
    }
    session.ask(recipient, "get", qualified("query", DISCO_INFO), function (answer, isResult) {
      const kept = keptKey(security, recipient);
      // Without an answer nothing is known: this report goes as the document has it, the next one asks again.
      if (!answer) onDone("");
      else if (!isResult || !hasSuite(answer)) settle("", onDone);
      else if (kept) settle(kept, onDone);
      else askKeys(security, recipient, onDone);
    });
  }

  /** `originator` as XML, or "". */
  function finish(
    security: Security,
    content: ByteString,
    originator: ByteString,
    isSecret: boolean | undefined,
    recipientKey: ByteString,
    onDone: SealedHandler,
  ): void {
    if (!isSecret) onDone(envelope(originator + element("transport", content)), "");
    // As with the document's suite: who can foresee the key can read the report.
    else if (!security.generator.isSeeded()) onDone(undefined, "no-seed");
    else {
      later(function () {
        onDone(envelope(originator + boxed(security, content, recipientKey)), "");
      });
    }
  }

  function sealWith(
    security: Security,
    content: ByteString,
    { sign, encrypt }: Protection,
    recipientKey: ByteString,
    onDone: SealedHandler,
  ): void {
    if (!sign) {
      finish(security, content, "", encrypt, recipientKey, onDone);
      return;
    }
    signedKeys(security, function (keys, reason) {
      if (!keys) {
        onDone(undefined, reason);
        return;
      }
      const signature = toBase64(signMessage(ownKey(security), content));
      const sign = element("sign", signature, attribute("content-type", NACL_TYPE));
      const originator = element("originator", sign + keys, attribute("cert", security.service));
      finish(security, content, originator, encrypt, recipientKey, onDone);
    });
  }

  return {
    seal: function (security, content, recipient, protection, onDone) {
      findKey(security, recipient, function (recipientKey) {
        if (recipientKey) sealWith(security, content, protection, recipientKey, onDone);
        else sealContent(security, content, recipient, protection, onDone);
      });
    },
    isOnline: session.isOnline,
    ask: function (to, type, payload, onAnswer) {
      return session.ask(to, type, payload, function (answer, isResult) {
        const error = isResult ? undefined : childOf(answer, "error");
        if (error && error.attributes["type"] !== "wait") {
          askedMs = NaN;
          if (childOf(error, "decryption-error")) isDistrusted = true;
        }
        onAnswer(answer, isResult);
      });
    },
  };
}
