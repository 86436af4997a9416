// The errors of XEP-0060 1.30: sections 6.1.3, 6.2.3, 7.1.3, 8.1.1 and, for what would be too much, RFC 6120
// section 8.3.3.18.
import type { StanzaCondition, StanzaErrorType } from "../conditions.js";
import { type Element, element } from "../element.js";
import { NS } from "../namespaces.js";
import { errorFor } from "../stanza.js";

type Row = readonly [StanzaErrorType, StanzaCondition, detail?: string];

const rows = {
  "bad-request": ["modify", "bad-request"],
  "invalid-jid": ["modify", "bad-request", "invalid-jid"],
  "nodeid-required": ["modify", "bad-request", "nodeid-required"],
  // Section 8.1.1: nobody here thinks of a name for a node.
  "no-instant-node": ["modify", "not-acceptable", "nodeid-required"],
  "name-too-long": ["modify", "not-acceptable"],
  "node-exists": ["cancel", "conflict"],
  "node-unknown": ["cancel", "item-not-found"],
  "no-such-address": ["cancel", "item-not-found"],
  "not-subscribed": ["cancel", "unexpected-request", "not-subscribed"],
  "not-a-publisher": ["auth", "forbidden"],
  "item-required": ["modify", "bad-request", "item-required"],
  "payload-required": ["modify", "bad-request", "payload-required"],
  "invalid-payload": ["modify", "bad-request", "invalid-payload"],
  "payload-too-big": ["modify", "not-acceptable", "payload-too-big"],
  "configuration-not-acceptable": ["modify", "not-acceptable"],
  "too-many-subscriptions": ["wait", "policy-violation", "too-many-subscriptions"],
  "too-many-nodes": ["wait", "resource-constraint"],
  "service-unavailable": ["cancel", "service-unavailable"],
} as const satisfies Record<string, Row>;

/** A feature of the XEP that is not here is named: the only detail with an attribute. */
export type Fault = keyof typeof rows | { readonly unsupported: string };

export type Outcome<T> = { readonly value: T } | { readonly fault: Fault };

export const refuse = (fault: Fault): { readonly fault: Fault } => ({ fault });

export function faultReply(request: Element, fault: Fault): Element {
  if (typeof fault === "object") {
    const { unsupported: feature } = fault;
    const detail = element("unsupported", NS.pubsubErrors, { feature });
    return errorFor(request, "feature-not-implemented", "cancel", detail);
  }
  const [type, condition, detail]: Row = rows[fault];
  const details = detail === undefined ? [] : [element(detail, NS.pubsubErrors)];
  return errorFor(request, condition, type, ...details);
}
