// The document's stanzas, as files beside this one, and what is done to compare others with them: Canonical XML
// of both, in which what is different each time is a placeholder, and only where it is of the right kind.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { canonicalForms } from "../../src/desktop/openspime/canonical.js";
import { decodeBase64 } from "../../src/desktop/openspime/base64.js";
import { foldAddress } from "../../src/desktop/openspime/address.js";
import { parseDateTime } from "../../src/desktop/openspime/datetime.js";
import { childElements } from "../../src/desktop/openspime/element.js";
import type { XmlElement } from "../../src/desktop/openspime/element.js";
import { parseXmlText } from "../../src/desktop/openspime/xml-text.js";

export const FOLDER = "test/transcripts";
const SECRET = "** Base64 encoded data **";

export function asPrinted(name: string): string {
  return readFileSync(`${FOLDER}/${name}.xml`, "utf8");
}

/** As it is printed, but with these in the places of its base64, in their order. */
export function golden(name: string, ...secrets: string[]): string {
  const parts = asPrinted(name).split(SECRET);
  assert.equal(parts.length - 1, secrets.length, `base64 in ${name}`);
  return parts.map((part, index) => part + (secrets[index] ?? "")).join("");
}

export function elementIn(text: string): XmlElement {
  return parseXmlText(text) ?? assert.fail(`no XML: ${text}`);
}

/** The first element of that name, however deep; depth first. */
export function find(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element;
  for (const child of childElements(element)) {
    const found = find(child, name);
    if (found) return found;
  }
  return undefined;
}

export function found(text: string, name: string): XmlElement {
  return find(elementIn(text), name) ?? assert.fail(`no <${name}> in ${text}`);
}

export function idOf(text: string): string {
  return elementIn(text).attrs.id ?? "";
}

/** What a signature covers, of a transcript whose base64 is not needed for it. */
export function payloadOf(name: string): XmlElement {
  return childElements(found(asPrinted(name), "transport"))[0] ?? assert.fail(`nothing in ${name}`);
}

/** A reply of the document to a question that has another id than there. */
export function withId(text: string, id: string): string {
  return text.replace(/id='200804021658\d+'/, `id='${id}'`);
}

export function assertPrinted(text: string, name: string): void {
  assert.equal(normalised(text), normalised(asPrinted(name)), name);
}

/** What an address is written as. */
export type Naming = (jid: string) => string;

/** Servers add the language (RFC 6120 section 8.1.5), fold addresses and leave no white space between. */
export function normalised(stanza: string | XmlElement, naming: Naming = foldAddress): string {
  const element = typeof stanza === "string" ? elementIn(stanza) : stanza;
  return canonicalForms(plain(element, naming))[0] ?? assert.fail("no canonical form");
}

class Plain implements XmlElement {
  constructor(
    readonly name: string,
    readonly attrs: Readonly<Record<string, string>>,
    readonly children: readonly (XmlElement | string)[],
    private readonly namespace: string | undefined,
  ) {}

  getNS(): string | undefined {
    return this.namespace;
  }
}

function plain(element: XmlElement, naming: Naming): XmlElement {
  const attributes = Object.entries(element.attrs)
    .filter(([name]) => name !== "xml:lang" && name !== "xmlns")
    .map(([name, value = ""]) => [name, attributeOf(name, value, naming)]);
  const elements = childElements(element).map((child) => plain(child, naming));
  const text = element.children.filter((child) => typeof child === "string").join("");
  const children =
    elements.length > 0 ? [...elements, text.trim()] : [textOf(element, text, naming)];
  return new Plain(element.name, Object.fromEntries(attributes), children, element.getNS());
}

const ADDRESSES = ["from", "to", "jid", "osid", "cert", "claims", "authorizes"];

function attributeOf(name: string, value: string, naming: Naming): string {
  if (ADDRESSES.includes(name)) return naming(value);
  if (name === "id") return value === "" ? "" : "*id*";
  return name === "transport-key" ? base64(value) : value;
}

const base64 = (text: string) => (text.trim() === SECRET || decodeBase64(text) ? "*base64*" : text);
const date = (text: string) => (parseDateTime(text) ? "*date*" : text);
const number = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? "*number*" : text);

const kinds: Readonly<Record<string, (text: string) => string>> = {
  ...{ sign: base64, claimkey: base64, Modulus: base64, Exponent: base64 },
  ...{ date, expdate: date, lat: number, lon: number, ele: number, ppm: number },
};

function textOf({ name, attrs }: XmlElement, text: string, naming: Naming): string {
  if (name === "spimeid") return naming(text.trim());
  const isSecret = name === "transport" && attrs["transport-key"] !== undefined;
  const kind = isSecret ? base64 : kinds[name];
  return kind ? kind(text.trim()) : text.trim();
}
