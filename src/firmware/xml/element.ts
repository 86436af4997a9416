// What is in an element, and the writing of XML text.

import { replaceEach } from "../bytes.js";
import type { Attributes } from "./parser.js";

/** One that the parser has made. */
export interface Element {
  name: string;
  namespace: string;
  attributes: Attributes;
  /** The root keeps none: they come one by one. */
  children: Element[];
  /** All the text directly inside, joined. */
  text: string;
  /** How much of the parent's text stands before it. */
  offset: number;
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

/** An attribute in double quotes, with the blank before it; nothing where it has no value. */
export function attribute(name: string, value: string | undefined): string {
  return value === undefined ? "" : " " + name + '="' + escapeAttribute(value) + '"';
}

/** An element as Canonical XML writes it; attributes as `attribute` makes them. */
export function element(name: string, content: string, attributes?: string): string {
  return "<" + name + (attributes || "") + ">" + content + "</" + name + ">";
}
