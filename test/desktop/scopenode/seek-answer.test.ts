import assert from "node:assert/strict";
import type { Element } from "@xmpp/client";
import { parseSeekResponse } from "../../../src/desktop/openspime/seek.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { decryptTransport } from "../../../src/desktop/openspime/transport.js";
import { entryElement } from "../../../src/desktop/scopenode/entry-element.js";
import type { Entry } from "../../../src/desktop/scopenode/index.js";
import { parseData } from "../../../src/desktop/scopenode/report.js";
import { fitAnswer } from "../../../src/desktop/scopenode/seek-answer.js";
import { createXmlParser } from "../../../src/firmware/xml/parser.js";
import { CAPS } from "../../../src/firmware/xmpp/stream.js";
import { privateKey, publicKey } from "../openspime/support.js";
import { reportOf } from "./database-support.js";
import { dataXml, NODE_JID } from "./support.js";
import { OWNER } from "./seek-support.js";

const answer = { from: NODE_JID, to: OWNER, requestId: "7abc78af21" };
const dates = Array.from({ length: 40 }, (_, index) => 1_000_000_000_123 - index);
const { entries } = reportOf({ dates, entry: { exposure: "outdoor", eleM: 120.5 } });

describe("ScopeNode: answer to a seek", () => {
  it("has the newest entries that fit in 3,500 octets", () => {
    const fitted = fitAnswer({ ...answer, entries });
    assert.ok(fitted);
    assert.equal(datesIn(fitted.message).length, fitted.count);
    assert.equal(datesIn(fitted.message)[0], "2001-09-09T01:46:40.123Z");
    const size = sizeOf(fitted.message);
    const oneMore =
      size +
      (size -
        sizeOf(fitAnswer({ ...answer, entries: entries.slice(0, fitted.count - 1) })!.message));
    assert.ok(size <= 3_500 && oneMore > 3_500, `${size}, ${oneMore}`);
  });

  it("counts octets, encrypted as well", () => {
    const long = reportOf({ dates, entry: { exposure: "東".repeat(100) } }).entries;
    for (const bits of [1024, 2048]) {
      const fitted = fitAnswer({ ...answer, entries: long, key: publicKey(`spime-${bits}`) });
      assert.ok(fitted && sizeOf(fitted.message) <= 3_500);
      assert.ok(fitted.count >= 3, `${fitted.count}`);
    }
  });

  it("fits into a board that seeks itself, as its own parser counts, with three entries at least", () => {
    for (const key of [undefined, publicKey("spime-1024"), publicKey("spime-2048")]) {
      const fitted = fitAnswer({ ...answer, entries, isForBoard: true, ...(key && { key }) });
      assert.ok(fitted && fitted.count >= 3, `${fitted?.count}`);
      const parser = createXmlParser(CAPS, () => undefined);
      assert.equal(parser.push(`<stream>${fitted.message.toString()}`), undefined);
    }
  });

  it("is nothing where not even one fits", () => {
    const requestId = "x".repeat(3_500);
    assert.equal(fitAnswer({ ...answer, requestId, entries }), undefined);
    assert.equal(fitAnswer({ ...answer, entries: [] }), undefined);
  });

  it("encrypts the canonical form", () => {
    const key = publicKey("spime-2048");
    // Written as they are, tab and line's end would be read as spaces.
    const requestId = "a\tb\n";
    const { message } = fitAnswer({ ...answer, requestId, entries: entries.slice(0, 1), key })!;
    const transport = message.getChild("openspime")?.getChild("transport");
    assert.equal(transport?.attrs["content-type"], "x-openspime/aes-base64");
    const { "transport-key": transportKey = "" } = transport.attrs;
    const opened = decryptTransport(
      { transportKey, text: transport.getText() },
      privateKey("spime-2048"),
    );
    assert.equal(parseSeekResponse(opened ?? assert.fail("cannot be opened"))?.id, requestId);
    assert.deepEqual(
      [opened?.name, opened?.getNS()],
      ["spimeseek", "http://openspime.org/protocol/spimeseek"],
    );
  });
});

describe("ScopeNode: entries as XML", () => {
  const rows: Entry[] = [
    { date: new Date("2008-04-02T16:54:22Z"), lat: 0, lon: -0, ppm: 100 },
    { date: new Date("2008-04-02T16:54:22.001Z"), lat: 1e-7, lon: -2.5e-9, eleM: -430, ppm: 176.4 },
    {
      date: new Date(0),
      exposure: "in & out",
      lat: 45.475841199050905,
      lon: 9.172725677490234,
      ppm: 4e4,
    },
    { date: new Date(0), exposure: "indoor", ppm: 400 },
    { date: new Date(0), lat: 45.48, lon: 9.17, ppm: 400 },
    { date: new Date(0), lat: 45.48, lon: 9.17, placeAgeS: 340, ppm: 400 },
    { date: new Date(0), lat: 45.4758, lon: 9.1727, eleM: 120, placeAgeS: 999_999_999, ppm: 400 },
  ];
  for (const entry of rows) {
    it(`reads as it was: ${entryElement(entry)}`, () => {
      const text = dataXml(entryElement(entry).toString());
      assert.doesNotMatch(text.replace(/<\/?\w+/g, ""), /\de/);
      const parsed = parseData(parseXmlText(text) ?? assert.fail("not XML"));
      assert.deepEqual(parsed, { value: [{ ...entry, ...(entry.lon === 0 && { lon: 0 }) }] });
    });
  }

  it("has the age of a place on each of its elements", () => {
    const place = { lat: 45.5, lon: 9.2, eleM: 120, placeAgeS: 340 };
    assert.equal(
      entryElement({ date: new Date(0), ...place, ppm: 400 }).toString(),
      `<entry><date>1970-01-01T00:00:00Z</date><lat age="340">45.5</lat><lon age="340">9.2</lon>` +
        `<ele age="340" unit="m">120</ele><ppm>400</ppm></entry>`,
    );
  });
});

function sizeOf(message: Element): number {
  return Buffer.byteLength(message.toString());
}

function datesIn(message: Element): string[] {
  return [...message.toString().matchAll(/<date>([^<]*)</g)].map(([, date = ""]) => date);
}
