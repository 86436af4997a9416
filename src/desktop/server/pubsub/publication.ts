// Publishing an item and telling the subscribers: XEP-0060 section 7.1.
import { randomUUID } from "node:crypto";
import { type Element, element } from "../element.js";
import { noManners } from "../manners.js";
import { NS } from "../namespaces.js";
import { Random } from "../random.js";
import { serialise } from "../serialise.js";
import { type Outcome, refuse } from "./faults.js";
import type { Item, PubSubNode } from "./node.js";
import { isTooLong } from "./nodes.js";

export interface Publication extends Item {
  /** The id is the publisher's own. */
  readonly isNamed: boolean;
}

/** Sections 7.1.3.4 to 7.1.3.6. Every node here takes one item with one element. */
export function readPublication(publish: Element, maxPayloadBytes: number): Outcome<Publication> {
  const [item, second] = publish.elements();
  if (!item?.is("item", NS.pubsub)) return refuse("item-required");
  if (second !== undefined) return refuse({ unsupported: "multi-items" });
  const [payload, other] = item.elements();
  if (payload === undefined) return refuse("payload-required");
  if (other !== undefined) return refuse("invalid-payload");
  if (bytesOf(payload) > maxPayloadBytes) return refuse("payload-too-big");
  const given = item.get("id") ?? "";
  if (isTooLong(given)) return refuse("name-too-long");
  return { value: { id: given || randomUUID(), payload, isNamed: given !== "" } };
}

/** Of a way of writing it that is always the same: how it came does not change what is taken. */
function bytesOf(payload: Element): number {
  const style = { manners: noManners, random: new Random(0) };
  return Buffer.byteLength(serialise(payload, NS.pubsub, style));
}

/** One message for each subscriber, each with an id of its own; `lang` is what the payload's text was under. */
export function eventsOf(
  node: PubSubNode,
  { id, payload }: Item,
  from: string,
  lang: string | undefined,
): Element[] {
  const content = node.configuration.deliversPayloads ? [payload] : [];
  const item = element("item", NS.pubsubEvent, { id }, ...content);
  const items = element("items", NS.pubsubEvent, { node: node.name }, item);
  const event = element("event", NS.pubsubEvent, {}, items);
  return node.addresses.map((to) =>
    element("message", NS.client, { from, to, id: randomUUID(), "xml:lang": lang }, event),
  );
}
