// Streams of XMPP out of a grammar (RFC 6120, XML 1.0, Namespaces in XML 1.0), as byte strings: headers,
// logins, stanzas of servers and strangers, and OpenSpime's own out of test/transcripts.

import { readdirSync, readFileSync } from "node:fs";
import { BEFORE_RESTART } from "../portable/prosody-login.js";
import { many } from "./dice.js";
import type { Dice } from "./dice.js";

const TRANSCRIPTS = "test/transcripts";
const TRANSCRIPT_STANZAS = readdirSync(TRANSCRIPTS)
  .filter((file) => file.endsWith(".xml"))
  .map((file) => readFileSync(`${TRANSCRIPTS}/${file}`, "latin1").trim());
const LOGIN_STANZAS = BEFORE_RESTART.split(/>(?=<stream:features|<challenge|<success)/)
  .slice(1)
  .map((text) => (text.endsWith(">") ? text : `${text}>`));

const SPACES = [" ", " ", " ", "\n", "\t", "  ", "\r\n", "\r"];
const NAMES = ["a", "b", "c", "iq", "message", "ping", "query", "openspime", "x-1", "_", "é", "名"];
const PREFIXES = ["p", "q", "stream", "xml", "s"];
const NAMESPACES = ["u", "v", "jabber:client", "urn:xmpp:ping", "", "openspime:protocol:core"];
const ATTRIBUTES = ["id", "type", "from", "to", "version", "__proto__", "constructor", "é"];
const ENTITIES = [
  "lt",
  "gt",
  "amp",
  "quot",
  "apos",
  "#65",
  "#x41",
  "#10",
  "#xD",
  "#x10FFFF",
  "#233",
];
const CHARACTERS = [
  "a",
  "b",
  " ",
  "]",
  ">",
  "]]",
  "=",
  "/",
  "é",
  "≢",
  "😀",
  "\n",
  "\r\n",
  "\r",
  "\t",
];
const JIDS = ["a@b/c", "spime.example", "4A6B-5638@spime.example/spime", "é@x/'y"];

const toBytes = (text: string): string =>
  /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");

export interface Document {
  /** From the XML declaration to the root's start tag. */
  readonly header: string;
  /** Stanzas, and at times the root's end. */
  readonly body: string;
}

/** Part of a tag that may be blank; mostly it is not. */
const maybeSpace = (dice: Dice): string => (dice.oneIn(12) ? dice.pick(SPACES) : "");

function value(dice: Dice, quote: string): string {
  return many(dice, 0, 5, () => {
    if (dice.oneIn(6)) return `&${dice.pick(ENTITIES)};`;
    const character = dice.oneIn(8) ? dice.pick(["'", '"']) : dice.pick(CHARACTERS);
    return character === quote ? "x" : character;
  });
}

function attribute(dice: Dice, name: string, content?: string): string {
  const quote = dice.pick(["'", '"']);
  const space = dice.pick(SPACES);
  const given = content?.replaceAll("'", "&apos;");
  return `${space}${name}${maybeSpace(dice)}=${maybeSpace(dice)}${quote}${given ?? value(dice, quote)}${quote}`;
}

function text(dice: Dice): string {
  return many(dice, 1, 8, () =>
    dice.oneIn(5) ? `&${dice.pick(ENTITIES)};` : dice.pick(CHARACTERS),
  ).replaceAll("]]>", "]] >");
}

function cdata(dice: Dice): string {
  const content = many(dice, 0, 4, () => dice.pick([...CHARACTERS, "<", "&amp;", "<!--"]));
  return `<![CDATA[${content.replaceAll("]]>", "")}]]>`;
}

/** Distinct names, so that most tags are well-formed. */
function attributes(dice: Dice, prefixes: readonly string[]): string {
  const names = new Set<string>();
  for (let count = dice.below(4); count > 0; count--) {
    const prefix = dice.oneIn(4) && prefixes.length > 0 ? `${dice.pick(prefixes)}:` : "";
    names.add(prefix + dice.pick(ATTRIBUTES));
  }
  return [...names].map((name) => attribute(dice, name)).join("");
}

/** Declarations of namespaces, and the prefixes bound with them. */
function declarations(dice: Dice, prefixes: readonly string[]): [string, readonly string[]] {
  if (!dice.oneIn(3)) return ["", prefixes];
  const prefix = dice.pick(PREFIXES);
  const isDefault = dice.oneIn(2) || prefix === "xml";
  const name = isDefault ? "xmlns" : `xmlns:${prefix}`;
  const namespace = dice.pick(NAMESPACES) || (isDefault ? "" : "w");
  return [attribute(dice, name, namespace), isDefault ? prefixes : [...prefixes, prefix]];
}

function element(dice: Dice, depth: number, outer: readonly string[]): string {
  const [declared, prefixes] = declarations(dice, outer);
  const prefix = dice.oneIn(4) && prefixes.length > 0 ? `${dice.pick(prefixes)}:` : "";
  const tag = prefix + dice.pick(NAMES);
  const start = `<${tag}${declared}${attributes(dice, prefixes)}${maybeSpace(dice)}`;
  if (depth <= 0 || dice.oneIn(3)) return `${start}/>`;
  const content = many(dice, 0, 4, () => {
    if (dice.oneIn(2)) return element(dice, depth - 1, prefixes);
    return dice.oneIn(5) ? cdata(dice) : text(dice);
  });
  return `${start}>${content}</${tag}${maybeSpace(dice)}>`;
}

function stanza(dice: Dice, prefixes: readonly string[]): string {
  const kind = dice.pick(["iq", "iq", "iq", "message", "presence"]);
  const type = dice.pick(["get", "set", "result", "error", "chat", "GET"]);
  const from = dice.oneIn(4) ? "" : attribute(dice, "from", dice.pick(JIDS));
  const head = `${kind}${attribute(dice, "type", type)}${attribute(dice, "id")}${from}`;
  const ping = "<ping xmlns='urn:xmpp:ping'/>";
  const payload = dice.oneIn(3) ? ping : element(dice, 2, prefixes);
  return `<${head}>${payload}</${kind}>`;
}

function piece(dice: Dice, prefixes: readonly string[]): string {
  const which = dice.below(10);
  if (which < 5) return toBytes(stanza(dice, prefixes));
  if (which < 8) return toBytes(element(dice, 1 + dice.below(4), prefixes));
  return dice.pick(which === 8 ? TRANSCRIPT_STANZAS : LOGIN_STANZAS);
}

function header(dice: Dice): string {
  const declaration = dice.oneIn(3) ? "" : `<?xml version=${dice.pick(["'1.0'", '"1.0"'])}?>`;
  const own = attribute(dice, "xmlns", dice.oneIn(9) ? "u" : "jabber:client");
  const streams = dice.oneIn(20) ? "urn:other" : "http://etherx.jabber.org/streams";
  const rest = many(dice, 0, 2, () =>
    attribute(dice, `${dice.pick(["x", "y", "z"])}${dice.below(99)}`),
  );
  const names = attribute(dice, "xmlns:stream", streams) + attribute(dice, "xmlns:s", "s");
  return toBytes(`${declaration}<stream:stream${own}${names}${rest}>`);
}

/** A stream that is mostly well-formed. */
export function documentOf(dice: Dice): Document {
  const between = () => (dice.oneIn(4) ? dice.pick(SPACES) : "");
  const stanzas = many(dice, 1, 3, () => between() + piece(dice, ["stream", "xml", "s"]));
  return { header: header(dice), body: stanzas + (dice.oneIn(6) ? "</stream:stream>" : "") };
}
