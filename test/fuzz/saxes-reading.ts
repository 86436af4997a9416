// The same bytes read by saxes, a strict parser (XML 1.0, Namespaces in XML 1.0) that none of the firmware
// is from. It stops at its first error. What it may take and the firmware must not (RFC 6120 section 11.1:
// comments, processing instructions, DTDs) is no event here.

import { SaxesParser } from "saxes";
import type { SaxesTagNS } from "saxes";
import type { Reading } from "./readings.js";

export interface IndependentReading {
  readonly reading: Reading;
  /** The characters up to the end of each event. */
  readonly ends: readonly number[];
  /** What was read: characters, with U+FFFF where bytes are no UTF-8. */
  readonly text: string;
  /** The bytes of the XML declaration, 0 without. */
  readonly declarationBytes: number;
  /** Why it stopped. */
  readonly error?: string;
}

/** Thrown to leave saxes, which would go on. */
class Stop extends Error {}

// eslint-disable-next-line no-control-regex -- XML 1.0 section 2.2 leaves them out
const IS_NO_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const DECLARATION = /^[ \t\r\n]*<\?xml [^]*?\?>/;

/**
 * The firmware looks into no XML declaration: one of characters that XML allows is as good as none. XML
 * wants it at the very beginning; there may be white space before it here, as before any stanza.
 */
function declarationOf(text: string): string {
  const [declaration = ""] = DECLARATION.exec(text) ?? [];
  return IS_NO_XML.test(declaration) ? "" : declaration;
}

/** As characters; each ill-formed sequence becomes U+FFFF, which XML does not allow. */
function charactersOf(bytes: string): string {
  if (/^[\0-\x7f]*$/.test(bytes)) return bytes;
  return Buffer.from(bytes, "latin1").toString("utf8").replaceAll("\ufffd", "\uffff");
}

function attributesOf({ attributes }: SaxesTagNS): [string, string][] {
  return Object.values(attributes)
    .filter(({ name, prefix }) => name !== "xmlns" && prefix !== "xmlns" && name !== "__proto__")
    .map(({ name, value }) => [name, value]);
}

/** @param bytes a byte string without U+FFFD in it */
export function readBySaxes(bytes: string): IndependentReading {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const reading: Reading = [];
  const ends: number[] = [];
  const characters = charactersOf(bytes);
  const declaration = declarationOf(characters);
  const text = " ".repeat(declaration.length) + characters.slice(declaration.length);
  let depth = 0;
  let error: string | undefined;

  function record(event: Reading[number], end: number): void {
    reading.push(event);
    ends.push(end);
  }

  parser.on("error", ({ message }) => {
    error = message.replace(/^[\d:]+ /, "");
    throw new Stop();
  });
  parser.on("opentag", (tag) => {
    depth++;
    const attributes = attributesOf(tag);
    record({ kind: "open", name: tag.local, namespace: tag.uri, attributes }, parser.position);
  });
  // White space between stanzas is nobody's text.
  parser.on("text", (content) => {
    if (depth > 1 || /[^ \t\r\n]/.test(content)) {
      record({ kind: "text", text: content }, parser.position - 1);
    }
  });
  parser.on("cdata", (content) => record({ kind: "text", text: content }, parser.position));
  parser.on("closetag", () => {
    depth--;
    record({ kind: "close" }, parser.position);
  });
  try {
    parser.write(text);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return { reading, ends, text, declarationBytes: Buffer.byteLength(declaration.trim()), error };
}
