// Streaming XML 1.0 parser for an XMPP stream (RFC 6120 section 11) with Namespaces in XML 1.0.
// Bytes in, elements out; a piece may end anywhere and the elements stay the same.
//
// A token is a whole tag, or all the text up to the next tag. It is parsed once it is complete, with
// indexOf where others loop over characters: on an interpreter that is what costs.

import { encodeCodePoint, find, isXmlCharacter, isXmlText, replaceEach } from "../bytes.js";
import type { Element } from "./element.js";

/** Attribute values by name as written (`id`, `xml:lang`), decoded, without namespace declarations. */
export interface Attributes {
  [name: string]: string | undefined;
}

/**
 * Is told of each element twice: when its start tag has been read, and with what is inside when it is whole.
 * `depth` is that of its parent: 0 for the root, 1 for a child of the root. `false` for a start tag: what is inside is
 * not kept, its bytes do not count, and a text that is longer than a token may be is not checked.
 */
export type TagHandler = (element: Element, depth: number, isWhole: boolean) => boolean | void;

export interface XmlCaps {
  /** Bytes of a tag, or of a text. */
  token: number;
  /** Bytes of a child of the root with all that it contains, and 60 more for each element. */
  stanza: number;
  /** Elements inside each other, the root included. */
  depth: number;
}

/** The stream error (RFC 6120 section 4.9.3) that says what was wrong. */
export type XmlFault =
  "not-well-formed" | "restricted-xml" | "bad-namespace-prefix" | "policy-violation";

export interface XmlParser {
  /** Takes the next bytes; after a fault it takes nothing more and repeats the fault. */
  push(bytes: string): XmlFault | undefined;
}

/**
 * An element that is open, and the namespaces in force by the attribute that declares them, `xmlns` or
 * `xmlns:prefix`: no property of Object. Inherits those of the element around it.
 */
interface Scope {
  /** As written. */
  tag: string;
  /** Elements open, itself included. */
  depth: number;
  element: Element;
  /** The one around it, but for the document's. */
  outer?: Scope;
  /** Nothing inside is kept. */
  isUnwanted?: boolean;
  [declaration: `xmlns${string}`]: string;
}

/** What is around the root; no end tag fits it. */
const DOCUMENT = {
  tag: " ",
  depth: 0,
  element: { text: "" },
  xmlns: "",
  "xmlns:xml": "http://www.w3.org/XML/1998/namespace",
} as unknown as Scope;
const NOT_WELL_FORMED = "not-well-formed";
const RESTRICTED = "restricted-xml";
const POLICY_VIOLATION = "policy-violation";
const BAD_PREFIX = "bad-namespace-prefix";
/** What an element counts for in a stanza besides its tag: a thousand of `<a/>` would fill a board. */
const ELEMENT_BYTES = 60;
const ENTITIES = "lt gt amp quot apos";
/** In the order of their names above. */
const ENTITY_CHARACTERS = "<>&\"'";

/**
 * The ASCII part of a name (XML 1.0 section 2.3), any character past ASCII. A class that leaves
 * characters out, because Espruino's cannot name those above 0x7e.
 */
// eslint-disable-next-line no-useless-escape -- "[" in a class ends Espruino's patience
const NAME = /^[^ -@\[-^`{-~][^ -,\/:-@\[-^`{-~]*$/;

/** A qualified name: one name, or two with a colon between. */
function isName(name: string): boolean {
  const parts = name.split(":");
  return parts.length < 3 && NAME.test(parts[0]) && NAME.test(parts[parts.length - 1]);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/**
 * What stands outside and inside of quotes, in turns, before the `>` that ends a tag; nothing while
 * that has not arrived.
 */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let quote = ""; quote !== ">";) {
    const mark = quote || (/["'>]/.exec(text) || [">"])[0];
    const end = text.indexOf(mark);
    if (end < 0) return [];
    pieces.push(text.slice(0, end));
    text = text.slice(end + 1);
    quote = quote ? "" : mark;
  }
  return pieces;
}

/** What `name` stands for between `&` and `;`: `#65`, `#x41` or an entity; empty when for nothing. */
function referred(name: string): string {
  const digits = name.slice(1);
  const point = /^#x[0-9a-fA-F]+$/.test(name)
    ? parseInt(digits.slice(1), 16)
    : /^#[0-9]+$/.test(name)
      ? parseInt(digits, 10)
      : NaN;
  return isXmlCharacter(point)
    ? encodeCodePoint(point)
    : ENTITY_CHARACTERS.charAt(ENTITIES.split(" ").indexOf(name));
}

function isDeclaration(name: string): boolean {
  return name.split(":")[0] === "xmlns";
}

/** A parser for one stream: a restart of the stream (RFC 6120 section 4.3.3) begins with a new one. */
export function createXmlParser(caps: XmlCaps, onTag: TagHandler): XmlParser {
  let scope = DOCUMENT;
  let pending = "";
  let stanzaBytes = 0;
  let started = false;
  let isLongText: boolean | undefined;
  let ended = false;
  let fault: XmlFault | undefined;

  function decode(text: string): string {
    const parts = text.split("&");
    let decoded = parts[0];
    for (let index = 1; index < parts.length; index++) {
      const end = parts[index].indexOf(";");
      const name = parts[index].slice(0, Math.max(end, 0));
      const value = referred(name);
      // What is named but not defined here would need a DTD; anything else is no reference at all.
      if (!value) fault = isName(name) ? RESTRICTED : NOT_WELL_FORMED;
      decoded += value + parts[index].slice(end + 1);
    }
    return decoded;
  }

  /** The namespace of a name as written; the default namespace covers elements, not attributes. */
  function resolve(name: string): string {
    const declaration = "xmlns:" + name;
    const namespace = scope[declaration.slice(0, declaration.lastIndexOf(":")) as "xmlns"];
    if (namespace === undefined) fault = BAD_PREFIX;
    return namespace;
  }

  function declare(name: string, namespace: string): void {
    scope[name as "xmlns"] = namespace;
    if (name.slice(0, 9) === "xmlns:xml" || (name !== "xmlns" && !namespace)) fault = BAD_PREFIX;
  }

  /**
   * Takes ` name = ` from before the quotes and the value from inside them. No name is there twice, nor do two
   * make one (Namespaces in XML section 6.3): `names` has those before, with the namespace of their prefix.
   */
  function takeAttribute(name: string, raw: string, names: string[], attributes: Attributes): void {
    const value = decode(raw);
    const isPrefixed = !isDeclaration(name) && name.indexOf(":") >= 0;
    const fullName = isPrefixed ? resolve(name) + " " + localName(name) : name;
    if (!isName(name) || raw.indexOf("<") >= 0 || names.indexOf(fullName) >= 0)
      fault = NOT_WELL_FORMED;
    names.push(fullName);
    if (isDeclaration(name)) declare(name, value);
    // It would become the object's prototype: Espruino ends in an assertion when that is a string.
    else if (name !== "__proto__") attributes[name] = value;
  }

  function takeEndTag(text: string): void {
    const { tag, outer, element } = scope;
    // Not trim(), which takes more than blanks in some engines: also the last byte of some letters.
    if (text.replace(/ +$/, "") !== "/" + tag) {
      fault = NOT_WELL_FORMED;
      return;
    }
    scope = outer!;
    ended = !scope.depth;
    onTag(element, scope.depth, true);
  }

  /** Of a start tag whose scope has begun: namespaces first, since prefixes may stand before them. */
  function takeAttributes(pieces: string[]): Attributes {
    const attributes: Attributes = {};
    const names: string[] = [];
    const last = pieces.length - 1;
    for (let at = 0; at < 2 * last && !fault; at += 2) {
      const name = (/^ +([^ =]+) *= *$/.exec(pieces[at % last]) || ["", ""])[1];
      if (isDeclaration(name) === at < last)
        takeAttribute(name, pieces[(at % last) + 1], names, attributes);
    }
    if (pieces[last].trim()) fault = NOT_WELL_FORMED;
    return attributes;
  }

  function takeStartTag(text: string): void {
    const startTag = text.replace(/\/>$/, ">");
    const pieces = piecesOf(startTag);
    const tag = pieces[0].split(" ")[0];
    const outer = scope;
    pieces[0] = pieces[0].slice(tag.length);
    scope = Object.create(outer);
    scope.outer = outer;
    scope.tag = tag;
    const attributes = takeAttributes(pieces);
    const namespace = resolve(tag);
    const offset = outer.element.text.length;
    const element = { name: localName(tag), namespace, attributes, children: [], text: "", offset };
    scope.element = element;
    scope.depth = outer.depth + 1;
    if (!isName(tag) || ended) fault = NOT_WELL_FORMED;
    if (outer.depth >= caps.depth) fault = POLICY_VIOLATION;
    if (fault) return;
    if (!scope.isUnwanted) {
      stanzaBytes += ELEMENT_BYTES;
      if (outer.depth > 1) outer.element.children.push(element);
    }
    if (onTag(element, outer.depth, false) === false) scope.isUnwanted = true;
    if (startTag !== text) takeEndTag("/" + tag);
  }

  function keep(text: string): void {
    if (!scope.isUnwanted) scope.element.text += text;
  }

  function takeText(text: string): void {
    const decoded = decode(text);
    if (scope.depth < 2 || find(text, "]]>") >= 0) fault = NOT_WELL_FORMED;
    if (!fault) keep(decoded);
  }

  function takeTag(tag: string): void {
    // Outside quotes any white space is one; inside, attribute-value normalization (XML 1.0 section
    // 3.3.3) makes blanks of it before references are read.
    const text = replaceEach(tag, ["\t", " ", "\n", " "]).slice(1);
    if (text[0] === "/") takeEndTag(text.slice(0, -1));
    else takeStartTag(text);
  }

  function takeToken(token: string): void {
    // Line ends (XML 1.0 section 2.11).
    const clean = replaceEach(token, ["\r\n", "\n", "\r", "\n"]);
    if (!isXmlText(clean)) fault = NOT_WELL_FORMED;
    else if (clean[0] !== "<") takeText(clean);
    else if (clean[1] === "!") keep(clean.slice(9, -3));
    else if (clean[1] !== "?") takeTag(clean);
    started = true;
  }

  /** The bytes from `begin` to `end` at the front, 0 while they have not arrived whole. */
  function markupLength(isAllowed: boolean, begin: string, end: string): number {
    if (!isAllowed || begin.indexOf(pending.slice(0, begin.length))) fault = RESTRICTED;
    const at = find(pending, end);
    return at < 0 ? 0 : at + end.length;
  }

  /** The bytes of the token at the front, 0 while it has not arrived whole. */
  function tokenLength(): number {
    const second = pending[1];
    if (pending[0] !== "<") return Math.max(pending.indexOf("<"), 0);
    // Legal are CDATA in a stanza and an XML declaration in front.
    if (second === "!") return markupLength(scope.depth > 1, "<![CDATA[", "]]>");
    if (second === "?") return markupLength(!started, "<?xml ", "?>");
    const pieces = piecesOf(pending);
    return pieces.length && pieces.join(">").length + 1;
  }

  function push(bytes: string): XmlFault | undefined {
    let length = 1;
    pending += bytes;
    while (!fault && length) {
      if (scope.depth < 2) {
        // White space between stanzas keeps connections alive; it counts for nothing.
        pending = pending.replace(/^[ \t\n\r]+/, "");
        stanzaBytes = 0;
      }
      // What comes after an element too many is not looked at: it may not have arrived.
      length = stanzaBytes > caps.stanza ? 0 : tokenLength();
      isLongText =
        scope.isUnwanted &&
        pending[0] !== "<" &&
        (isLongText || (length || pending.length) > caps.token);
      // What nobody wants may be longer than there is room; then nobody looks at it.
      if (isLongText) {
        pending = pending.slice(length || pending.length);
        continue;
      }
      if (!scope.isUnwanted) stanzaBytes += length;
      if ((length || pending.length) > caps.token || stanzaBytes > caps.stanza) {
        fault = fault || POLICY_VIOLATION;
      }
      const token = pending.slice(0, length);
      pending = pending.slice(length);
      if (!fault && length) takeToken(token);
    }
    return fault;
  }

  return { push: push };
}
