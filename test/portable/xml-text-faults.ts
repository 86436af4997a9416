// Text and markup that a stream must not contain, and the stream error (RFC 6120 section 4.9.3; 11.1 says
// what is restricted). Each sample stands in `<r>`, whose own event is left out.

import type { Sample } from "./xml-samples.js";

const MALFORMED = ["!not-well-formed"];
const IN_A = ["+a{}", "!not-well-formed"];
const RESTRICTED = ["!restricted-xml"];

export const BAD_TEXTS: Sample[] = [
  ["]]> (2.4)", "<a>]]></a>", IN_A],
  ["& alone", "<a>a & b</a>", IN_A],
  ["a reference without end", "<a>&amp</a>", IN_A],
  ["a reference to nothing", "<a>&;</a>", IN_A],
  ["a character without digits", "<a>&#;</a>", IN_A],
  ["a hex character without digits", "<a>&#x;</a>", IN_A],
  ["hex digits in a decimal one", "<a>&#4A;</a>", IN_A],
  ["a capital X", "<a>&#X41;</a>", IN_A],
  ["a sign", "<a>&#-65;</a>", IN_A],
  ["a referenced NUL", "<a>&#0;</a>", IN_A],
  ["a referenced control", "<a>&#x1F;</a>", IN_A],
  ["a referenced surrogate", "<a>&#xD800;</a>", IN_A],
  ["a referenced U+FFFE", "<a>&#65534;</a>", IN_A],
  ["a character beyond Unicode", "<a>&#x110000;</a>", IN_A],
  ["a character beyond 32 bits", "<a>&#4294967361;</a>", IN_A],
  ["a bad reference in a value", "<a b='&#0;'/>", MALFORMED],
  ["a control", "<a>\x01</a>", IN_A],
  ["a control in a value", "<a b='\x1b'/>", MALFORMED],
  ["a control in CDATA", "<a><![CDATA[\0]]></a>", IN_A],
];

/** CVE-2022-22784, CVE-2022-25235: what one reader takes for a character and the next for markup. */
export const BAD_UTF8: Sample[] = [
  ["an overlong <", "<a>\xc0\xbcb/></a>", IN_A],
  ["a byte that hides the next", "<a>\xeb</a>", IN_A],
  ["a lone continuation", "<a>\x80</a>", IN_A],
  ["two continuations", "<a>\xa2\x80</a>", IN_A],
  ["a surrogate", "<a>\xed\xa0\x80</a>", IN_A],
  ["in a name", "<a\xe2></a\xe2>", MALFORMED],
  ["in a value", "<a b='\xff'/>", MALFORMED],
];

export const RESTRICTED_XML: Sample[] = [
  ["a comment", "<!-- x -->", RESTRICTED],
  ["a comment in a stanza", "<a><!-- x --></a>", ["+a{}", "!restricted-xml"]],
  ["a processing instruction", "<?x y?>", RESTRICTED],
  ["a DOCTYPE", "<!DOCTYPE r>", RESTRICTED],
  ["an XML declaration inside", "<?xml version='1.0'?>", RESTRICTED],
  ["CDATA outside a stanza", "<![CDATA[x]]>", RESTRICTED],
  ["CDATA in small letters", "<a><![cdata[x]]></a>", ["+a{}", "!restricted-xml"]],
  ["an entity of its own", "<a>&nbsp;</a>", ["+a{}", "!restricted-xml"]],
  ["an entity of Object", "<a>&constructor;</a>", ["+a{}", "!restricted-xml"]],
  ["an entity in a value", "<a b='&x;'/>", RESTRICTED],
];
