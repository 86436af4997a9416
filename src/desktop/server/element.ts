// An element as servers keep it: a name in a namespace, attributes without order, no prefixes.
// Attributes are keyed by local name, by `xml:name`, or by `{namespace}name` for foreign ones.
import type { SaxesTagNS } from "saxes";
import { NS } from "./namespaces.js";

export type Node = Element | string;

export class Element {
  constructor(
    readonly name: string,
    readonly namespace: string,
    readonly attributes: Map<string, string> = new Map(),
    readonly children: Node[] = [],
  ) {}

  is(name: string, namespace: string): boolean {
    return this.name === name && this.namespace === namespace;
  }

  get(attribute: string): string | undefined {
    return this.attributes.get(attribute);
  }

  set(attribute: string, value: string): void {
    this.attributes.set(attribute, value);
  }

  elements(): Element[] {
    return this.children.filter((child) => child instanceof Element);
  }

  child(name: string, namespace: string): Element | undefined {
    return this.elements().find((child) => child.is(name, namespace));
  }

  text(): string {
    return this.children.filter((child) => typeof child === "string").join("");
  }
}

type Attributes = Record<string, string | undefined>;

/** Builds an element; attributes without a value are left out. */
export function element(
  name: string,
  namespace: string,
  attributes: Attributes = {},
  ...children: Node[]
): Element {
  const present = Object.entries(attributes).filter((pair) => pair[1] !== undefined);
  return new Element(name, namespace, new Map(present as [string, string][]), children);
}

function attributeKey(attribute: SaxesTagNS["attributes"][string]): string {
  if (attribute.uri === "") return attribute.local;
  return attribute.uri === NS.xml
    ? `xml:${attribute.local}`
    : `{${attribute.uri}}${attribute.local}`;
}

export function elementOfTag(tag: SaxesTagNS): Element {
  const result = new Element(tag.local, tag.uri);
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.uri === NS.xmlns) continue;
    result.set(attributeKey(attribute), attribute.value);
  }
  return result;
}

/**
 * The same element with one content namespace exchanged for another, from the root down to the
 * first element that left it: RFC 6120 section 4.8.3, a stanza forwarded inside stays as it is.
 */
export function inContentNamespace(root: Element, from: string, to: string): Element {
  if (root.namespace !== from || from === to) return root;
  const children = root.children.map((child) =>
    typeof child === "string" ? child : inContentNamespace(child, from, to),
  );
  return new Element(root.name, to, root.attributes, children);
}
