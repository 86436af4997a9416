// The comparison with the document's stanzas: what it forgives, and that it forgives nothing else.

import assert from "node:assert/strict";
import { golden, normalised } from "./golden.js";

const report = golden("1.0.0-1-report");
const publish = golden("1.2.1-1-seek-publish", "QUJD", "QUJD");

const same: [name: string, text: string, changed: string][] = [
  ["another id", report, report.replace("200804021658230", "x")],
  ["another language, or none", report, report.replace("xml:lang='en'", "")],
  ["other quotes", report, report.replaceAll("'", '"')],
  [
    "another order of attributes",
    report,
    report.replace("<iq", "<iq type='set'").replace(/\n +type='set'/, ""),
  ],
  ["an entity", report, report.replace("4A6B", "&#x34;A6B")],
  ["other white space between elements", report, report.replaceAll(/>\s+</g, "><")],
  ["a folded address", publish, publish.replaceAll("4A6B-5638-0312111D", "4a6b-5638-0312111d")],
  [
    "another date and place",
    report,
    report.replace("2008-04-02", "2026-11-25").replace("45.4", "-1.2"),
  ],
  ["other base64", publish, publish.replaceAll("QUJD", "REVG")],
];

const different: [name: string, text: string, changed: string][] = [
  ["no id", report, report.replace("200804021658230", "")],
  ["another sender", report, report.replace("4A6B", "4A6C")],
  ["another resource", report, report.replace("/co2", "/CO2")],
  ["an attribute more", report, report.replace("<transport>", "<transport x='y'>")],
  ["an attribute less", report, report.replace(" version='0.9'", "")],
  ["another namespace", report, report.replace("extension:data", "extension:date")],
  [
    "another order of elements",
    report,
    report.replace(/(<date>.*<.date>)\s*(<exp.*<.exposure>)/, "$2$1"),
  ],
  ["an element less", report, report.replace(/<ppm>.*<.ppm>/, "")],
  ["another word", report, report.replace("outdoor", "indoor")],
  ["no date", report, report.replace("T17:54:22", "")],
  ["no number", report, report.replace("120.0", "1e2")],
  ["no base64", publish, publish.replace("QUJD", "???")],
  ["another answer wanted", publish, publish.replace(">true<", ">false<")],
];

describe("Transcripts: comparison", () => {
  for (const [name, text, changed] of same) {
    it(`forgives ${name}`, () => {
      assert.notEqual(changed, text);
      assert.equal(normalised(changed), normalised(text));
    });
  }

  for (const [name, text, changed] of different) {
    it(`does not forgive ${name}`, () => {
      assert.notEqual(changed, text);
      assert.notEqual(normalised(changed), normalised(text));
    });
  }
});
