// Replies to an iq: RFC 6120 sections 8.2.3 and 8.3. The request is not echoed in an error, which the RFC
// leaves open and the document does not show: a board's parser need not hold its own report once more.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { conditions } from "./conditions.js";
import type { Condition } from "./conditions.js";
import { childElements } from "./element.js";
import type { XmlElement } from "./element.js";
import { DISCO_INFO, STANZAS } from "./namespaces.js";

/** Messages, presence and replies ask for no answer; an answer to an error would loop. */
export function isQuery({ name, attrs }: XmlElement): boolean {
  return name === "iq" && attrs.type !== "result" && attrs.type !== "error";
}

export function isReply({ name, attrs }: XmlElement): boolean {
  return name === "iq" && (attrs.type === "result" || attrs.type === "error");
}

/** What a query asks: section 8.2.3 has one child in it. Undefined for one that is not well made. */
export function questionIn(query: XmlElement): XmlElement | undefined {
  const [question, second] = childElements(query);
  const { type } = query.attrs;
  return (type === "get" || type === "set") && second === undefined ? question : undefined;
}

export function resultOf(iq: XmlElement, ...children: Element[]): Element {
  return xml("iq", { ...replyTo(iq), type: "result" }, ...children);
}

export function errorOf(iq: XmlElement, condition: Condition): Element {
  return xml("iq", { ...replyTo(iq), type: "error" }, errorElement(condition));
}

export function errorElement(condition: Condition): Element {
  const { type, defined, xmlns } = conditions[condition];
  const children = [xml(defined, { xmlns: STANZAS })];
  if (xmlns !== undefined) children.push(xml(condition, { xmlns }));
  return xml("error", { type }, ...children);
}

/** XEP-0030 section 3.1. */
export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name: string;
}

export function discoInfo(identity: Identity, features: readonly string[]): Element {
  return xml(
    "query",
    { xmlns: DISCO_INFO },
    xml("identity", { ...identity }),
    ...features.map((feature) => xml("feature", { var: feature })),
  );
}

function replyTo({ attrs }: XmlElement) {
  return { from: attrs.to, to: attrs.from, id: attrs.id };
}
