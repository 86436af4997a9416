// What must not be in a stream, with the stream error that answers it (RFC 6120 section 4.9.3).

import { equal, suite } from "./suite.js";
import { createEventParser, eventsOf, recordingEvents, WIDE_CAPS } from "./xml-events.js";
import { BAD_ATTRIBUTES, BAD_PREFIXES, BAD_TAGS } from "./xml-faults.js";
import { testInRoot } from "./xml-samples.js";

export const xmlFaultsSuite = suite("xml/parser faults", function (test) {
  testInRoot(test, "tags", BAD_TAGS, []);
  testInRoot(test, "attributes", BAD_ATTRIBUTES, []);
  testInRoot(test, "prefixes", BAD_PREFIXES, []);

  test("before the root: text, a DOCTYPE, a comment, an end", function () {
    equal(eventsOf(["x<r>"]), "!not-well-formed");
    equal(eventsOf(["<!DOCTYPE r [<!ENTITY x 'y'>]><r>"]), "!restricted-xml");
    equal(eventsOf(["<!-- --><r>"]), "!restricted-xml");
    equal(eventsOf(["<?x?><r>"]), "!restricted-xml");
    equal(eventsOf(["</r>"]), "!not-well-formed");
    equal(eventsOf(["\xef\xbb\xbf<r>"]), "!not-well-formed");
  });

  test("a second XML declaration", function () {
    equal(eventsOf(["<?xml version='1.0'?><?xml version='1.0'?><r>"]), "!restricted-xml");
    equal(eventsOf(["<?xml version='1.0'?><r><?xml version='1.0'?>"]), "+r{}\n!restricted-xml");
  });

  test("after the root: another one, text, an end", function () {
    equal(eventsOf(["<r></r><r>"]), "+r{}\n-\n!not-well-formed");
    equal(eventsOf(["<r/><r/>"]), "+r{}\n-\n!not-well-formed");
    equal(eventsOf(["<r></r>x<r>"]), "+r{}\n-\n!not-well-formed");
    equal(eventsOf(["<r></r></r>"]), "+r{}\n-\n!not-well-formed");
  });

  test("after a fault nothing is taken, and the fault repeated", function () {
    const lines: string[] = [];
    const parser = createEventParser(WIDE_CAPS, recordingEvents(lines));
    equal(parser.push("<r><a></b><c/>"), "not-well-formed");
    equal(parser.push("<d/>"), "not-well-formed");
    equal(parser.push(""), "not-well-formed");
    equal(lines, ["+r{}", "+a{}"]);
  });
});
