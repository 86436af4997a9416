// SpimeSeek of a board about itself, OpenSpime v0.9 section 1.2.0: a signed request, published to a PubSub
// service (XEP-0060 section 7.1) whose subscribers may know where the board has been; what they know comes
// in messages until the request has expired.

import { toBase64 } from "../bytes.js";
import type { Configuration } from "../configuration.js";
import { formatDate } from "../time.js";
import type { ByteString, Log } from "../platform.js";
import { Payer } from "../turns.js";
import type { Turns } from "../turns.js";
import { attribute, childOf, element, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { oneWord } from "../xmpp/session.js";
import type { Session } from "../xmpp/session.js";
import { openEnvelope } from "./opening.js";
import { versioned } from "./report.js";
import type { SealedHandler } from "./sealing.js";
import type { Security } from "./security.js";

/** The newest request; "" and 0 when there is none. */
export interface SeekState {
  id: string;
  /** When it expires, in seconds since 1970. */
  endS: number;
}

/** Made for each request and each answer, and no longer kept: between them they cost no memory. */
export interface SeekSurroundings {
  session: Session;
  log: Log;
  security: Security;
  turns: Turns;
  /** Signs, in its turn, for others to deliver. */
  seal(content: ByteString, onDone: SealedHandler): void;
  /** Whose `encrypt` says whether answers have to be encrypted. */
  configuration: Configuration;
  /** Seconds since 1970; 0 while nobody knows. */
  nowS: number;
  /** An `<entry>` that `from` knows; `signer`: whose signature it bears, or "". */
  onFound(entry: Element, from: ByteString, signer: ByteString): void;
}

const LIFE_S = 86400;
const RETRY_S = 600;
const SPIMESEEK = "http://openspime.org/protocol/spimeseek";
const PUBSUB = "http://jabber.org/protocol/pubsub";

/** Publishes a request, unless one is under way or not expired. */
export function seek(around: SeekSurroundings, state: SeekState): void {
  const { session, log } = around;
  const { pubsub, encrypt } = around.configuration;
  const now = around.nowS;

  function onPublished(_answer: Element | undefined, isResult: boolean): void {
    if (isResult) state.endS = now + LIFE_S;
    else log.write("warn", "unpublished");
  }

  function publish(sealed: ByteString): void {
    const item = element("item", sealed, attribute("id", state.id));
    const node = element("publish", item, attribute("node", "spimeseek"));
    session.ask(pubsub!, "set", element("pubsub", node, attribute("xmlns", PUBSUB)), onPublished);
  }

  if (!now || now < state.endS || !session.isOnline()) return;
  state.id = toBase64(around.security.generator.bytes(6));
  // Until it is published: each try costs the chip seconds.
  state.endS = now + RETRY_S;
  const fields =
    element("spimeid", escapeText(session.jid())) +
    element("expdate", formatDate((now + LIFE_S) * 1000)) +
    element("encrequired", "" + encrypt);
  const request = element("request", fields, attribute("id", state.id));
  around.seal(element("spimeseek", request, versioned(SPIMESEEK)), function (sealed, reason) {
    if (sealed) publish(sealed);
    else log.write("warn", "unpublished reason=" + oneWord(reason));
  });
}

/** Takes a message that somebody sent: what is no answer to the request is ignored. */
export function takeMessage(
  around: SeekSurroundings,
  state: SeekState,
  message: Element,
  from: ByteString,
): void {
  const sealed = childOf(message, "openspime");
  const transport = childOf(sealed, "transport");
  const isSecret = transport && transport.attributes["transport-key"];
  if (!sealed || around.nowS >= state.endS) return;
  // In the clear it counts only where no encryption was asked for.
  if (around.configuration.encrypt && !isSecret) return;
  around.turns.takeFor(Payer.ScopeNode, function (done) {
    openEnvelope(around.security, sealed, from, function (content, signer) {
      const response = content && content.name === "spimeseek" && childOf(content, "response");
      done();
      if (!response || response.attributes["id"] !== state.id) return;
      response.children.forEach(function (entry) {
        around.onFound(entry, from, signer);
      });
    });
  });
}
