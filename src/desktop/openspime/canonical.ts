// Canonical XML 1.0 (W3C, 15 March 2001) of an element by itself, on xml-crypto's canonicaliser: what
// surrounds it (namespace prefixes of the stream, the `xml:lang` that servers add) is not signed.

import { DOMImplementation } from "@xmldom/xmldom";
import { C14nCanonicalization } from "xml-crypto";
import { surroundingNamespaces } from "./element.js";
import type { XmlElement } from "./element.js";

const MAX_DEPTH = 64;
const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** xml-crypto writes namespaces as they are: one with these could pass for another's attributes. */
const UNSAFE_NAMESPACE = /[&<>"\t\r\n]/;

/**
 * The forms that the signer may have signed. There is one, but for an element without a namespace of its
 * own, as the author's library sends it: it shows that of its surroundings, which changes on the way from a
 * client's stream to a component's, and which the signer, who signed before sending, had or had not there.
 */
export function canonicalForms(element: XmlElement): string[] {
  const shown = element.getNS() ?? "";
  const namespaces = ["", ...surroundingNamespaces];
  const wanted = namespaces.includes(shown) ? namespaces : [shown];
  const forms = wanted.map((namespace) => canonicalForm(element, namespace));
  return forms.filter((form) => form !== undefined);
}

/** With the namespace of the apex, as far down as it is inherited, exchanged; undefined if there is none. */
function canonicalForm(element: XmlElement, namespace: string): string | undefined {
  try {
    const copy = copyOf(element, {
      shown: element.getNS() ?? "",
      written: namespace,
      prefixes: new Map([["xml", XML]]),
      depth: 0,
    });
    return new C14nCanonicalization().process(copy, {});
  } catch (error) {
    if (error instanceof NoForm) return undefined;
    throw error;
  }
}

class NoForm extends Error {}

interface Place {
  /** The apex's namespace as received and as it is to be written; undefined once a child has left it. */
  readonly shown: string | undefined;
  readonly written: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly depth: number;
}

const blank = new DOMImplementation().createDocument(null, null, null);

function copyOf(element: XmlElement, place: Place): Element {
  if (place.depth > MAX_DEPTH) throw new NoForm();
  const shown = element.getNS() ?? "";
  const isInherited = shown === place.shown;
  const namespace = safe(isInherited ? place.written : shown);
  const prefixes = new Map([...place.prefixes, ...declarations(element)]);
  const copy = blank.createElementNS(namespace || null, element.name);
  copyAttributes(element, copy, prefixes);
  const inner = {
    ...place,
    shown: isInherited ? shown : undefined,
    prefixes,
    depth: place.depth + 1,
  };
  for (const child of element.children) {
    if (typeof child !== "string") copy.appendChild(copyOf(child, inner));
    else if (child !== "") copy.appendChild(blank.createTextNode(child));
  }
  return copy;
}

function safe(namespace: string): string {
  if (UNSAFE_NAMESPACE.test(namespace)) throw new NoForm();
  return namespace;
}

function safeIn(name: string, value: string): string {
  return name === "xmlns" ? safe(value) : value;
}

function declarations({ attrs }: XmlElement): [prefix: string, namespace: string][] {
  return Object.entries(attrs)
    .filter(([name]) => name.startsWith("xmlns:"))
    .map(([name, namespace = ""]) => [name.slice("xmlns:".length), safe(namespace)]);
}

function copyAttributes(
  { attrs }: XmlElement,
  copy: Element,
  prefixes: ReadonlyMap<string, string>,
): void {
  // The namespace of an element without prefix is its own; with one it only declares it for what is inside.
  const isDeclared = copy.tagName.includes(":");
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || (name === "xmlns" && !isDeclared)) continue;
    copy.setAttributeNS(namespaceOf(name, prefixes), name, safeIn(name, value));
  }
}

function namespaceOf(name: string, prefixes: ReadonlyMap<string, string>): string | null {
  if (name === "xmlns" || name.startsWith("xmlns:")) return XMLNS;
  if (!name.includes(":")) return null;
  const namespace = prefixes.get(name.slice(0, name.indexOf(":")));
  if (namespace === undefined) throw new NoForm();
  return namespace;
}
