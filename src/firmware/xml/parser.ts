// Streaming XML 1.0 parser for an XMPP stream (RFC 6120 section 11) with Namespaces in XML 1.0.
// Bytes in, events out; a piece may end anywhere and the events stay the same.
//
// A token is a whole tag, or all the text up to the next tag. It is parsed once it is complete, with
// indexOf where others loop over characters: on an interpreter that is what costs.

import { encodeCodePoint, find, isXmlCharacter, isXmlText, replaceEach } from "../bytes.js";

/** Attribute values by name as written (`id`, `xml:lang`), decoded, without namespace declarations. */
export interface Attributes {
  [name: string]: string | undefined;
}

export interface XmlEvents {
  open(name: string, namespace: string, attributes: Attributes): void;
  /** All the text between two tags; not called for the white space between stanzas. */
  text(text: string): void;
  close(): void;
}

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

/** Namespaces by `s` (the default one) or `s:prefix`: no such name is a property of Object. */
interface Scope {
  [ending: string]: string;
}

interface OpenElement {
  tag: string;
  scope: Scope;
  /** The attributes' names as written, namespace declarations included. */
  names: string[];
  attributes: Attributes;
}

const ROOT_SCOPE: Scope = { s: "", "s:xml": "http://www.w3.org/XML/1998/namespace" };
const NOT_WELL_FORMED = "not-well-formed";
const RESTRICTED = "restricted-xml";
const POLICY_VIOLATION = "policy-violation";
const BAD_PREFIX = "bad-namespace-prefix";
/** What an element counts for in a stanza besides its tag: a thousand of `<a/>` would fill a board. */
const ELEMENT_BYTES = 60;
const CDATA = "<![CDATA[";
/** Names with their `&`, lest one be a property of Object. */
const ENTITIES: { [name: string]: string | undefined } = {
  "&lt": "<",
  "&gt": ">",
  "&amp": "&",
  "&quot": '"',
  "&apos": "'",
};

function skipBlanks(text: string, at: number): number {
  while (text.charAt(at) === " ") at++;
  return at;
}

/** Any white space as blanks; line ends are `\n` before. */
function blankOut(text: string): string {
  return replaceEach(text, ["\t", " ", "\n", " "]);
}

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

/** Where the next quotation mark stands, -1 when nowhere. */
function nextQuote(text: string, at: number): number {
  const double = text.indexOf('"', at);
  const single = text.indexOf("'", at);
  return double < 0 || (single >= 0 && single < double) ? single : double;
}

/** The index of the `>` that ends the tag at 0, or -1 while that has not arrived. */
function tagEnd(text: string): number {
  let end = text.indexOf(">");
  let quote = nextQuote(text, 1);
  while (quote >= 0 && quote < end) {
    const closing = text.indexOf(text.charAt(quote), quote + 1);
    end = closing < 0 ? closing : text.indexOf(">", closing);
    quote = nextQuote(text, closing + 1);
  }
  return end;
}

/** What `&#65;` or `&#x41;` stands for; `reference` is the part after `#`. */
function characterReference(reference: string): string | undefined {
  const isHex = reference.charAt(0) === "x";
  const digits = isHex ? reference.slice(1) : reference;
  const isNumber = isHex ? /^[0-9a-fA-F]+$/.test(digits) : /^[0-9]+$/.test(digits);
  const point = parseInt(digits, isHex ? 16 : 10);
  return isNumber && isXmlCharacter(point) ? encodeCodePoint(point) : undefined;
}

/** A parser for one stream: a restart of the stream (RFC 6120 section 4.3.3) begins with a new one. */
export function createXmlParser(caps: XmlCaps, events: XmlEvents): XmlParser {
  const open: OpenElement[] = [];
  let pending = "";
  let stanzaBytes = 0;
  let started = false;
  let ended = false;
  let fault: XmlFault | undefined;

  function decode(text: string): string {
    const parts = text.split("&");
    let decoded = parts[0];
    for (let index = 1; index < parts.length; index++) {
      const end = parts[index].indexOf(";");
      const name = parts[index].slice(0, end < 0 ? 0 : end);
      const isReference = name.charAt(0) === "#";
      const value = isReference ? characterReference(name.slice(1)) : ENTITIES["&" + name];
      // What is named but not defined here would need a DTD; anything else is no reference at all.
      if (value === undefined) fault = isName(name) ? RESTRICTED : NOT_WELL_FORMED;
      decoded += value + parts[index].slice(end + 1);
    }
    return decoded;
  }

  /** The namespace of a name as written; the default namespace covers elements, not attributes. */
  function resolve(name: string, scope: Scope): string {
    const colon = name.indexOf(":");
    const namespace = scope[colon < 0 ? "s" : "s:" + name.slice(0, colon)];
    if (namespace === undefined) fault = BAD_PREFIX;
    return namespace;
  }

  function declare(outer: Scope, ending: string, namespace: string): Scope {
    const scope: Scope = Object.create(outer);
    scope[ending] = namespace;
    if (ending.slice(0, 5) === "s:xml" || (ending !== "s" && !namespace)) fault = BAD_PREFIX;
    return scope;
  }

  function closeTag(text: string): void {
    const element = open.pop();
    const tag = element ? element.tag : "/";
    if (text.slice(0, tag.length) !== tag || skipBlanks(text, tag.length) < text.length) {
      fault = NOT_WELL_FORMED;
      return;
    }
    ended = !open.length;
    events.close();
  }

  /** Reads ` name = "value"` at `at` into the element; where it ends. */
  function takeAttribute(text: string, at: number, element: OpenElement): number {
    const equals = text.indexOf("=", at);
    const words = text.slice(at, Math.max(equals, at)).split(" ").filter(String);
    const start = skipBlanks(text, equals + 1);
    const quote = text.charAt(start);
    const end = text.indexOf(quote, start + 1);
    const raw = text.slice(start + 1, end);
    const name = words[0] || "";
    const isQuoted = end > start && (quote === '"' || quote === "'") && raw.indexOf("<") < 0;
    const isNamed = text.charAt(at) === " " && words.length < 2 && isName(name);
    if (!isQuoted || !isNamed || element.names.indexOf(name) >= 0) fault = NOT_WELL_FORMED;
    const value = decode(raw);
    element.names.push(name);
    if (name === "xmlns" || name.slice(0, 6) === "xmlns:") {
      element.scope = declare(element.scope, name.slice(4), value);
    } else {
      element.attributes[name] = value;
    }
    return end + 1;
  }

  /** Prefixes of attributes are bound, and no two make one name (Namespaces in XML section 6.3). */
  function checkPrefixes(element: OpenElement): void {
    const seen: string[] = [];
    element.names.forEach(function (name) {
      if (name.indexOf(":") < 0 || name.slice(0, 6) === "xmlns:") return;
      const expanded = resolve(name, element.scope) + " " + localName(name);
      if (seen.indexOf(expanded) >= 0) fault = NOT_WELL_FORMED;
      seen.push(expanded);
    });
  }

  function openTag(text: string): void {
    const isEmpty = text.slice(-1) === "/";
    const body = isEmpty ? text.slice(0, -1) : text;
    const tag = body.split(" ")[0];
    const scope = open.length ? open[open.length - 1].scope : ROOT_SCOPE;
    const element: OpenElement = { tag, scope, names: [], attributes: {} };
    let at = tag.length;
    if (!isName(tag) || ended) fault = NOT_WELL_FORMED;
    while (!fault && skipBlanks(body, at) < body.length) at = takeAttribute(body, at, element);
    if (fault) return;
    checkPrefixes(element);
    const namespace = resolve(tag, element.scope);
    if (open.length >= caps.depth) fault = POLICY_VIOLATION;
    if (fault) return;
    open.push(element);
    stanzaBytes += ELEMENT_BYTES;
    events.open(localName(tag), namespace, element.attributes);
    if (isEmpty) closeTag(tag);
  }

  function takeText(text: string): void {
    const decoded = decode(text);
    if (open.length < 2 || find(text, "]]>") >= 0) fault = NOT_WELL_FORMED;
    if (!fault) events.text(decoded);
  }

  /** Where `<!…` or `<?…` ends. Legal are an XML declaration in front, and CDATA in a stanza. */
  function markupEnd(): number {
    const isDeclaration = !started && "<?xml ".indexOf(pending.slice(0, 6)) === 0;
    const isCharacterData = open.length > 1 && CDATA.indexOf(pending.slice(0, 9)) === 0;
    if (!isDeclaration && !isCharacterData) fault = RESTRICTED;
    return find(pending, isDeclaration ? "?>" : "]]>");
  }

  function takeTag(tag: string): void {
    // Outside quotes any white space is one; inside, attribute-value normalization (XML 1.0 section
    // 3.3.3) makes blanks of it before references are read.
    const text = blankOut(tag);
    if (text.charAt(1) === "/") closeTag(text.slice(2, -1));
    else openTag(text.slice(1, -1));
  }

  function takeToken(token: string): void {
    // Line ends (XML 1.0 section 2.11).
    const clean = replaceEach(token, ["\r\n", "\n", "\r", "\n"]);
    if (!isXmlText(clean)) fault = NOT_WELL_FORMED;
    else if (clean.charAt(0) !== "<") takeText(clean);
    else if (clean.charAt(1) === "!") events.text(clean.slice(9, -3));
    else if (clean.charAt(1) !== "?") takeTag(clean);
    started = true;
  }

  /** The bytes of the token at the front, 0 while it has not arrived whole. */
  function tokenLength(): number {
    if (pending.charAt(0) !== "<") return Math.max(pending.indexOf("<"), 0);
    const second = pending.charAt(1);
    if (second !== "!" && second !== "?") return tagEnd(pending) + 1;
    const end = markupEnd();
    return end < 0 ? 0 : end + (second === "!" ? 3 : 2);
  }

  /** White space between stanzas keeps connections alive; it counts for nothing. */
  function dropBlanks(): void {
    while (pending && " \t\n\r".indexOf(pending.charAt(0)) >= 0) pending = pending.slice(1);
  }

  function push(bytes: string): XmlFault | undefined {
    let length = 1;
    pending += bytes;
    while (!fault && length) {
      if (open.length < 2) {
        dropBlanks();
        stanzaBytes = 0;
      }
      length = tokenLength();
      stanzaBytes += length;
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
