// What goes wrong with bytes by chance, and what somebody does to them on purpose.

import type { Dice } from "./dice.js";

type Mutation = (text: string, dice: Dice) => string;

/** Markup that a stream must not have, or that is wrong nearly anywhere. */
const INTRUDERS = [
  "<!DOCTYPE r [<!ENTITY x 'y'>]>",
  "<!-- x -->",
  "<!--",
  "<?x y?>",
  "<?xml version='1.0'?>",
  "<![CDATA[x]]>",
  "<![CDATA[",
  "]]>",
  "&x;",
  "&#0;",
  "&#xD800;",
  "&#4294967361;",
  "&",
  "<p:a/>",
  "<a xmlns:p=''/>",
  "<a xmlns:xml='u'/>",
  "<a b='1' b='1'/>",
  "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='1'/>",
  "</stream:stream>",
  "<stream:error><x/></stream:error>",
  " x:y='1'",
  "\0",
  "\x0b",
  "\x7f",
  "\xef\xbb\xbf",
  "\xef\xbf\xbf",
];
const BAD_UTF8 = [
  "\xc0\xaf",
  "\xed\xa0\x80",
  "\xf4\x90\x80\x80",
  "\xc3",
  "\xe2\x89",
  "\x80",
  "\xff",
];
const MARKS = [
  "<",
  ">",
  "'",
  '"',
  "&",
  ";",
  "/",
  "=",
  ":",
  "[",
  "]",
  "!",
  "?",
  " ",
  "\n",
  "#",
  "-",
];

/** A text in tags and what is between them. */
const tokensOf = (text: string): string[] => text.split(/(?<=>)|(?=<)/);

function at(text: string, dice: Dice): number {
  return dice.below(text.length + 1);
}

function splice(text: string, from: number, removed: number, added: string): string {
  return text.slice(0, from) + added + text.slice(from + removed);
}

function onTokens(
  text: string,
  dice: Dice,
  change: (tokens: string[], at: number) => void,
): string {
  const tokens = tokensOf(text);
  change(tokens, dice.below(tokens.length));
  return tokens.join("");
}

const MUTATIONS: readonly Mutation[] = [
  // A bit of a byte.
  (text, dice) => {
    const where = dice.below(text.length || 1);
    const flipped = (text.charCodeAt(where) || 0) ^ (1 << dice.below(8));
    return splice(text, where, 1, String.fromCharCode(flipped));
  },
  (text, dice) => splice(text, at(text, dice), 0, String.fromCharCode(dice.below(256))),
  (text, dice) => splice(text, at(text, dice), 1 + dice.below(3), ""),
  (text, dice) => splice(text, at(text, dice), dice.below(2), dice.pick(MARKS)),
  (text, dice) => splice(text, at(text, dice), 0, dice.pick(BAD_UTF8)),
  (text, dice) => splice(text, at(text, dice), 0, dice.pick(INTRUDERS)),
  (text, dice) =>
    onTokens(text, dice, (tokens, index) => tokens.splice(index, 0, dice.pick(INTRUDERS))),
  (text, dice) => onTokens(text, dice, (tokens, index) => tokens.splice(index, 1)),
  (text, dice) => onTokens(text, dice, (tokens, index) => tokens.splice(index, 0, tokens[index])),
  (text, dice) =>
    onTokens(text, dice, (tokens, index) => {
      const other = dice.below(tokens.length);
      [tokens[index], tokens[other]] = [tokens[other], tokens[index]];
    }),
  // Nested deeper.
  (text, dice) =>
    onTokens(text, dice, (tokens, index) => {
      const depth = 1 + dice.below(12);
      tokens[index] = "<n>".repeat(depth) + tokens[index] + "</n>".repeat(depth);
    }),
  // Longer than a token may be, or a stanza.
  (text, dice) =>
    splice(text, at(text, dice), 0, dice.pick(["x", "<e/>", "]", " "]).repeat(1 << dice.below(12))),
  (text) => text.replace(/[<>&]/, (mark) => `&#${mark.charCodeAt(0)};`),
  // An attribute once more.
  (text) => text.replace(/( [a-z:]+ ?= ?'[^']*')/, "$1$1"),
  (text, dice) => text.slice(0, at(text, dice)),
];

/** None, one or a few of them. */
export function mutate(text: string, dice: Dice): string {
  let mutated = text;
  for (let count = dice.below(4); count > 0; count--) mutated = dice.pick(MUTATIONS)(mutated, dice);
  return mutated;
}

/** The pieces in which a socket might bring a text. */
export function cut(text: string, dice: Dice): string[] {
  if (text.length < 120 && dice.oneIn(4)) return text.split("");
  const ends = Array.from({ length: dice.below(8) + 1 }, () => at(text, dice));
  const sorted = [0, ...ends.sort((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}
