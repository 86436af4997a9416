// A certification service that is a component (XEP-0114): section 1.2.1 of OpenSpime v0.9 names one by a bare
// domain, cert.spimeowners.com.

import type { Element } from "@xmpp/component";
import { isServedBy, parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import { isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { DISCO_INFO, PING, PUBKEY } from "../openspime/namespaces.js";
import { errorOf, isQuery, questionIn, resultOf } from "../openspime/replies.js";
import { connectComponent, disconnect } from "../scopenode/connection.js";
import { answerDisco, answerPubkeys } from "./answers.js";
import type { Answer } from "./answers.js";
import type { Presence } from "./as-client.js";
import type { KeyStore } from "./key-store.js";

export interface ComponentLogin {
  /** xmpp://host:port of the server's component listener. */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  /** Who the service is, of its domain; default: the domain itself. */
  readonly jid?: string;
}

const identity = { category: "component", type: "generic" };

/** Throws a TypeError that names the field for a JID of another domain. */
export async function joinAsComponent(
  login: ComponentLogin,
  store: KeyStore,
  onError: (error: Error) => void,
): Promise<Presence> {
  const { domain, jid = domain } = login;
  const address = parseAddress(jid);
  if (address.domain !== domain.toLowerCase()) throw new TypeError(`jid: not of ${domain}`);
  const entity = await connectComponent({
    ...login,
    title: "certification service",
    onError,
    onStanza(stanza) {
      if (isQuery(stanza)) entity.send(replyTo(stanza, address, store)).catch(onError);
    },
  });
  return { jid, stop: () => disconnect(entity) };
}

function replyTo(iq: XmlElement, address: Address, store: KeyStore): Element {
  const query = questionIn(iq);
  const { type, to = "" } = iq.attrs;
  if (query === undefined) return errorOf(iq, "bad-request");
  const asked = parseAddress(to);
  if (!isKnown(asked, address)) return errorOf(iq, "item-not-found");
  if (type === "set") return errorOf(iq, "service-unavailable");
  if (isNamed(query, "ping", PING)) return resultOf(iq);
  const answer = answerTo(query, isServedBy(address, asked), store);
  return typeof answer === "string" ? errorOf(iq, answer) : resultOf(iq, answer);
}

/** The component's own domain says what it is, beside the service. */
function isKnown(to: Address, address: Address): boolean {
  return isServedBy(address, to) || (to.local === "" && to.domain === address.domain);
}

function answerTo(query: XmlElement, isService: boolean, store: KeyStore): Answer {
  if (isNamed(query, "query", DISCO_INFO)) return answerDisco(query, identity);
  if (!isNamed(query, "pubkeys", PUBKEY)) return "service-unavailable";
  return isService ? answerPubkeys(query, store) : "item-not-found";
}
