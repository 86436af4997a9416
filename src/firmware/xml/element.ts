// An element with what it contains, built from parser events, and the writing of XML text.

import { replaceEach } from "../bytes.js";
import type { Attributes, XmlEvents } from "./parser.js";

export interface Element {
  name: string;
  namespace: string;
  attributes: Attributes;
  children: Element[];
  /** All the text directly inside, joined. */
  text: string;
}

export interface StreamEvents {
  /** The root element has opened. */
  onHeader(name: string, namespace: string, attributes: Attributes): void;
  /** A child of the root is complete. */
  onStanza(stanza: Element): void;
  /** The root element has closed. */
  onEnd(): void;
}

/** Parser events that gather each child of the root into an element. */
export function createStanzaBuilder(events: StreamEvents): XmlEvents {
  const path: Element[] = [];
  let isOpen = false;
  return {
    open: function (name, namespace, attributes) {
      if (!isOpen) {
        isOpen = true;
        events.onHeader(name, namespace, attributes);
        return;
      }
      const element = { name, namespace, attributes, children: [], text: "" };
      if (path.length) path[path.length - 1].children.push(element);
      path.push(element);
    },
    text: function (text) {
      path[path.length - 1].text += text;
    },
    close: function () {
      const element = path.pop();
      if (!element) events.onEnd();
      else if (!path.length) events.onStanza(element);
    },
  };
}

/** The first child of that name (and namespace, when given). */
export function childOf(
  element: Element | undefined,
  name: string,
  namespace?: string,
): Element | undefined {
  const children = element ? element.children : [];
  for (let index = 0; index < children.length; index++) {
    const child = children[index];
    if (child.name === name && (!namespace || child.namespace === namespace)) return child;
  }
  return undefined;
}

/** A text node as Canonical XML 1.0 (section 2.3) writes it. */
export function escapeText(text: string): string {
  return replaceEach(text, ["&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;"]);
}

/** An attribute value for double quotes, as Canonical XML 1.0 (section 2.3) writes it. */
export function escapeAttribute(text: string): string {
  return replaceEach(text, [
    "&",
    "&amp;",
    "<",
    "&lt;",
    '"',
    "&quot;",
    "\t",
    "&#x9;",
    "\n",
    "&#xA;",
    "\r",
    "&#xD;",
  ]);
}
