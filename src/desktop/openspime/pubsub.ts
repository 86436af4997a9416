// The part of PubSub (XEP-0060 1.24) that SpimeSeek takes: publish (7.1), subscribe (6.1), create and
// configure a node (8.1.3), events with payload (7.1.2.1).

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { childElements, isNamed } from "./element.js";
import type { XmlElement } from "./element.js";
import { PUBSUB, PUBSUB_EVENT } from "./namespaces.js";

/** The node that the document names. */
export const SEEK_NODE = "spimeseek";

const DATA_FORMS = "jabber:x:data";

export interface PublishedItem {
  readonly node: string;
  readonly id: string;
  /** The one element inside; absent where the service sends no payloads. */
  readonly payload: XmlElement | undefined;
}

export function publishQuery(node: string, itemId: string, payload: Element): Element {
  return pubsub(xml("publish", { node }, xml("item", { id: itemId }, payload)));
}

/** `jid` is who will get the events: the address that the query comes from. */
export function subscribeQuery(node: string, jid: string): Element {
  return pubsub(xml("subscribe", { node, jid }));
}

/** A node that anybody may publish to and subscribe, and that sends what was published along. */
export function createQuery(node: string): Element {
  const fields = {
    FORM_TYPE: `${PUBSUB}#node_config`,
    "pubsub#access_model": "open",
    "pubsub#publish_model": "open",
    "pubsub#deliver_payloads": "true",
  };
  const form = Object.entries(fields).map(([name, value]) => field(name, value));
  const configuration = xml("x", { xmlns: DATA_FORMS, type: "submit" }, ...form);
  return pubsub(xml("create", { node }), xml("configure", {}, configuration));
}

/** The items that a message tells of; none if it is no such message. */
export function itemsOf(message: XmlElement): PublishedItem[] {
  const events = childElements(message).filter((child) => isNamed(child, "event", PUBSUB_EVENT));
  const lists = events.flatMap((event) => childrenOf(event, "items"));
  return lists.flatMap((items) =>
    childrenOf(items, "item").map((item) => ({
      node: items.attrs.node ?? "",
      id: item.attrs.id ?? "",
      payload: childElements(item)[0],
    })),
  );
}

function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return childElements(parent).filter((child) => isNamed(child, name, PUBSUB_EVENT));
}

function pubsub(...children: Element[]): Element {
  return xml("pubsub", { xmlns: PUBSUB }, ...children);
}

function field(name: string, value: string): Element {
  const type = name === "FORM_TYPE" ? { type: "hidden" } : {};
  return xml("field", { var: name, ...type }, xml("value", {}, value));
}
