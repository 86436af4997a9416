// The data report of the application examples, section 1.0.0, with the values that are printed there.

import { formatScaled } from "../../src/firmware/format.js";
import { dataReport, inProtocol } from "../../src/firmware/openspime/report.js";
import { formatDate } from "../../src/firmware/time.js";
import { element } from "../../src/firmware/xml/element.js";
import type { Sample } from "../../src/firmware/report/sample.js";
import { sampleWith } from "./samples.js";
import { equal, ok, suite } from "./suite.js";

const PRINTED = sampleWith({});

const PRINTED_ENTRY =
  "<entry><date>2008-04-02T16:54:22+00:00</date><exposure>outdoor</exposure>" +
  "<lat>45.475841199</lat><lon>9.172725677</lon>" +
  '<ele unit="m">120.0</ele><ppm>176</ppm></entry>';

function report(entries: string): string {
  return '<data xmlns="openspime:protocol:extension:data" version="0.9">' + entries + "</data>";
}

/** What stands between date and ppm. */
function placeIn(text: string): string {
  return text.split("</date>")[1].split("<ppm>")[0];
}

/** The value, its decimal places, and the text. */
const NUMBERS: [number, number, string][] = [
  [45475841199, 9, "45.475841199"],
  [-121314246333, 9, "-121.314246333"],
  [0, 9, "0.0"],
  [1, 9, "0.000000001"],
  [-1, 9, "-0.000000001"],
  [10, 9, "0.00000001"],
  [100000000, 9, "0.1"],
  [123456789, 9, "0.123456789"],
  [999999999, 9, "0.999999999"],
  [1000000000, 9, "1.0"],
  [1000000001, 9, "1.000000001"],
  [90000000000, 9, "90.0"],
  [-180000000000, 9, "-180.0"],
  [179999999999, 9, "179.999999999"],
  [-500000000, 9, "-0.5"],
  [120000, 3, "120.0"],
  [278020, 3, "278.02"],
  [-430500, 3, "-430.5"],
  [-5, 3, "-0.005"],
  [8848860, 3, "8848.86"],
  [1147200, 3, "1147.2"],
];

const DATES: [number, string][] = [
  [1207155262000, "2008-04-02T16:54:22+00:00"],
  [1428956800000, "2015-04-13T20:26:40+00:00"],
  [1584538100600, "2020-03-18T13:28:20.600+00:00"],
  [1709164800000, "2024-02-29T00:00:00+00:00"],
  [1717372799999, "2024-06-02T23:59:59.999+00:00"],
  [946684800001, "2000-01-01T00:00:00.001+00:00"],
  [946684799000, "1999-12-31T23:59:59+00:00"],
  [2147483648000, "2038-01-19T03:14:08+00:00"],
  [3471206400000, "2079-12-31T00:00:00+00:00"],
];

export const reportSuite = suite("openspime/report", function (test) {
  NUMBERS.forEach(function (row) {
    test(row[0] + " with " + row[1] + " places", function () {
      equal(formatScaled(row[0], row[1]), row[2]);
    });
  });

  test("dates", function () {
    DATES.forEach(function (row) {
      equal(formatDate(row[0]), row[1]);
    });
  });

  test("the printed example", function () {
    equal(dataReport([PRINTED], "outdoor"), report(PRINTED_ENTRY));
  });

  test("several entries, in their order", function () {
    const other = sampleWith({ timeMs: 0, latE9: -1, lonE9: 0, heightMm: -5, co2Ppm: 0 });
    const otherEntry =
      "<entry><date>1970-01-01T00:00:00+00:00</date><exposure>outdoor</exposure><lat>-0.000000001</lat><lon>0.0</lon>" +
      '<ele unit="m">-0.005</ele><ppm>0</ppm></entry>';
    equal(dataReport([other, PRINTED], "outdoor"), report(otherEntry + PRINTED_ENTRY));
    equal(dataReport([], ""), report(""));
  });

  test("an exposure is text", function () {
    equal(dataReport([PRINTED], "<a>&b").split("exposure>")[1], "&lt;a&gt;&amp;b</");
    equal(dataReport([PRINTED], "").indexOf("exposure"), -1, "none");
  });

  test("an old place has its age, a coarse one no height, none nothing", function () {
    const old = sampleWith({ placeAgeS: 340 });
    equal(
      placeIn(dataReport([old], "")),
      '<lat age="340">45.475841199</lat><lon age="340">9.172725677</lon>' +
        '<ele age="340" unit="m">120.0</ele>',
    );
    const coarse = sampleWith({ latE9: 45480000000, lonE9: 9170000000, heightMm: NaN });
    equal(placeIn(dataReport([coarse], "")), "<lat>45.48</lat><lon>9.17</lon>");
    const nowhere = sampleWith({ latE9: NaN, lonE9: NaN, heightMm: NaN });
    equal(placeIn(dataReport([nowhere], "")), "");
  });

  test("the envelope around originator and transport", function () {
    equal(
      element("openspime", "<a/><x/>", inProtocol("core")),
      '<openspime xmlns="openspime:protocol:core" version="0.9"><a/><x/></openspime>',
    );
  });

  test("twenty entries of the longest kind, sealed with RSA-4096, fit into what every server takes", function () {
    const samples: Sample[] = [];
    for (let count = 0; count < 20; count++) {
      samples.push({
        timeMs: 1428956800123 + count,
        atMs: 0,
        co2Ppm: 40000,
        latE9: -89123456789,
        lonE9: -179123456789,
        heightMm: -1234567,
        placeAgeS: 16777214,
      });
    }
    // In Base64, with a signature, a session key, and what is around them.
    const sealedBytes = (dataReport(samples, "outdoor").length + 16 + 2 * 512) * (4 / 3) + 600;
    ok(sealedBytes < 10000, "RFC 6120 section 13.12: " + sealedBytes);
  });
});
