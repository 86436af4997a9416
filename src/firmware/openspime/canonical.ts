// Canonical XML 1.0 (W3C, 15 March 2001) of an element by itself: what surrounds it is not signed. What
// comes in is written anew, so that a server's quotes, order and entities make no difference. Prefixes are
// not kept: an element with one, which nobody sends here, has another form than the signed one and fails.

import { escapeAttribute, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";

/** Names without a prefix first, as their namespace, the empty one, is. */
function sortedNames(element: Element): string[] {
  const keys = Object.keys(element.attributes).map(
    (name) => (name.indexOf(":") < 0 ? 0 : 1) + name,
  );
  return keys.sort().map((key) => key.slice(1));
}

/**
 * `outer` is the namespace that is already in force in the text. Elements of namespace `hidden` are
 * written without one.
 */
export function canonicalXml(element: Element, outer: string, hidden?: string): string {
  const { name, attributes, text, children } = element;
  const namespace = element.namespace === hidden ? "" : element.namespace;
  let xml = "<" + name;
  let at = 0;
  if (namespace !== outer) xml += ' xmlns="' + escapeAttribute(namespace) + '"';
  sortedNames(element).forEach(function (attribute) {
    xml += " " + attribute + '="' + escapeAttribute(attributes[attribute]!) + '"';
  });
  xml += ">";
  children.forEach(function (child) {
    xml += escapeText(text.slice(at, child.offset)) + canonicalXml(child, namespace, hidden);
    at = child.offset;
  });
  return xml + escapeText(text.slice(at)) + "</" + name + ">";
}

/**
 * The forms that may have been signed: one, but for an element that the author's library sends. It has no
 * namespace of its own and shows the one that it inherits, which the signer had or had not there.
 */
export function canonicalForms(element: Element): string[] {
  return [canonicalXml(element, ""), canonicalXml(element, "", element.namespace)];
}
