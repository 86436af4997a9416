// What must not be in a stream, with the stream error that answers it (RFC 6120 section 4.9.3).

import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { equal, suite } from "./suite.js";
import { eventsOf, recordingEvents, WIDE_CAPS } from "./xml-events.js";
import {
  BAD_ATTRIBUTES,
  BAD_PREFIXES,
  BAD_TAGS,
  BAD_TEXTS,
  BAD_UTF8,
  RESTRICTED_XML,
} from "./xml-faults.js";
import type { Sample } from "./xml-samples.js";

export const xmlFaultsSuite = suite("xml/parser faults", function (test) {
  function testEach(group: string, samples: Sample[]): void {
    samples.forEach(function (sample) {
      test(group + ": " + sample[0], function () {
        equal(eventsOf(["<r>" + sample[1] + "</r>"]), ["+r{}"].concat(sample[2]).join("\n"));
      });
    });
  }

  testEach("tags", BAD_TAGS);
  testEach("attributes", BAD_ATTRIBUTES);
  testEach("text", BAD_TEXTS);
  testEach("UTF-8", BAD_UTF8);
  testEach("restricted", RESTRICTED_XML);
  testEach("prefixes", BAD_PREFIXES);

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
    const parser = createXmlParser(WIDE_CAPS, recordingEvents(lines));
    equal(parser.push("<r><a></b><c/>"), "not-well-formed");
    equal(parser.push("<d/>"), "not-well-formed");
    equal(parser.push(""), "not-well-formed");
    equal(lines, ["+r{}", "+a{}"]);
  });
});
