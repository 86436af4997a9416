// What a certification service answers, OpenSpime v0.9 section 1.0.1, whatever it is on its server: keys by
// XEP-0189 0.7, and what it is by XEP-0030.

import type { Element } from "@xmpp/client";
import { isAddress } from "../openspime/address.js";
import type { Condition } from "../openspime/conditions.js";
import type { XmlElement } from "../openspime/element.js";
import { DISCO_INFO, PING, PUBKEY } from "../openspime/namespaces.js";
import { pubkeysResult } from "../openspime/pubkeys.js";
import { discoInfo } from "../openspime/replies.js";
import type { Identity } from "../openspime/replies.js";
import type { KeyStore } from "./key-store.js";

/** The child of the result, or why there is none. */
export type Answer = Element | Condition;

export function answerPubkeys({ attrs }: XmlElement, store: KeyStore): Answer {
  const { jid = "" } = attrs;
  if (!isAddress(jid)) return "bad-request";
  const key = store.find(jid);
  return key ? pubkeysResult(jid, key) : "no-available-public-key";
}

const NAME = "OpenSpime certification service";

export function answerDisco({ attrs }: XmlElement, what: Omit<Identity, "name">): Answer {
  if (attrs.node !== undefined) return "item-not-found";
  return discoInfo({ ...what, name: NAME }, [DISCO_INFO, PING, PUBKEY]);
}
