// Every construct that a stream may contain (XML 1.0, Namespaces in XML 1.0, RFC 6120 section 11).

import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { repeated } from "./hex.js";
import { equal, suite } from "./suite.js";
import { createEventParser, eventsOf, recordingEvents, WIDE_CAPS } from "./xml-events.js";
import { ATTRIBUTES, ELEMENTS, NAMESPACES, testInRoot, TEXTS } from "./xml-samples.js";

export const xmlParserSuite = suite("xml/parser", function (test) {
  testInRoot(test, "elements", ELEMENTS, ["-"]);
  testInRoot(test, "attributes", ATTRIBUTES, ["-"]);
  testInRoot(test, "text", TEXTS, ["-"]);
  testInRoot(test, "namespaces", NAMESPACES, ["-"]);

  test("an XML declaration in front", function () {
    equal(eventsOf(["<?xml version='1.0'?><r></r>"]), "+r{}\n-");
    equal(eventsOf(['<?xml version="1.0" encoding="UTF-8"?>\n<r/>\n']), "+r{}\n-");
  });

  test("the header's namespaces hold for its stanzas", function () {
    const header = "<s:stream xmlns='c' xmlns:s='st' version='1.0'>";
    const events = ['+stream{st} version="1.0"', "+message{c}", "-", "+features{st}", "-", "-"];
    equal(eventsOf([header + "<message/><s:features/></s:stream>"]), events.join("\n"));
  });

  test("nothing is said before a tag is whole", function () {
    const lines: string[] = [];
    const parser = createEventParser(WIDE_CAPS, recordingEvents(lines));
    parser.push("<r><a b='");
    equal(lines, ["+r{}"]);
    parser.push(">'");
    equal(lines, ["+r{}"]);
    parser.push(">text");
    equal(lines, ["+r{}", '+a{} b=">"']);
    parser.push("<");
    equal(lines, ["+r{}", '+a{} b=">"']);
    equal(parser.push("/a>"), undefined);
    equal(lines, ["+r{}", '+a{} b=">"', "'text", "-"]);
  });

  test("what is not wanted is checked, and not kept", function () {
    const kept: string[] = [];
    const parser = createXmlParser(WIDE_CAPS, function (tag, depth, isWhole) {
      const { name, text, children, attributes } = tag;
      if (depth === 1 && isWhole) kept.push(name + " " + text + children.length);
      return attributes["drop"] === undefined;
    });
    parser.push("<r><a drop=''>1<b>2<c/></b><![CDATA[3]]></a><a>1<b drop=''>2<c/></b>3</a>");
    equal(kept, ["a 0", "a 131"]);
    equal(parser.push("<a drop=''>&none;</a>"), "restricted-xml");
  });

  test("what is not wanted may be longer than what is", function () {
    const inside = "<b>" + repeated("x", 100) + "</b>" + repeated("<c/>", 20);
    const stream = "<r><a drop=''>" + inside + "</a><a>1</a>";
    [[stream], stream.split("")].forEach(function (pieces) {
      const kept: string[] = [];
      const caps = { token: 20, stanza: 100, depth: 4 };
      const parser = createXmlParser(caps, function ({ text, attributes }, depth, isWhole) {
        if (depth === 1 && isWhole) kept.push(text);
        return attributes["drop"] === undefined;
      });
      pieces.forEach((piece) => equal(parser.push(piece), undefined));
      equal(kept, ["", "1"]);
      equal(parser.push("<a>" + inside + "</a>"), "policy-violation");
    });
  });

  test("a letter that ends like a blank, in a name", function () {
    equal(eventsOf(["<r><voil\xc3\xa0></voil\xc3\xa0 ><voil\xc3\xa0/></r>"]).indexOf("!"), -1);
  });

  test("an empty piece changes nothing", function () {
    equal(eventsOf(["", "<r", "", ">", ""]), "+r{}");
  });

  test("two parsers do not know of each other", function () {
    const first: string[] = [];
    const second: string[] = [];
    const one = createEventParser(WIDE_CAPS, recordingEvents(first));
    const other = createEventParser(WIDE_CAPS, recordingEvents(second));
    one.push("<r xmlns:p='u'><a");
    other.push("<r><p:a/>");
    one.push("/>");
    equal(first, ["+r{}", "+a{}", "-"]);
    equal(second, ["+r{}"]);
  });
});
