// What a PubSub service tells of itself and its nodes: XEP-0060 sections 5.1 to 5.3, in XEP-0030.
import { type Element, element } from "../element.js";
import { NS } from "../namespaces.js";
import { type Outcome, refuse } from "./faults.js";
import type { Nodes } from "./nodes.js";

/** Section 10, and no more than is true. */
const FEATURES = [
  "access-open",
  "create-and-configure",
  "create-nodes",
  "item-ids",
  "persistent-items",
  "publish",
  "retrieve-items",
  "subscribe",
];
const AUTO_CREATE = "auto-create";

const OWN_FEATURES = [NS.discoInfo, NS.discoItems, NS.ping, NS.pubsub];

export function answerDiscoInfo(
  query: Element,
  nodes: Nodes,
  autoCreate: boolean,
): Outcome<Element> {
  const node = query.get("node");
  if (node === undefined) return { value: info("service", featuresOf(autoCreate)) };
  const found = nodes.find(node);
  return "fault" in found ? refuse("node-unknown") : { value: info("leaf", [NS.pubsub], node) };
}

function featuresOf(autoCreate: boolean): string[] {
  const names = autoCreate ? [...FEATURES, AUTO_CREATE] : FEATURES;
  return [...OWN_FEATURES, ...names.map((name) => `${NS.pubsub}#${name}`)];
}

function info(type: string, names: readonly string[], node?: string): Element {
  const identity = element("identity", NS.discoInfo, { category: "pubsub", type });
  const features = names.map((name) => element("feature", NS.discoInfo, { var: name }));
  return element("query", NS.discoInfo, { node }, identity, ...features);
}

/** Of a node itself there is nothing below. */
export function answerDiscoItems(query: Element, nodes: Nodes, domain: string): Outcome<Element> {
  const node = query.get("node");
  if (node !== undefined) {
    const found = nodes.find(node);
    if ("fault" in found) return refuse("node-unknown");
  }
  const names = node === undefined ? nodes.names : [];
  const items = names.map((name) => element("item", NS.discoItems, { jid: domain, node: name }));
  return { value: element("query", NS.discoItems, { node }, ...items) };
}
