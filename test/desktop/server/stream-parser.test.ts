import assert from "node:assert/strict";
import { StreamParser } from "../../../src/desktop/server/stream-parser.js";
import { HEADER } from "./peers.js";

interface Seen {
  log: string[];
  parser: StreamParser;
}

function watch(): Seen {
  const log: string[] = [];
  const parser = new StreamParser({
    onHeader: (header, namespace) => log.push(`header ${header.get("to")} ${namespace}`),
    onElement: (element) => log.push(`${element.name} ${element.get("id")} ${element.text()}`),
    onFooter: () => log.push("footer"),
    onFault: (condition) => log.push(`fault ${condition}`),
  });
  return { log, parser };
}

function read(text: string | Buffer): string[] {
  const { log, parser } = watch();
  parser.write(Buffer.from(HEADER));
  parser.write(Buffer.from(text));
  return log.slice(1);
}

describe("server: stream parser", () => {
  const text = `${HEADER}\n<a id='&#x41;é'>漢<![CDATA[<]]>&amp;😀</a> <b id="1"/>\r\n</stream:stream>`;
  const expected = ["header spime.example jabber:client", "a Aé 漢<&😀", "b 1 ", "footer"];

  it("reads a stream cut in two anywhere", () => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { log, parser } = watch();
      parser.write(bytes.subarray(0, cut));
      parser.write(bytes.subarray(cut));
      assert.deepEqual(log, expected, `cut at ${cut}`);
    }
  });

  it("reads a stream byte by byte", () => {
    const { log, parser } = watch();
    for (const byte of Buffer.from(text)) parser.write(Uint8Array.of(byte));
    assert.deepEqual(log, expected);
  });

  it("starts over just where it is told to, also within one chunk", () => {
    const log: string[] = [];
    const parser = new StreamParser({
      onHeader: () => log.push("header"),
      onElement: (element) => {
        log.push(element.name);
        if (element.name === "again") parser.restart();
      },
      onFooter: () => log.push("footer"),
      onFault: (condition) => log.push(condition),
    });
    parser.write(Buffer.from(`${HEADER}<again/>\n${HEADER}<a/></stream:stream>`));
    assert.deepEqual(log, ["header", "again", "header", "a", "footer"]);
  });

  it("says nothing more once stopped", () => {
    const log: string[] = [];
    const parser = new StreamParser({
      onHeader: () => log.push("header"),
      onElement: (element) => {
        log.push(element.name);
        parser.stop();
      },
      onFooter: () => log.push("footer"),
      onFault: (condition) => log.push(condition),
    });
    parser.write(Buffer.from(`${HEADER}<a/><b/><`));
    parser.write(Buffer.from("<"));
    assert.deepEqual(log, ["header", "a"]);
  });

  const faults: Record<string, (string | Buffer)[]> = {
    "not-well-formed": [
      "<a></b>",
      "<a b='1' b='2'/>",
      "<a b=1/>",
      "<a>&nope;</a>",
      "<a>]]></a>",
      "<a>\u0001</a>",
      "<a>&#0;</a>",
      `<?xml version='1.0'?><a/>`,
      Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xaf]),
      Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80]),
    ],
    "bad-namespace-prefix": ["<x:a/>", "<a x:b='1'/>"],
    "restricted-xml": ["<!-- -->", "<a><!-- --></a>", "<?p i?>", "<!DOCTYPE a>", "<a><!DOCTYPE a>"],
    "bad-format": ["text<a/>"],
    "policy-violation": ["<a>".repeat(129), `<a>${"x".repeat(65536)}</a>`, "x".repeat(65537)],
  };
  for (const [condition, samples] of Object.entries(faults)) {
    it(`refuses as ${condition}`, () => {
      for (const sample of samples) {
        const [first] = read(sample);
        assert.equal(first, `fault ${condition}`, sample.toString().slice(0, 80));
      }
    });
  }

  it("refuses a document type before the header, and other encodings", () => {
    const { log, parser } = watch();
    parser.write(Buffer.from("<!DOCTYPE a [<!ENTITY b 'c'>]>"));
    assert.deepEqual(log, ["fault restricted-xml"]);
    const other = watch();
    other.parser.write(Buffer.from("<?xml version='1.0' encoding='ISO-8859-1'?>"));
    assert.deepEqual(other.log, ["fault unsupported-encoding"]);
  });

  it("takes a stanza of just the size that is allowed", () => {
    const frame = "<a id='1'></a>";
    assert.equal(read(frame.replace("><", `>${"x".repeat(65536 - frame.length)}<`)).length, 1);
  });

  it("keeps no white space sent between stanzas", () => {
    const { log, parser } = watch();
    parser.write(Buffer.from(HEADER));
    for (let count = 0; count < 100; count++) parser.write(Buffer.from(" ".repeat(1024)));
    parser.write(Buffer.from("<a id='1'/>"));
    assert.deepEqual(log.slice(1), ["a 1 "]);
  });
});
