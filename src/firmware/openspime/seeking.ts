// SpimeSeek of a board about itself, OpenSpime v0.9 section 1.2.0: a signed request, published to a PubSub
// service (XEP-0060 section 7.1) whose subscribers may know where the board has been; what they know comes
// in messages until the request has expired.

import { toBase64 } from "../bytes.js";
import type { Configuration } from "../configuration.js";
import { formatDate } from "../format.js";
import type { ByteString, Log } from "../platform.js";
import { attribute, childOf, element, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import type { Session } from "../xmpp/session.js";
import { openEnvelope } from "./opening.js";
import { versioned } from "./report.js";
import type { SealedHandler } from "./sealing.js";
import type { Security } from "./security.js";
import type { Turns } from "./turns.js";

export interface Seeker {
  /** Publishes a request, unless one is under way or not expired. */
  seek(): void;
  /** Takes a message that somebody sent. */
  onMessage(message: Element, from: ByteString): void;
}

/** An `<entry>` that `from` knows; `signer`: whose signature it bears, or "". */
export type FoundHandler = (entry: Element, from: ByteString, signer: ByteString) => void;

export interface SeekerSurroundings {
  session: Session;
  log: Log;
  security: Security;
  turns: Turns;
  /** Signs, in its turn, for others to deliver. */
  seal(content: ByteString, onDone: SealedHandler): void;
  /** Whose `encrypt` says whether answers have to be encrypted. */
  configuration: Configuration;
  /** Seconds since 1970; 0 while nobody knows. */
  nowS(): number;
  onFound: FoundHandler;
}

const LIFE_S = 86400;
const SPIMESEEK = "http://openspime.org/protocol/spimeseek";
const PUBSUB = "http://jabber.org/protocol/pubsub";

export function createSeeker(around: SeekerSurroundings): Seeker {
  const { session, log, security, nowS } = around;
  const { jid, pubsub, encrypt } = around.configuration;
  let id = "";
  let endS = 0;

  function fields(): ByteString {
    return (
      element("spimeid", escapeText(jid)) +
      element("expdate", formatDate(endS * 1000)) +
      element("encrequired", "" + encrypt)
    );
  }

  function publish(sealed: ByteString): void {
    const item = element("item", sealed, attribute("id", id));
    const node = element("publish", item, attribute("node", "spimeseek"));
    session.ask(pubsub!, "set", element("pubsub", node, attribute("xmlns", PUBSUB)), onPublished);
  }

  function onPublished(_answer: Element | undefined, isResult: boolean): void {
    if (isResult) return;
    endS = 0;
    log.write("warn", "unpublished id=" + id);
  }

  function take(content: Element | undefined, from: ByteString, signer: ByteString): void {
    const response = content && content.name === "spimeseek" && childOf(content, "response");
    if (!response || response.attributes["id"] !== id || nowS() >= endS) return;
    response.children.forEach(function (entry) {
      around.onFound(entry, from, signer);
    });
  }

  return {
    seek: function () {
      const now = nowS();
      if (!now || now < endS || !session.isOnline()) return;
      id = toBase64(security.generator.bytes(6));
      endS = now + LIFE_S;
      const request = element("request", fields(), attribute("id", id));
      around.seal(element("spimeseek", request, versioned(SPIMESEEK)), function (sealed) {
        if (sealed) publish(sealed);
        else endS = 0;
      });
    },
    onMessage: function (message, from) {
      const sealed = childOf(message, "openspime");
      if (!sealed || nowS() >= endS) return;
      around.turns.take(function (done) {
        openEnvelope(security, sealed, from, function (content, signer) {
          done();
          take(content, from, signer);
        });
      });
    },
  };
}
