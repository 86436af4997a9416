// Reading XML elements: local names, namespaces as the author's library writes them, text.

import { CORE } from "./namespaces.js";

/** What a parser of XMPP gives: the elements of ltx (@xmpp/xml) have this shape. */
export interface XmlElement {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string | undefined>>;
  readonly children: readonly (XmlElement | string)[];
  /** The namespace in force, own or inherited. */
  getNS(): string | undefined;
}

/** What an element shows that has no namespace of its own: that of a stream, or of <openspime/>. */
export const surroundingNamespaces: readonly string[] = [
  "jabber:client",
  "jabber:server",
  "jabber:component:accept",
  CORE,
];

/**
 * The author's library misspells `xmlns`, and the claim of section 1.1.0 has none: such an element shows
 * the namespace of what surrounds it (a server may even write it out), which is the stream's or the core's.
 */
export function isOpenSpime(element: XmlElement, name: string, xmlns: string): boolean {
  if (localName(element) !== name) return false;
  const shown = element.getNS();
  return shown === undefined || shown === xmlns || surroundingNamespaces.includes(shown);
}

export function isNamed(element: XmlElement, name: string, xmlns: string): boolean {
  return localName(element) === name && element.getNS() === xmlns;
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== "string");
}

export function childrenNamed(element: XmlElement, name: string, xmlns: string): XmlElement[] {
  return childElements(element).filter((child) => isOpenSpime(child, name, xmlns));
}

/** The text directly inside, without the white space around it that pretty-printing adds. */
export function textOf(element: XmlElement): string {
  return element.children
    .filter((child) => typeof child === "string")
    .join("")
    .trim();
}

/** That of the first child of that name; "" where there is none. */
export function textIn(parent: XmlElement, name: string, xmlns: string): string {
  const [child] = childrenNamed(parent, name, xmlns);
  return child ? textOf(child) : "";
}

export function localName(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}
