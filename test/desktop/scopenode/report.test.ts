import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEnvelope } from "../../../src/desktop/openspime/envelope.js";
import { parseData } from "../../../src/desktop/scopenode/report.js";
import type { Entry } from "../../../src/desktop/scopenode/report.js";
import {
  dataXml,
  entryXml,
  iqXml,
  openspimeOf,
  openspimeXml,
  parseStanza,
  readVector,
  reportXml,
  transportXml,
} from "./support.js";

const documentEntry: Entry = {
  date: new Date("2008-04-02T16:54:22Z"),
  exposure: "outdoor",
  lat: 45.475841199050905,
  lon: 9.172725677490234,
  eleM: 120,
  ppm: 176.4,
};

describe("ScopeNode: report, OpenSpime 1.0.0", () => {
  it("reads the document's example", () => {
    assert.deepEqual(parse(readVector("example-1.0.0-report")), {
      value: { entries: [documentEntry] },
    });
  });

  it("reads what the author's library sends, less the signature", () => {
    const signed = readVector("report-sign-1024");
    const unsigned = signed.replace(/<originator .*<\/originator>/, "<originator />");
    assert.deepEqual(parse(unsigned), { value: { entries: [documentEntry] } });
  });

  it("reads it after a server wrote out the inherited namespace", () => {
    const data = `<data xmlns='openspime:protocol:core'>${entryXml()}</data>`;
    assert.equal(entriesOf(openspimeXml(transportXml(data))).length, 1);
  });

  it("reads it with prefixes for namespaces", () => {
    const entry = entryXml().replace(/<(\/?)/g, "<$1d:");
    const data = `<d:data xmlns:d='openspime:protocol:extension:data'>${entry}</d:data>`;
    assert.equal(entriesOf(openspimeXml(transportXml(data))).length, 1);
  });

  it("reads several entries, in order", () => {
    const entries = entriesOf(reportXml(entryXml({ ppm: "400" }), entryXml({ ppm: "401" })));
    assert.deepEqual(
      entries.map(({ ppm }) => ppm),
      [400, 401],
    );
  });

  it("leaves out the optional fields that are missing", () => {
    const [entry] = entriesOf(reportXml(entryXml()));
    assert.deepEqual(Object.keys(entry ?? {}).sort(), ["date", "lat", "lon", "ppm"]);
  });

  it("ignores elements that are not in the document", () => {
    const entry = entryXml({ humidity: "40" }).replace("<lat>", "<lat xmlns='other'>0</lat><lat>");
    assert.equal(entriesOf(reportXml(entry, "<note/>"))[0]?.lat, 45.5);
  });

  const place = "<lat>45.5</lat><lon>9.2</lon>";
  const oldPlace = (age: string) =>
    `<lat age='${age}'>45.5</lat><lon age='${age}'>9.2</lon><ele age='${age}' unit='m'>120</ele>`;

  it("reads an entry without a place", () => {
    const [entry] = entriesOf(reportXml(entryXml({ lat: undefined, lon: undefined })));
    assert.deepEqual(Object.keys(entry ?? {}).sort(), ["date", "ppm"]);
  });

  it("reads how old a place is, to 31 years", () => {
    for (const age of [1, 340, 999_999_999]) {
      const [entry] = entriesOf(reportXml(entryXml().replace(place, oldPlace(`${age}`))));
      const { lat, lon, eleM, placeAgeS } = entry ?? {};
      assert.deepEqual(
        { lat, lon, eleM, placeAgeS },
        { lat: 45.5, lon: 9.2, eleM: 120, placeAgeS: age },
      );
    }
  });

  it("reads an old coarse place, which has no height", () => {
    const coarse = oldPlace("340").replace(/<ele.*/, "");
    const [entry] = entriesOf(reportXml(entryXml().replace(place, coarse)));
    assert.deepEqual([entry?.lat, entry?.eleM, entry?.placeAgeS], [45.5, undefined, 340]);
  });

  it("reads an age of nothing as the place of that moment", () => {
    const [entry] = entriesOf(reportXml(entryXml().replace(place, oldPlace("0"))));
    assert.deepEqual(Object.keys(entry ?? {}).sort(), ["date", "eleM", "lat", "lon", "ppm"]);
  });

  it("takes any text for an age without throwing, and gives whole seconds or a fault", () => {
    const digit = fc.constantFrom("0", "3", "9", ".", "-", " ", "e", "x");
    const text = fc.oneof(fc.string({ unit: digit, maxLength: 11 }), fc.string());
    const check = (age: string) => {
      const written = oldPlace(escape(age).replace(/['\t\n\r]/g, " "));
      const parsed = parse(iqXml(reportXml(entryXml().replace(place, () => written))));
      const seconds = "value" in parsed ? (parsed.value.entries[0]?.placeAgeS ?? 0) : undefined;
      assert.equal(seconds, /^[0-9]{1,9}$/.test(age) ? Number(age) : undefined);
    };
    fc.assert(fc.property(text, check), { numRuns: 300 });
  });

  it("gives the originator's osid", () => {
    const originator = "<originator osid='a@b/c'/>";
    const parsed = parse(iqXml(openspimeXml(originator, transportXml(dataXml(entryXml())))));
    assert.equal("value" in parsed && parsed.value.originator, "a@b/c");
  });

  it("reads back any numbers that are written", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const check = (lat: number, ppm: number) => {
      const [entry] = entriesOf(reportXml(entryXml({ lat: `${lat}`, ppm: `\n ${ppm} ` })));
      // -0 is written 0.
      assert.deepEqual([entry?.lat, entry?.ppm], [lat + 0, ppm + 0]);
    };
    fc.assert(fc.property(finite, finite, check), { numRuns: 200 });
  });

  it("takes any text for a field without throwing", () => {
    const field = fc.constantFrom("date", "exposure", "lat", "lon", "ele", "ppm");
    const check = (name: string, text: string) => {
      const parsed = parse(iqXml(reportXml(entryXml({ [name]: escape(text) }))));
      assert.ok("value" in parsed || parsed.fault.condition === "inconsistent-data-with-scope");
    };
    fc.assert(fc.property(field, fc.string({ unit: "binary" }), check), { numRuns: 300 });
  });
});

describe("ScopeNode: report refused", () => {
  const entry = entryXml();
  const good = dataXml(entry);
  type Row = [name: string, openspime: string, condition: string, text: RegExp];
  const rows: Row[] = [
    ["no transport", openspimeXml(), "xml-malformed-transport-node", /transport/],
    [
      "two transports",
      openspimeXml(transportXml(good), transportXml(good)),
      "xml-malformed-transport-node",
      /exactly one/,
    ],
    [
      "an empty transport",
      openspimeXml(transportXml(" \n")),
      "xml-malformed-transport-node",
      /one element/,
    ],
    [
      "text for an element",
      openspimeXml(transportXml("c3BpbWU=")),
      "xml-malformed-transport-node",
      /one element/,
    ],
    [
      "text beside the element",
      openspimeXml(transportXml(`${good}x`)),
      "xml-malformed-transport-node",
      /one element/,
    ],
    [
      "two elements",
      openspimeXml(transportXml(good + good)),
      "xml-malformed-transport-node",
      /one element/,
    ],
    [
      "a transport key",
      openspimeXml(transportXml("AAAA", "transport-key='AAAA'")),
      "decryption-not-enabled",
      /key/,
    ],
    [
      "AES content",
      openspimeXml(transportXml("AAAA", "content-type='x-openspime/aes-base64'")),
      "decryption-not-enabled",
      /key/,
    ],
    [
      "another content type",
      openspimeXml(transportXml(good, "content-type='text/csv'")),
      "feature-not-implemented",
      /text\/csv/,
    ],
    [
      "a signature",
      openspimeXml("<originator><sign>AA</sign></originator>", transportXml(good)),
      "signature-not-enabled",
      /signed/,
    ],
    [
      "a claim",
      openspimeXml(transportXml("<claim xmlns='openspime:protocol:extension:claim'/>")),
      "feature-not-implemented",
      /<claim\/>/,
    ],
    [
      "data of another namespace",
      openspimeXml(transportXml("<data xmlns='jabber:x:data'/>")),
      "feature-not-implemented",
      /<data\/>/,
    ],
    [
      "a later core",
      `<openspime xmlns='openspime:protocol:core' version='1.0'/>`,
      "feature-not-implemented",
      /1\.0/,
    ],
    [
      "later data",
      openspimeXml(transportXml(good.replace("0.9", "1.0"))),
      "feature-not-implemented",
      /1\.0/,
    ],
    ["no entry", reportXml(), "inconsistent-data-with-scope", /no <entry/],
    [
      "a bad second entry",
      reportXml(entry, entryXml({ lat: "x" })),
      "inconsistent-data-with-scope",
      /^entry 2: lat .*"x"/,
    ],
    [
      "no date",
      reportXml(entryXml({ date: undefined })),
      "inconsistent-data-with-scope",
      /^entry 1: date missing/,
    ],
    [
      "no lat",
      reportXml(entryXml({ lat: undefined })),
      "inconsistent-data-with-scope",
      /lat missing/,
    ],
    [
      "no lon",
      reportXml(entryXml({ lon: undefined })),
      "inconsistent-data-with-scope",
      /lon missing/,
    ],
    [
      "a height without a place",
      reportXml(entryXml({ lat: undefined, lon: undefined, ele: "120" })),
      "inconsistent-data-with-scope",
      /^entry 1: lat missing/,
    ],
    ...["-1", "1.5", "", "1000000000", "x"].map((age): Row => [
      `a place that is ${JSON.stringify(age)} seconds old`,
      reportXml(
        entry.replace("<lat>", `<lat age='${age}'>`).replace("<lon>", `<lon age='${age}'>`),
      ),
      "inconsistent-data-with-scope",
      /^entry 1: age of the place not whole seconds/,
    ]),
    [
      "a lat that is older than the lon",
      reportXml(entry.replace("<lat>", "<lat age='340'>")),
      "inconsistent-data-with-scope",
      /^entry 1: lat, lon and ele of different ages/,
    ],
    [
      "a height that is younger than the place",
      reportXml(
        entry.replace("<lat>", "<ele>120</ele><lat age='340'>").replace("<lon>", "<lon age='340'>"),
      ),
      "inconsistent-data-with-scope",
      /different ages/,
    ],
    [
      "no ppm",
      reportXml(entryXml({ ppm: undefined })),
      "inconsistent-data-with-scope",
      /ppm missing/,
    ],
    [
      "a time without offset",
      reportXml(entryXml({ date: "2008-04-02T17:54:22" })),
      "inconsistent-data-with-scope",
      /date/,
    ],
    [
      "an empty exposure",
      reportXml(entryXml({ exposure: " " })),
      "inconsistent-data-with-scope",
      /exposure/,
    ],
    [
      "feet",
      reportXml(entry.replace("<lat>", "<ele unit='ft'>1</ele><lat>")),
      "inconsistent-data-with-scope",
      /ele/,
    ],
    [
      "a field twice",
      reportXml(entry.replace("<lat>", "<lat>1</lat><lat>")),
      "inconsistent-data-with-scope",
      /lat given twice/,
    ],
  ];
  for (const [name, openspime, condition, text] of rows) {
    it(`${name}: ${condition}`, () => {
      const parsed = parse(iqXml(openspime));
      assert.ok("fault" in parsed);
      assert.equal(parsed.fault.condition, condition);
      assert.match(parsed.fault.text, text);
    });
  }

  for (const number of ["", "NaN", "INF", "1e999", "0x10", "1,5", "1 2", "--1", ".", "1_0", "١"]) {
    it(`the number ${JSON.stringify(number)}`, () => {
      const parsed = parse(iqXml(reportXml(entryXml({ ppm: number }))));
      assert.ok("fault" in parsed);
      assert.match(parsed.fault.text, /ppm not a value/);
    });
  }

  const vectors = [
    ["report-sign-1024", "signature-not-enabled"],
    ["report-encrypt-1024", "decryption-not-enabled"],
    ["report-sign-encrypt-1024", "decryption-not-enabled"],
  ] as const;
  for (const [name, condition] of vectors) {
    it(`the author's ${name}: ${condition}`, () => {
      const parsed = parse(readVector(name));
      assert.equal("fault" in parsed && parsed.fault.condition, condition);
    });
  }
});

function parse(iq: string) {
  const abilities = { decrypts: false, verifies: false };
  const envelope = parseEnvelope(openspimeOf(parseStanza(iq)), abilities);
  if ("fault" in envelope) return envelope;
  const { content, osid } = envelope.value;
  assert.ok("payload" in content);
  const entries = parseData(content.payload);
  if ("fault" in entries) return entries;
  return { value: { ...(osid && { originator: osid }), entries: entries.value } };
}

function entriesOf(openspime: string): readonly Entry[] {
  const parsed = parse(iqXml(openspime));
  assert.ok("value" in parsed, JSON.stringify(parsed));
  return parsed.value.entries;
}

function escape(text: string): string {
  return text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`);
}
