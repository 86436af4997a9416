// The parser's bounds, at the last byte that fits and at the one after (RFC 6120 section 13.12).

import { equal, suite } from "./suite.js";
import { eventsOf } from "./xml-events.js";

/** Of the stanza's bytes three elements take 60 each, and leave 60. */
const CAPS = { token: 20, stanza: 3 * 60 + 60, depth: 4 };
const OVER = "policy-violation";

function letters(count: number): string {
  let text = "";
  while (text.length < count) text += "x";
  return text;
}

/** How a stream with that in it ends, however it is cut: a fault, or `-` for the root's end. */
function endOf(xml: string): string {
  const stream = "<r>" + xml + "</r>";
  const whole = eventsOf([stream], CAPS);
  equal(eventsOf(stream.split(""), CAPS), whole, "byte by byte");
  equal(eventsOf([stream.slice(0, 23), stream.slice(23)], CAPS), whole, "in two pieces");
  const lines = whole.split("\n");
  return lines[lines.length - 1].slice(lines[lines.length - 1].charAt(0) === "!" ? 1 : 0);
}

export const xmlCapsSuite = suite("xml/parser caps", function (test) {
  test("a tag of as many bytes as a token may have", function () {
    equal(endOf("<" + letters(17) + "/>"), "-");
    equal(endOf("<" + letters(18) + "/>"), OVER);
    equal(endOf("<a b='" + letters(11) + "'/>"), "-");
    equal(endOf("<a b='" + letters(12) + "'/>"), OVER);
  });

  test("a tag that does not end", function () {
    equal(eventsOf(["<r><a b='" + letters(14)], CAPS), "+r{}");
    equal(eventsOf(["<r><a b='" + letters(15)], CAPS), "+r{}\n!" + OVER);
    equal(eventsOf(["<" + letters(19)], CAPS), "");
    equal(eventsOf(["<" + letters(20)], CAPS), "!" + OVER);
  });

  test("a text of as many bytes as a token may have", function () {
    equal(endOf("<a>" + letters(20) + "</a>"), "-");
    equal(endOf("<a>" + letters(21) + "</a>"), OVER);
    equal(endOf("<a>" + letters(19) + "&amp;</a>"), OVER);
  });

  test("a text that does not end", function () {
    equal(eventsOf(["<r><a>" + letters(20)], CAPS), "+r{}\n+a{}");
    equal(eventsOf(["<r><a>" + letters(21)], CAPS), "+r{}\n+a{}\n!" + OVER);
  });

  test("CDATA of as many bytes as a token may have", function () {
    equal(endOf("<a><![CDATA[" + letters(8) + "]]></a>"), "-");
    equal(endOf("<a><![CDATA[" + letters(9) + "]]></a>"), OVER);
    equal(eventsOf(["<r><a><![CDATA[" + letters(11)], CAPS), "+r{}\n+a{}");
    equal(eventsOf(["<r><a><![CDATA[" + letters(12)], CAPS), "+r{}\n+a{}\n!" + OVER);
  });

  test("an XML declaration is a token", function () {
    equal(eventsOf(["<?xml          ?><r>"], CAPS), "+r{}");
    equal(eventsOf(["<?xml " + letters(15)], CAPS), "!" + OVER);
  });

  test("a stanza of as many bytes as it may have", function () {
    const half = "<b>" + letters(18) + "</b>";
    equal(half.length, 25);
    equal(endOf("<a>" + half + half + "xxx</a>"), "-");
    equal(endOf("<a>" + half + half + "xxxx</a>"), OVER);
  });

  test("each stanza counts for itself, its white space included", function () {
    const stanza = "<a>" + letters(20) + "<b/>" + letters(20) + "<b/>     </a>";
    equal(stanza.length, 60);
    equal(endOf(stanza + stanza + stanza), "-");
    equal(endOf(stanza + stanza.slice(0, -4) + " </a>"), OVER);
  });

  test("white space between stanzas counts for nothing", function () {
    const blanks = letters(100).split("x").join(" ");
    equal(endOf(blanks + "<a/>" + blanks + "<b/>" + blanks), "-");
  });

  test("an element counts for more than its tag", function () {
    equal(endOf("<a><b/><b/></a>"), "-");
    equal(endOf("<a><b/><b/><b/></a>"), OVER);
  });

  test("an element that fills its stanza ends it, whatever comes next", function () {
    // Found by npm run fuzz: in pieces this was against the policy, and whole restricted.
    equal(endOf("<a><b/><b/><b/><!-- x --></a>"), OVER);
    equal(endOf("<a><b/><b/><b/><?x?></a>"), OVER);
  });

  test("elements inside each other", function () {
    equal(endOf("<a><b><c/></b></a>"), "-");
    equal(endOf("<a><b><c></c></b></a>"), "-");
    equal(endOf("<a><b><c><d/></c></b></a>"), OVER);
    equal(endOf("<a><b><c><d></d></c></b></a>"), OVER);
  });
});
