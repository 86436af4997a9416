// Tags that a stream must not contain, the events before them, and the stream error (RFC 6120 section
// 4.9.3). Each sample stands in `<r>`, whose own event is left out.

import type { Sample } from "./xml-samples.js";

const MALFORMED = ["!not-well-formed"];
const IN_A = ["+a{}", "!not-well-formed"];
const PREFIX = ["!bad-namespace-prefix"];

export const BAD_TAGS: Sample[] = [
  ["the wrong end", "<a></b>", IN_A],
  ["the beginning of the right end", "<ab></a>", ["+ab{}", "!not-well-formed"]],
  ["more than the right end", "<a></ab>", IN_A],
  ["an end with attributes", "<a></a b='1'>", IN_A],
  [
    "an end with another prefix",
    "<p:a xmlns:p='u' xmlns:q='u'></q:a>",
    ["+a{u}", "!not-well-formed"],
  ],
  ["no name", "<>", MALFORMED],
  ["no name, empty", "</>", MALFORMED],
  ["a blank before the name", "< a/>", MALFORMED],
  ["a name that starts with a digit", "<1a/>", MALFORMED],
  ["a name that starts with a dash", "<-a/>", MALFORMED],
  ["a sign in a name", "<a+b/>", MALFORMED],
  ["a slash in a name", "<a/b/>", MALFORMED],
  ["a slash before the end", "<a/ >", MALFORMED],
  ["< in a tag", "<a<b/>", MALFORMED],
  ["text outside a stanza", "x<a/>", MALFORMED],
  ["a reference outside a stanza", "&#65;<a/>", MALFORMED],
];

export const BAD_ATTRIBUTES: Sample[] = [
  ["no quotes", "<a b=1/>", MALFORMED],
  ["no value", "<a b/>", MALFORMED],
  ["nothing after =", "<a b=/>", MALFORMED],
  ["no name", "<a ='1'/>", MALFORMED],
  ["two names", "<a b c='1'/>", MALFORMED],
  ["no blank between two", "<a b='1'c='2'/>", MALFORMED],
  ["no blank before one", "<a'b'='1'/>", MALFORMED],
  ["the same name twice", "<a b='1' b='1'/>", MALFORMED],
  ["the same namespace twice", "<a xmlns='u' xmlns='u'/>", MALFORMED],
  ["the same prefix twice", "<a xmlns:p='u' xmlns:p='u'/>", MALFORMED],
  [
    "the same name by two prefixes (NS 6.3)",
    "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
    MALFORMED,
  ],
  ["< in a value", "<a b='<'/>", MALFORMED],
  ["a digit first", "<a 1b='1'/>", MALFORMED],
  ["text after the last", "<a b='1' c/>", MALFORMED],
];

export const BAD_PREFIXES: Sample[] = [
  ["an element's without declaration", "<p:a/>", PREFIX],
  ["an attribute's without declaration", "<a p:b='1'/>", PREFIX],
  ["declared by a brother", "<a xmlns:p='u'/><p:b/>", ["+a{}", "-", "!bad-namespace-prefix"]],
  ["bound to nothing (NS 2.2)", "<a xmlns:p=''/>", PREFIX],
  ["xmlns bound (NS 3)", "<a xmlns:xmlns='u'/>", PREFIX],
  ["xml bound to another (NS 3)", "<a xmlns:xml='u'/>", PREFIX],
  ["xmlns used", "<xmlns:a/>", PREFIX],
  ["a prefix like a property of Object", "<constructor:a/>", PREFIX],
  ["two colons", "<p:a:b xmlns:p='u'/>", MALFORMED],
  ["a colon first", "<:a/>", MALFORMED],
  ["a colon last", "<p: xmlns:p='u'/>", MALFORMED],
  ["a digit after the colon", "<p:1 xmlns:p='u'/>", MALFORMED],
];
