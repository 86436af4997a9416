// Canonical XML 1.0 (W3C, 15 March 2001) of an element by itself: what surrounds it is not signed. What
// comes in is written anew, so that a server's quotes, order and entities make no difference. Prefixes are
// not kept: an element with one, which nobody sends here, has another form than the signed one and fails.

import { attribute, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";

/**
 * `outer` is the namespace that is already in force in the text. Elements of namespace `hidden` are
 * written without one.
 */
export function canonicalXml(element: Element, outer: string, hidden?: string): string {
  const { name, attributes, text, children } = element;
  const namespace = element.namespace === hidden ? "" : element.namespace;
  let xml = "<" + name;
  let at = 0;
  if (namespace !== outer) xml += attribute("xmlns", namespace);
  // Names without a prefix first, as their namespace, the empty one, is.
  Object.keys(attributes)
    .map((key) => (key.indexOf(":") < 0 ? 0 : 1) + key)
    .sort()
    .forEach(function (key) {
      key = key.slice(1);
      xml += attribute(key, attributes[key]!);
    });
  xml += ">";
  children.forEach(function (child) {
    xml += escapeText(text.slice(at, child.offset)) + canonicalXml(child, namespace, hidden);
    at = child.offset;
  });
  return xml + escapeText(text.slice(at)) + "</" + name + ">";
}
