// An element taken out of its stanza: Namespaces in XML 1.0 section 6. What it uses and only its surroundings
// declare is declared on it, and nothing else changes: a signature on what is inside still holds.

import { xml } from "@xmpp/component";
import type { Element } from "@xmpp/component";

export function standingAlone(element: Element): Element {
  const copy = copyOf(element);
  for (const prefix of prefixesIn(element)) {
    const attribute = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
    const namespace = element.findNS(prefix);
    if (namespace !== undefined && prefix !== "xml") copy.attrs[attribute] ??= namespace;
  }
  return copy;
}

function copyOf({ name, attrs, children }: Element): Element {
  const copies = children.map((child) => (typeof child === "string" ? child : copyOf(child)));
  return xml(name, { ...attrs }, ...copies);
}

/** Of elements and attributes, at any depth; an empty one stands for the default namespace. */
function prefixesIn(element: Element): Set<string> {
  const attributes = Object.keys(element.attrs).filter((name) => name.includes(":"));
  const prefixed = attributes.map(prefixOf).filter((prefix) => prefix !== "xmlns");
  const below = element.children.filter((child) => typeof child !== "string");
  return new Set([
    prefixOf(element.name),
    ...prefixed,
    ...below.flatMap((one) => [...prefixesIn(one)]),
  ]);
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(name.indexOf(":"), 0));
}
