// What a stream does with bytes that are no XMPP: the stream error that fits, at whatever stage.

import { HEADER } from "./fake-server.js";
import { at, expectEnd, FRESH, STAGE_NAMES, streamError } from "./stream-world.js";
import { equal, suite } from "./suite.js";

/** So many pieces, as a socket would bring them, are too much. */
function expectTooMuch(start: string, piece: string, count: number): void {
  const world = at("online");
  world.server.say(start);
  for (let said = 0; said < count; said++) world.server.say(piece);
  const lastWords = streamError("policy-violation");
  expectEnd(world, "closed bad-stream:policy-violation again", lastWords, piece);
}

export const streamFaultsSuite = suite("xmpp/stream, faults", function (test) {
  test("what is no XML is answered with not-well-formed at every stage", function () {
    STAGE_NAMES.forEach(function (stage) {
      const world = at(stage);
      world.server.say("\0\xffgarbage<<<>>");
      expectEnd(world, "closed bad-stream:not-well-formed again", streamError("not-well-formed"));
    });
  });

  test("bad XML gets the stream error that fits", function () {
    const samples = [
      "<!DOCTYPE x [<!ENTITY a 'b'>]>",
      "restricted-xml",
      "<!-- x -->",
      "restricted-xml",
      "<iq>&other;</iq>",
      "restricted-xml",
      "<a:b/>",
      "bad-namespace-prefix",
      "<iq a='1' a='2'/>",
      "not-well-formed",
      "<iq>\xc0\xaf</iq>",
      "not-well-formed",
    ];
    for (let index = 0; index < samples.length; index += 2) {
      // A login takes an interpreter its time: each sample at one stage, each stage with one sample.
      const stage = STAGE_NAMES[index / 2];
      const world = at(stage);
      world.server.say((FRESH.indexOf(stage) < 0 ? "" : HEADER) + samples[index]);
      const condition = samples[index + 1];
      expectEnd(world, "closed bad-stream:" + condition + " again", streamError(condition), stage);
    }
  });

  test("a text, a tag and a depth without end are against the policy", function () {
    expectTooMuch("<message>", "0123456789", 110);
    expectTooMuch("<message a='", "0123456789", 110);
    expectTooMuch("", "<a>", 30);
  });

  test("a stanza without end is against the policy", function () {
    expectTooMuch("<message>", "<b c='0123456789'/>", 230);
  });

  test("a stanza of very many elements is against the policy, however short it is", function () {
    // An element takes Espruino eleven variables: a thousand do not fit into a board.
    expectTooMuch("<message>", "<a/>", 1000);
  });

  test("a header of another namespace or name is refused", function () {
    const headers = [
      "<stream:stream xmlns='jabber:client' xmlns:stream='urn:other'>",
      "<stream xmlns='jabber:client'>",
      "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>",
      "<html>",
    ];
    FRESH.forEach(function (stage) {
      headers.forEach(function (header) {
        const world = at(stage);
        world.server.say(header + "<more/>");
        const lastWords = streamError("invalid-namespace");
        expectEnd(world, "closed bad-stream:invalid-namespace again", lastWords);
      });
    });
  });

  test("a text may end in the brackets that end a CDATA section", function () {
    ["[x]", "x]]", "]", "a]b]>c"].forEach(function (text) {
      const world = at("online");
      world.server.say("<message><body>" + text + "</body></message>");
      equal(world.events, ["stanza message"], text);
    });
  });

  test("CVE-2022-25235, CVE-2022-22784: bad UTF-8 ends the stream, it smuggles nothing", function () {
    const samples = [
      "<message a='\xc0\x80'/>",
      "<message>\xed\xa0\x80</message>",
      "<message>\xe0\x80\xbc</message>",
      "<mess\xf4\x90\x80\x80age/>",
      "<message>\xc3</message>",
    ];
    samples.forEach(function (text) {
      const world = at("online");
      world.server.say(text + "<presence/>");
      expectEnd(world, "closed bad-stream:not-well-formed again", streamError("not-well-formed"));
    });
  });
});
