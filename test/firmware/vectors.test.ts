// The firmware's parsers and hashes against data and implementations from elsewhere: CO2 frames, the long RFC
// vectors, node:crypto, and saxes. GPS: nmea-logs.test.ts.

import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { hmac } from "../../src/firmware/crypto/hash.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { openSensor } from "../../src/firmware/sensors/co2-sensor.js";
import { DRIVER } from "../../src/firmware/sensors/mhz19.js";
import { createEventParser } from "../portable/xml-events.js";
import {
  CM1106_FRAMES,
  K30_FRAMES,
  MHZ19_FRAMES,
  S8_FRAMES,
  SCD30_FRAMES,
  SCD4X_FRAMES,
  T6713_FRAMES,
} from "../portable/co2-frames.js";
import type { Frames } from "../portable/co2-frames.js";
import type { XmlFault } from "../../src/firmware/xml/parser.js";
import { createScramLogin } from "../portable/scram-login.js";

const VECTORS = "test/vectors";

/** Any bytes, as a byte string. */
const anyBytes = fc.uint8Array({ maxLength: 300 }).map(toByteString);

function toByteString(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** The bytes in pieces that end where `ends` say, as fractions. */
function cut(bytes: string, ends: readonly number[]): string[] {
  const places = ends.map((end) => Math.floor(end * bytes.length)).sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.slice(places[index - 1] ?? 0, end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

interface Frame {
  readonly sensor: string;
  readonly kind: string;
  readonly hex: string;
  readonly meaning: string;
}

describe("CO2 frames", () => {
  const json = readFileSync(join(VECTORS, "co2-frames.json"), "utf8");
  const frames = JSON.parse(json) as readonly Frame[];

  it("are in test/portable/co2-frames.ts as they are here", () => {
    const tables: Record<string, Frames> = {
      ...{ "MH-Z": MHZ19_FRAMES, S8: S8_FRAMES, K30: K30_FRAMES, "T6713-UART": T6713_FRAMES },
      ...{ CM1106: CM1106_FRAMES, SCD4x: SCD4X_FRAMES, SCD30: SCD30_FRAMES },
    };
    const known = frames.filter(({ sensor }) => sensor !== "CRC-8" && sensor !== "T6713-I2C");
    for (const { sensor, kind, hex, meaning } of known) {
      assert.equal(tables[sensor.replace(/-[rt]x$/, "")][`${kind} ${meaning}`], hex);
    }
    const counts = Object.values(tables).map((table) => Object.keys(table).length);
    assert.equal(
      counts.reduce((all, one) => all + one),
      known.length,
    );
  });

  it("answers are found among any bytes without FF", () => {
    const noise = fc
      .array(fc.nat(254), { maxLength: 40 })
      .map((codes) => toByteString(Uint8Array.from(codes)));
    const answer = Buffer.from("ff86022000000000" + "58", "hex").toString("latin1");
    fc.assert(
      fc.property(noise, noise, cuts, (before, after, ends) => {
        assert.deepEqual(co2Of(cut(before + answer + after + answer, ends)), [544]);
      }),
    );
  });
});

/** What a sensor tells that is asked once. */
function co2Of(pieces: readonly string[]): (number | string)[] {
  const told: (number | string)[] = [];
  const sensor = openSensor(DRIVER, {
    line: { write: () => {} },
    after: () => {},
    preheatMs: 0,
    onCo2Ppm: (co2Ppm) => void told.push(co2Ppm),
    onGap: (reason) => void told.push(reason),
  });
  sensor.measure();
  for (const piece of pieces) sensor.push(piece);
  return told;
}

describe("any bytes at all", () => {
  it("leave the MH-Z19 reader standing", () => {
    fc.assert(fc.property(fc.array(anyBytes), (pieces) => void co2Of(pieces)));
  });

  it("leave the XML parser standing", () => {
    fc.assert(fc.property(fc.array(fc.oneof(anyBytes, xmlLike)), (pieces) => void parse(pieces)));
  });
});

describe("portable hashes", () => {
  for (const hash of PORTABLE_HASHES) {
    const algorithm = hash.name.replace("-", "").toLowerCase();
    const hex = (bytes: string) => Buffer.from(bytes, "latin1").toString("hex");
    const data = fc.uint8Array({ maxLength: 200 });

    it(`${hash.name} is that of node:crypto`, () => {
      fc.assert(
        fc.property(data, (message) => {
          const expected = createHash(algorithm).update(message).digest("hex");
          assert.equal(hex(hash.digest(toByteString(message))), expected);
        }),
      );
    });

    it(`${hash.name} of a million letters is NIST's`, () => {
      const expected: Record<string, string> = {
        "SHA-1": "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "SHA-256": "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
      };
      assert.equal(hex(hash.digest("a".repeat(1e6))), expected[hash.name]);
    });

    it(`HMAC with ${hash.name} is that of node:crypto`, () => {
      fc.assert(
        fc.property(data, data, (key, message) => {
          const expected = createHmac(algorithm, key).update(message).digest("hex");
          assert.equal(hex(hmac(hash, toByteString(key), toByteString(message))), expected);
        }),
      );
    });

    it(`PBKDF2 with ${hash.name} is that of node:crypto`, () => {
      const bytes = hash.digest("").length;
      fc.assert(
        fc.property(data, data, fc.integer({ min: 1, max: 9 }), (password, salt, rounds) => {
          const expected = pbkdf2Sync(password, salt, rounds, bytes, algorithm).toString("hex");
          const key = hash.pbkdf2(toByteString(password), toByteString(salt), rounds);
          assert.equal(hex(key), expected);
        }),
        { numRuns: 50 },
      );
    });
  }

  it("PBKDF2 with SHA-1, RFC 6070: 4096 rounds", () => {
    const key = PORTABLE_HASHES[1].pbkdf2("password", "salt", 4096);
    assert.equal(
      Buffer.from(key, "latin1").toString("hex"),
      "4b007901b765489abead49d926f721d065a429c1",
    );
  });

  it("PBKDF2 with SHA-1, RFC 6070: NUL in password and salt (its first 16 bytes)", () => {
    const key = PORTABLE_HASHES[1].pbkdf2("pass\0word", "sa\0lt", 4096);
    const hex = Buffer.from(key, "latin1").toString("hex");
    assert.equal(hex.slice(0, 32), "56fa6aa75548099dcc37d7f03425e0c3");
  });
});

describe("SCRAM with its PBKDF2", () => {
  const user = () => ({ host: "h", port: 1, tls: false, jid: "user@h/x", password: "pencil" });

  it("RFC 7677 section 3", () => {
    const login = createScramLogin(PORTABLE_HASHES[0], user(), "rOprNGfwEbeRWgbNEkqO");
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const final = login.answer(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
    assert.equal(final, `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
    assert.equal(login.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), true);
  });

  it("RFC 5802 section 5", () => {
    const login = createScramLogin(PORTABLE_HASHES[1], user(), "fyko+d2lbbFgONRv9qkxdawL");
    const nonce = "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
    const final = login.answer(`r=${nonce},s=QSXCR+Q6sek8bf92,i=4096`);
    assert.equal(final, `c=biws,r=${nonce},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`);
    assert.equal(login.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), true);
  });
});

// XML: generated documents, most of them nearly right.

const name = fc.constantFrom(
  "a",
  "b",
  "p:a",
  "q:a",
  "q:b",
  "xml:c",
  "_",
  "a.-1",
  "\xc3\xa9",
  "p:1",
  "1",
  "a:b:c",
  ":a",
);
const reference = fc.constantFrom(
  "&amp;",
  "&lt;",
  "&#65;",
  "&#x41;",
  "&#xe9;",
  "&#0;",
  "&#xD800;",
  "&x;",
  "&",
  "&#13;",
);
const utf8 = fc.constantFrom(
  "\xc3\xa9",
  "\xe2\x89\xa2",
  "\xf0\x9f\x98\x80",
  "\xa2\x80",
  "\xc3",
  "\xed\xa0\x80",
  "\xef\xbf\xbf",
  "\x7f",
  "\x01",
);
const plain = fc.constantFrom(
  "x",
  " ",
  "\n",
  "\r\n",
  "\r",
  "\t",
  "]",
  "]]",
  "]]>",
  ">",
  "=",
  "/",
  "'",
  '"',
  "-",
);
const textPiece = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 2, arbitrary: reference },
  { weight: 1, arbitrary: utf8 },
);
const text = fc.array(textPiece, { maxLength: 6 }).map((pieces) => pieces.join(""));
const blank = fc.constantFrom(" ", " ", " ", "\n", "\t ", "\r\n", "");
const equalsSign = fc.constantFrom("=", "=", "=", " = ", "\n=");
const namespaceValue = fc.constantFrom("u", "v", "w&amp;x", "");
const declaration = fc
  .tuple(
    blank,
    fc.constantFrom("xmlns", "xmlns:p", "xmlns:q", "xmlns:xmlns", "xmlns:1"),
    namespaceValue,
  )
  .map(([space, what, value]) => `${space}${what}='${value}'`);
const attribute = fc
  .tuple(blank, name, equalsSign, fc.constantFrom("'", '"'), text)
  .map(([space, what, sign, quote, value]) => `${space}${what}${sign}${quote}${value}${quote}`);
const attributes = fc
  .array(fc.oneof(attribute, declaration), { maxLength: 3 })
  .map((pieces) => pieces.join(""));

/** An element that is closed as it was opened, most often. */
const element: fc.Arbitrary<string> = fc.letrec<{ node: string; element: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    text,
    fc.constantFrom("<![CDATA[<x>&]]>", "<![CDATA[]]]]>", "<![CDATA[]]>", "<!-- x -->", "<?x?>"),
    tie("element"),
  ),
  element: fc
    .tuple(name, attributes, blank, fc.array(tie("node"), { maxLength: 4 }), fc.nat(9))
    .map(([tag, inside, space, nodes, choice]) =>
      choice < 3
        ? `<${tag}${inside}${space}/>`
        : `<${tag}${inside}${space}>${nodes.join("")}</${choice === 9 ? "z" : tag}${space}>`,
    ),
})).element;
const documentText = fc
  .tuple(
    fc.constantFrom("", "", "<?xml version='1.0'?>", "<?xml version='1.0'?>\n"),
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: element },
        { weight: 1, arbitrary: fc.constantFrom(" ", "\n", "x") },
      ),
      {
        maxLength: 4,
      },
    ),
    fc.constantFrom("</r>", "</r>\n", "</r >", ""),
  )
  .map(
    ([before, stanzas, end]) =>
      `${before}<r xmlns='c' xmlns:p='u' xmlns:q='v'>${stanzas.join("")}${end}`,
  );
const xmlLike = fc.oneof(documentText, element, text);

interface Outcome {
  readonly events: readonly string[];
  readonly fault: XmlFault | undefined;
}

function parse(pieces: readonly string[]): Outcome {
  const events: string[] = [];
  const caps = { token: 1000, stanza: 5000, depth: 10 };
  const parser = createEventParser(caps, {
    open: (name, namespace, attributes) =>
      void events.push(`<${name} ${namespace} ${sorted(Object.entries(attributes))}`),
    text: (text) => void events.push(`'${text}`),
    close: () => void events.push(">"),
  });
  let fault: XmlFault | undefined;
  for (const piece of pieces) fault = parser.push(piece);
  return { events, fault };
}

function sorted(attributes: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(attributes.map(([name, value]) => `${name}=${String(value)}`).sort());
}

/** Texts side by side are one: CDATA is reported by itself. */
function joined(events: readonly string[]): string[] {
  const all: string[] = [];
  for (const event of events) {
    const isMore = event.startsWith("'") && all.at(-1)?.startsWith("'");
    if (isMore) all.push(`${all.pop()}${event.slice(1)}`);
    else all.push(event);
  }
  return all.filter((event) => event !== "'");
}

/** Whether the root has closed; without a fault, a tag may still be waiting for its end. */
function isComplete(events: readonly string[]): boolean {
  const closed = events.filter((event) => event === ">").length;
  return closed > 0 && closed === events.filter((event) => event.startsWith("<")).length;
}

/** The events of saxes; throws where it finds a fault. */
function parseWithSaxes(bytes: string): string[] {
  const events: string[] = [];
  const encoded = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  const onText = (text: string) => {
    // The white space between stanzas is none of the firmware's events.
    if (depth > 1) events.push(`'${encoded(text)}`);
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ local, uri, attributes }) => {
    depth++;
    const others = Object.entries(attributes).filter(([name]) => !/^xmlns(:|$)/.test(name));
    const written = others.map(([name, { value }]) => [encoded(name), encoded(value)] as const);
    events.push(`<${encoded(local)} ${encoded(uri)} ${sorted(written)}`);
  });
  parser.on("text", onText);
  parser.on("cdata", onText);
  parser.on("closetag", () => {
    depth--;
    events.push(">");
  });
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  parser.write(text.decode(Buffer.from(bytes, "latin1")));
  return events;
}

describe("generated XML", () => {
  it("has the same events and the same fault however it is cut", () => {
    fc.assert(
      fc.property(documentText, cuts, (bytes, ends) => {
        const whole = parse([bytes]);
        assert.deepEqual(parse(cut(bytes, ends)), whole);
        assert.deepEqual(parse([...bytes]), whole);
      }),
      { numRuns: 1000 },
    );
  });

  it("is accepted by saxes, with the same events, where the firmware accepts it", () => {
    let accepted = 0;
    fc.assert(
      fc.property(documentText, (bytes) => {
        const { events, fault } = parse([bytes]);
        if (fault || !isComplete(events)) return;
        accepted++;
        assert.deepEqual(joined(events), joined(parseWithSaxes(bytes)));
      }),
      { numRuns: 4000 },
    );
    assert.ok(accepted > 500, `only ${accepted} were accepted`);
  });
});
