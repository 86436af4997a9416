// What a relay answers: that it is there (XEP-0199) and what it is (XEP-0030). RFC 6120 section 8.2.3.

import type { Element } from "@xmpp/component";
import { isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { DISCO_INFO, PING } from "../openspime/namespaces.js";
import { discoInfo, errorOf, questionIn, resultOf } from "../openspime/replies.js";

const identity = { category: "component", type: "generic", name: "OpenSpime SpimeSeek relay" };

/** Of an iq that is neither result nor error. */
export function answerQuery(iq: XmlElement): Element {
  const query = questionIn(iq);
  const { type } = iq.attrs;
  if (query === undefined) return errorOf(iq, "bad-request");
  if (type === "get" && isNamed(query, "ping", PING)) return resultOf(iq);
  if (type === "set" || !isNamed(query, "query", DISCO_INFO)) {
    return errorOf(iq, "service-unavailable");
  }
  if (query.attrs.node !== undefined) return errorOf(iq, "item-not-found");
  return resultOf(iq, discoInfo(identity, [DISCO_INFO, PING]));
}
