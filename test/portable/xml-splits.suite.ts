// TCP cuts anywhere (536 bytes on an ESP32): whatever the pieces, the events are the same.

import { equal, suite } from "./suite.js";
import { eventsOf } from "./xml-events.js";

const GOOD: [string, string][] = [
  ["tags and attributes", "<?xml version='1.0'?><r><ab  c='>\"' d=\"/'\" ></ab ><e/> </r>"],
  ["text", "<r><a>x&amp;&#x41;]]\xe2\x89\xa2</a>\r\n<b>\r\n\r</b></r>"],
  ["CDATA", "<r><a><![CDATA[<]>]]]]><![CDATA[]]>x</a></r>"],
  ["namespaces", "<s:r xmlns:s='u' xmlns='v'><s:a s:b='1'/><c xmlns=''/></s:r>"],
];

const BAD: [string, string][] = [
  ["the wrong end", "<r><abc>x</abd><e/>"],
  ["a comment", "<r><a/><!-- ' --><b/>"],
  ["a late declaration", "<r><?xml version='1.0'?>"],
  ["a DOCTYPE", "<!DOCTYPE r><r>"],
  ["an entity", "<r><a>x&nbsp;y</a><b/>"],
  ["UTF-8 cut short", "<r><a>\xe2\x89</a><b/>"],
  ["a prefix", "<r><a/><p:b c='>'/><d/>"],
  ["]]>", "<r><a>]]></a><b/>"],
  ["text between stanzas", "<r><a/> x <b/>"],
  ["a second root", "<r></r> <r>"],
];

export const xmlSplitsSuite = suite("xml/parser splits", function (test) {
  function testEach(samples: [string, string][], outcome: string): void {
    samples.forEach(function (sample) {
      test(outcome + " in any two pieces, and byte by byte: " + sample[0], function () {
        const xml = sample[1];
        const whole = eventsOf([xml]);
        equal(whole.indexOf("!") >= 0, outcome === "bad", "a fault in " + whole);
        for (let at = 1; at < xml.length; at++) {
          equal(eventsOf([xml.slice(0, at), xml.slice(at)]), whole, "cut at " + at);
        }
        equal(eventsOf(xml.split("")), whole, "byte by byte");
      });
    });
  }

  testEach(GOOD, "good");
  testEach(BAD, "bad");
});
