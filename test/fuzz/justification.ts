// Whether a fault says what is wrong: looked up in what the parser had not yet told when it gave up.

import type { XmlCaps, XmlFault } from "../../src/firmware/xml/parser.js";
import type { IndependentReading } from "./saxes-reading.js";

/** What an element counts for beside its bytes; see XmlCaps. */
const ELEMENT_BYTES = 60;
/** How a token begins, and the whole of it; the first that fits counts. */
const TOKENS: readonly [start: string, whole: RegExp][] = [
  ["<![CDATA[", /^[^]*?\]\]>/],
  ["<?", /^[^]*?\?>/],
  ["<", /^(?:[^"'>]|"[^"]*"|'[^']*')*>/],
  ["", /^[^<]+(?=<)/],
];

/** The token at the front of `rest`; all of it when that has no end. */
function tokenOf(rest: string): string {
  const [, whole = /^/] = TOKENS.find(([start]) => rest.startsWith(start)) ?? [];
  return whole.exec(rest)?.[0] ?? rest;
}

export interface Stage {
  readonly depth: number;
  /** A token like any other. */
  readonly declarationBytes: number;
  /** Of the stanza so far, what its elements count for included. */
  readonly stanzaBytes: number;
  /** What comes after the events so far, and the token at its front. */
  readonly rest: string;
  readonly token: string;
  /** The most that was taken on the way. */
  readonly deepest: number;
  readonly longestToken: number;
  readonly largestStanza: number;
}

/** Where a parser is that has told the first `count` events of a reading. */
export function stageAfter(independent: IndependentReading, count: number): Stage {
  const { reading, ends, text, declarationBytes } = independent;
  let [depth, deepest, end, stanzaBytes, longestToken, largestStanza] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    if (depth < 2) stanzaBytes = 0;
    const start = depth < 2 ? leftTrimmed(text, end) : end;
    end = ends[index];
    // An empty element's end has no token of its own.
    const bytes = Buffer.byteLength(text.slice(start, end));
    stanzaBytes += bytes;
    longestToken = Math.max(longestToken, bytes);
    if (bytes) largestStanza = Math.max(largestStanza, stanzaBytes);
    const { kind } = reading[index];
    if (kind === "open") stanzaBytes += ELEMENT_BYTES;
    depth += kind === "open" ? 1 : kind === "close" ? -1 : 0;
    deepest = Math.max(deepest, depth);
  }
  if (depth < 2) stanzaBytes = 0;
  const rest = text.slice(depth < 2 ? leftTrimmed(text, end) : end);
  const token = tokenOf(rest);
  const most = { deepest, longestToken, largestStanza };
  return { depth, declarationBytes, stanzaBytes, rest, token, ...most };
}

function leftTrimmed(text: string, from: number): number {
  const blanks = /[ \t\r\n]*/y;
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

const isOverCaps = ({ token, stanzaBytes }: Stage, caps: XmlCaps): boolean =>
  Buffer.byteLength(token) > caps.token || stanzaBytes + Buffer.byteLength(token) > caps.stanza;

/** Whether more was taken than the caps allow. */
export const isBeyond = (stage: Stage, caps: XmlCaps): boolean =>
  stage.deepest > caps.depth ||
  stage.longestToken > caps.token ||
  stage.largestStanza > caps.stanza;

/** A token that has not come whole counts for itself only. */
export const keepsTooMuch = ({ token }: Stage, caps: XmlCaps): boolean =>
  Buffer.byteLength(token) > caps.token;

/** `&` that begins no reference: saxes looks for its end in the tokens that follow. */
const LONE_AMPERSAND = /&(?!#?[^\s#&;<>"']+;)/;
/** saxes looks at the whole of a qualified name only. */
const NO_LOCAL_NAME = /:(?![A-Za-z_\x80-\uffff])/;
const ENTITY = /&[^#;]+;/;

type IsJustified = (stage: Stage, error: string | undefined, caps: XmlCaps) => boolean;

/** Whether a fault says what is wrong with the token at the front. */
export const IS_JUSTIFIED: { readonly [fault in XmlFault]: IsJustified } = {
  "policy-violation": (stage, _error, caps) =>
    stage.declarationBytes > caps.token ||
    isOverCaps(stage, caps) ||
    (stage.depth >= caps.depth && /^<[^/]/.test(stage.token)),
  "restricted-xml": ({ rest, token }) => /^<[!?]/.test(rest) || ENTITY.test(token),
  // A prefix that begins with "xml" is reserved (Namespaces in XML section 3), and refused.
  "bad-namespace-prefix": ({ token }, error) =>
    token.includes("xmlns:xml") ||
    ((error !== undefined || LONE_AMPERSAND.test(token)) && /:|xmlns/.test(token)),
  "not-well-formed": ({ rest, token, depth }, error) =>
    error !== undefined ||
    (depth < 2 && rest[0] !== "<") ||
    LONE_AMPERSAND.test(token) ||
    NO_LOCAL_NAME.test(token),
};
