// Octets of a connection, cut anywhere, as stanzas; each shown as it was written.

import assert from "node:assert/strict";
import { createTrace, type Direction, type Traffic } from "../../../src/desktop/sim/trace.js";

const header = (attributes: string) =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' ${attributes}>`;
const greeting = header("xmlns:stream='http://etherx.jabber.org/streams' to='spime.example'");
const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj1hYmM=</success>";
const report = `<iq id="a-1" type='set'><openspime><where>Straße 東京 🌍</where></openspime></iq>`;
const empty = "<iq id='a-1' type='result'/>";
const end = "</stream:stream>";

function trace() {
  const seen: string[] = [];
  const traffic = createTrace((direction, text) =>
    seen.push(`${direction === "sent" ? "→" : "←"} ${text}`),
  );
  return { seen, traffic };
}

const push = (traffic: Traffic, direction: Direction, text: string) =>
  traffic(direction, Buffer.from(text));

const sentBy = (texts: string[]) => texts.map((text) => `→ ${text}`);

describe("createTrace", () => {
  const stream = [greeting, report, "<presence/>", empty, end];
  const bytes = Buffer.from(stream.join(""));

  it("cuts a stream into header, stanzas and end", () => {
    const { seen, traffic } = trace();
    traffic("sent", bytes);
    assert.deepEqual(seen, sentBy(stream));
  });

  it("takes it cut anywhere, within a character too", () => {
    for (let at = 1; at < bytes.length; at++) {
      const { seen, traffic } = trace();
      traffic("sent", bytes.subarray(0, at));
      traffic("sent", bytes.subarray(at));
      assert.deepEqual(seen, sentBy(stream), `cut at ${at}`);
    }
  });

  it("takes it byte by byte, and shows a stanza with its last byte", () => {
    const { seen, traffic } = trace();
    for (const byte of Buffer.from(greeting + report.slice(0, -1))) {
      traffic("sent", Buffer.from([byte]));
    }
    assert.deepEqual(seen, sentBy([greeting]));
    traffic("sent", Buffer.from(">"));
    assert.deepEqual(seen, sentBy([greeting, report]));
  });

  it("keeps quotes, entities, comments of the text and line ends as they are", () => {
    const stanza = `<message to="a&amp;b"><body>1 &lt; 2\r\n&#x41;<![CDATA[<x>]]></body></message>`;
    const all = Buffer.from(greeting + stanza + empty);
    for (const pieces of [[all], Array.from(all, (byte) => Buffer.from([byte]))]) {
      const { seen, traffic } = trace();
      pieces.forEach((piece) => traffic("sent", piece));
      assert.deepEqual(seen, sentBy([greeting, stanza, empty]));
    }
  });

  it("says nothing of blanks that keep the connection alive", () => {
    const { seen, traffic } = trace();
    for (const text of [greeting, " ", "\n", empty, " "]) push(traffic, "sent", text);
    assert.deepEqual(seen, sentBy([greeting, empty]));
  });

  it("keeps the directions apart", () => {
    const { seen, traffic } = trace();
    push(traffic, "sent", greeting);
    push(traffic, "received", greeting + report.slice(0, 20));
    push(traffic, "sent", report);
    push(traffic, "received", report.slice(20));
    assert.deepEqual(seen, [`→ ${greeting}`, `← ${greeting}`, `→ ${report}`, `← ${report}`]);
  });

  it("begins both directions anew after the login (RFC 6120 section 6.3.2)", () => {
    const { seen, traffic } = trace();
    push(traffic, "sent", greeting);
    push(traffic, "received", greeting + success);
    push(traffic, "sent", greeting);
    push(traffic, "received", greeting + empty);
    push(traffic, "sent", report);
    assert.deepEqual(seen, [
      `→ ${greeting}`,
      `← ${greeting}`,
      `← ${success}`,
      `→ ${greeting}`,
      `← ${greeting}`,
      `← ${empty}`,
      `→ ${report}`,
    ]);
  });

  it("does not take another's <success/>, or what only begins like it, for a login", () => {
    for (const [direction, text] of [
      ["sent", "<success/>"],
      ["received", "<successor/>"],
    ] as const) {
      const { seen, traffic } = trace();
      push(traffic, direction, greeting + text + empty);
      assert.equal(seen.length, 3);
    }
  });

  it("begins anew with a new connection, in the middle of a stanza too", () => {
    const { seen, traffic } = trace();
    push(traffic, "sent", greeting + report.slice(0, 30));
    traffic("sent", undefined);
    push(traffic, "sent", greeting + empty);
    assert.deepEqual(seen, sentBy([greeting, greeting, empty]));
  });

  for (const [name, broken] of [
    ["an end tag without a start", "</a>"],
    ["no XML", "HTTP/1.1 400 Bad Request\r\n"],
    ["an attribute without quotes", "<a b=c/>"],
  ]) {
    it(`shows what breaks the XML as it comes, and what follows: ${name}`, () => {
      const { seen, traffic } = trace();
      push(traffic, "received", broken);
      push(traffic, "received", `${empty}<half`);
      assert.deepEqual(seen, [`← ${broken.trim()}`, `← ${empty}<half`]);
    });
  }

  it("shows what stood before the break by itself", () => {
    const { seen, traffic } = trace();
    push(traffic, "sent", `${greeting}${empty}<a></b>`);
    push(traffic, "received", greeting + empty);
    assert.deepEqual(seen, [
      ...sentBy([greeting, empty, "<a></b>"]),
      `← ${greeting}`,
      `← ${empty}`,
    ]);
  });

  it("survives octets that are no UTF-8", () => {
    const { seen, traffic } = trace();
    traffic("received", Buffer.concat([Buffer.from(`${greeting}<a>`), Buffer.from([0xff, 0xc3])]));
    push(traffic, "received", "</a>");
    assert.equal(seen[1], "← <a>\ufffd\ufffd</a>");
  });
});
