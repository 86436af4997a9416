// Each thing that a stream refuses (RFC 6120 sections 4.9.3, 11.1 and 13.12; issue 5's list), all the way: the
// stream error that fits is sent, the stream and the socket are closed, and nothing behind it is taken.

import { repeated } from "../../src/firmware/bytes.js";
import { HEADER } from "./fake-server.js";
import { at, expectEnd, streamError } from "./stream-world.js";
import { equal, suite } from "./suite.js";
import type { AddTest } from "./suite.js";

/** What it is, the bytes of it among stanzas, and the stream error. */
type Refusal = [what: string, bytes: string, condition: string];

const MARKUP: Refusal[] = [
  ["a DTD", "<!DOCTYPE r>", "restricted-xml"],
  ["a DTD in a stanza", "<iq><!DOCTYPE r></iq>", "restricted-xml"],
  ["a processing instruction", "<?x y?>", "restricted-xml"],
  ["a processing instruction in a stanza", "<iq><?x y?></iq>", "restricted-xml"],
  ["an XML declaration among stanzas", "<?xml version='1.0'?>", "restricted-xml"],
  ["a comment", "<!-- x -->", "restricted-xml"],
  ["a comment in a stanza", "<iq><!-- x --></iq>", "restricted-xml"],
  ["CDATA between stanzas", "<![CDATA[x]]>", "restricted-xml"],
  ["CDATA in a tag", "<iq <![CDATA[x]]> />", "not-well-formed"],
  ["CDATA in an attribute", "<iq a='<![CDATA[x]]>'/>", "not-well-formed"],
  ["an unknown entity in a text", "<iq>&other;</iq>", "restricted-xml"],
  ["an unknown entity in an attribute", "<iq a='&other;'/>", "restricted-xml"],
];

const NAMES: Refusal[] = [
  ["an attribute twice", "<iq a='1' a='2'/>", "not-well-formed"],
  [
    "an attribute twice by two prefixes",
    "<iq xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>",
    "not-well-formed",
  ],
  ["an element's unbound prefix", "<p:iq/>", "bad-namespace-prefix"],
  ["an attribute's unbound prefix", "<iq p:a='1'/>", "bad-namespace-prefix"],
];

const BYTES: Refusal[] = [
  ["bad UTF-8 in a text", "<iq>\xc0\xbc</iq>", "not-well-formed"],
  ["bad UTF-8 in an attribute", "<iq a='\xff'/>", "not-well-formed"],
  ["bad UTF-8 in a name", "<iq\xe2/>", "not-well-formed"],
  ["bad UTF-8 in CDATA", "<iq><![CDATA[\xed\xa0\x80]]></iq>", "not-well-formed"],
  ["a control character in a text", "<iq>\x01</iq>", "not-well-formed"],
  ["a control character in an attribute", "<iq a='\x0b'/>", "not-well-formed"],
  ["a control character in CDATA", "<iq><![CDATA[\0]]></iq>", "not-well-formed"],
  ["a control character by its number", "<iq>&#8;</iq>", "not-well-formed"],
];

/** The bounds are stream.ts's: a token of 1,024 bytes, a stanza of 4,096, ten elements deep. */
function boundsRefused(): Refusal[] {
  return [
    ["a depth over the cap", repeated("<a>", 10), "policy-violation"],
    ["a tag over the cap", "<iq a='" + repeated("x", 1024) + "'/>", "policy-violation"],
    ["a text over the cap", "<iq>" + repeated("x", 1025) + "</iq>", "policy-violation"],
    ["CDATA over the cap", "<iq><![CDATA[" + repeated("x", 1024) + "]]></iq>", "policy-violation"],
    ["a stanza over the cap", "<iq>" + repeated("<a/>", 64) + "</iq>", "policy-violation"],
  ];
}

/** What stays below each bound is taken. */
const WITHIN = [
  "<a>" + repeated("<a>", 8) + repeated("</a>", 9),
  "<a a='" + repeated("x", 1000) + "'/>",
  "<a>" + repeated("x", 1024) + "</a>",
  "<a>" + repeated("<a/>", 60) + "</a>",
  "<a><![CDATA[<b>&other;<!-- -->]]></a>",
];

function testEach(test: AddTest, refusals: Refusal[], stage: string): void {
  const header = stage === "greeting" ? HEADER : "";
  refusals.forEach(function (refusal) {
    test(refusal[0] + " is answered with " + refusal[2], function () {
      const world = at(stage);
      world.server.say(header);
      world.server.say(refusal[1] + "<message/>");
      const condition = refusal[2];
      expectEnd(world, "closed bad-stream:" + condition + " again", streamError(condition));
      world.server.say("<iq type='get' id='late'/>");
      equal([world.events.length, world.connection.sent()], [1, ""], "afterwards");
    });
  });
}

export const streamRefusalsSuite = suite("xmpp/stream, refusals", function (test) {
  // A login takes an interpreter its time, and the parser is the same before it.
  testEach(test, MARKUP, "online");
  testEach(test, NAMES, "greeting");
  testEach(test, BYTES, "greeting");

  test("each is refused from pieces of one byte as well", function () {
    MARKUP.concat(NAMES, BYTES).forEach(function (refusal) {
      const world = at("greeting");
      world.server.say(HEADER);
      world.connection.trickle(refusal[1]);
      expectEnd(
        world,
        "closed bad-stream:" + refusal[2] + " again",
        streamError(refusal[2]),
        refusal[0],
      );
    });
  });

  test("a DTD in front of the header is answered with restricted-xml", function () {
    const world = at("greeting");
    world.server.say("<!DOCTYPE stream [<!ENTITY a 'b'>]>" + HEADER);
    expectEnd(world, "closed bad-stream:restricted-xml again", streamError("restricted-xml"));
  });
});

/** Apart: with the texts for them an ESP32's memory holds no more. */
export const streamBoundsSuite = suite("xmpp/stream, bounds", function (test) {
  testEach(test, boundsRefused(), "greeting");

  test("what stays within the bounds is taken, CDATA as text too", function () {
    const world = at("online");
    WITHIN.forEach(world.server.say);
    equal(world.events.join(), WITHIN.map(() => "stanza a").join());
    equal(world.connection.isClosed(), false);
  });
});
