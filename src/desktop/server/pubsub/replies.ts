// What a PubSub service puts into its results: XEP-0060.
import { type Element, element } from "../element.js";
import { NS } from "../namespaces.js";
import type { Item, PubSubNode } from "./node.js";

const pubsub = (child: Element) => element("pubsub", NS.pubsub, {}, child);

/** Sections 6.1.2 and 6.2.2. */
export function subscription({ name: node }: PubSubNode, jid: string, state: string): Element {
  return pubsub(element("subscription", NS.pubsub, { node, jid, subscription: state }));
}

/** Section 7.1.2, for a publisher who did not name the item. */
export function published({ name: node }: PubSubNode, { id }: Item): Element {
  const item = element("item", NS.pubsub, { id });
  return pubsub(element("publish", NS.pubsub, { node }, item));
}

/** Section 6.5.3. */
export function retrieved({ name: node }: PubSubNode, items: readonly Item[]): Element {
  const children = items.map(({ id, payload }) => element("item", NS.pubsub, { id }, payload));
  return pubsub(element("items", NS.pubsub, { node }, ...children));
}
