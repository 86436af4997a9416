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
  /** How much of the parent's text stands before it. */
  offset: number;
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
  // From the root on, which keeps no children.
  const path: Element[] = [];
  return {
    open: function (name, namespace, attributes) {
      const parent = path[path.length - 1];
      const offset = parent ? parent.text.length : 0;
      const element = { name, namespace, attributes, children: [], text: "", offset };
      if (!parent) events.onHeader(name, namespace, attributes);
      else if (path.length > 1) parent.children.push(element);
      path.push(element);
    },
    text: function (text) {
      path[path.length - 1].text += text;
    },
    close: function () {
      const element = path.pop()!;
      if (!path.length) events.onEnd();
      else if (path.length < 2) events.onStanza(element);
    },
  };
}

/** The first child of that name. */
export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element && element.children.filter((child) => child.name === name)[0];
}

/** The text of that child; "" where there is none. */
export function textOf(parent: Element | undefined, name: string): string {
  const element = childOf(parent, name);
  return element ? element.text : "";
}

/** What Canonical XML 1.0 (section 2.3) writes alike in texts and attributes. */
function escapeCommon(text: string): string {
  return replaceEach(text, ["&", "&amp;", "<", "&lt;", "\r", "&#xD;"]);
}

/** A text node as Canonical XML 1.0 (section 2.3) writes it. */
export function escapeText(text: string): string {
  return replaceEach(escapeCommon(text), [">", "&gt;"]);
}

/** An attribute value for double quotes, as Canonical XML 1.0 (section 2.3) writes it. */
export function escapeAttribute(text: string): string {
  return replaceEach(escapeCommon(text), ['"', "&quot;", "\t", "&#x9;", "\n", "&#xA;"]);
}

/** An attribute in double quotes, with the blank before it. */
export function attribute(name: string, value: string): string {
  return " " + name + '="' + escapeAttribute(value) + '"';
}

/** An element as Canonical XML writes it; attributes as `attribute` makes them. */
export function element(name: string, content: string, attributes?: string): string {
  return "<" + name + (attributes || "") + ">" + content + "</" + name + ">";
}
