// Text to elements, strictly: XML 1.0 with Namespaces less what RFC 6120 section 11.1 forbids. For text
// that no XML stream has read yet: what was inside an encryption.

import { SaxesParser } from "saxes";
import type { SaxesTagNS } from "saxes";
import type { XmlElement } from "./element.js";

const MAX_CHARS = 64 * 1024;
const MAX_DEPTH = 64;

class TextElement implements XmlElement {
  readonly children: (TextElement | string)[] = [];

  constructor(
    readonly name: string,
    private readonly namespace: string,
    readonly attrs: Readonly<Record<string, string>>,
  ) {}

  getNS(): string | undefined {
    return this.namespace || undefined;
  }
}

/** The one element that the text is, or undefined if it is not that. */
export function parseXmlText(text: string): XmlElement | undefined {
  if (text.length > MAX_CHARS) return undefined;
  try {
    return readElement(text);
  } catch (error) {
    if (error instanceof NotXml) return undefined;
    throw error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The same of octets, which have to be UTF-8: read leniently, any rubbish would be text. */
export function parseXmlOctets(octets: Uint8Array): XmlElement | undefined {
  try {
    return parseXmlText(utf8.decode(octets));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

class NotXml extends Error {}

function fail(): never {
  throw new NotXml();
}

function readElement(text: string): XmlElement | undefined {
  const root = new TextElement("", "", {});
  const open = [root];
  const top = () => open[open.length - 1];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("opentag", (tag) => {
    if (open.length > MAX_DEPTH) fail();
    const element = elementOf(tag);
    top().children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const onText = (piece: string) => void (open.length > 1 && top().children.push(piece));
  parser.on("text", onText);
  parser.on("cdata", onText);
  for (const event of ["doctype", "comment", "processinginstruction", "error"] as const) {
    parser.on(event, fail);
  }
  parser.write(text).close();
  return root.children.find((child) => typeof child !== "string");
}

function elementOf(tag: SaxesTagNS): TextElement {
  const attributes = Object.values(tag.attributes).map(({ name, value }) => [name, value]);
  return new TextElement(tag.name, tag.uri, Object.fromEntries(attributes));
}
