import assert from "node:assert/strict";
import fc from "fast-check";
import { cutInChunks } from "../../../src/desktop/server/chunks.js";
import { Element } from "../../../src/desktop/server/element.js";
import { allManners, type Manners, noManners } from "../../../src/desktop/server/manners.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { Random } from "../../../src/desktop/server/random.js";
import { serialise, type Style } from "../../../src/desktop/server/serialise.js";
import { StreamParser } from "../../../src/desktop/server/stream-parser.js";

const style = (seed: number, manners: Partial<Manners> = {}): Style => ({
  manners: { ...allManners, ...manners },
  random: new Random(seed),
});

const HEADER = `<stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}'>`;

function parse(chunks: Uint8Array[]): Element[] {
  const elements: Element[] = [];
  const parser = new StreamParser({
    onHeader: () => {},
    onElement: (element) => elements.push(element),
    onFooter: () => {},
    onFault: (condition) => assert.fail(condition),
  });
  parser.write(Buffer.from(HEADER));
  chunks.forEach((chunk) => parser.write(chunk));
  return elements;
}

const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("]]>", "<&>'\"", "\t\n\r", "é漢😀", "a='b'"),
  )
  .map((value) => value.replace(NOT_XML, ""));
const names = fc.constantFrom("iq", "body", "transport", "é", "x-1");
const namespaces = fc.constantFrom(NS.client, NS.streams, "", "urn:a", "urn:&'\"<");
const attributeNames = fc.constantFrom("id", "to", "xml:lang", "{urn:a}id", "{urn:b'}to");

const attributes = fc
  .uniqueArray(fc.tuple(attributeNames, text), { selector: ([name]) => name })
  .map((pairs) => new Map(pairs));

const joinTexts = (nodes: (Element | string)[]) =>
  nodes.reduce<(Element | string)[]>((joined, node) => {
    const last = joined.at(-1);
    if (typeof node === "string" && typeof last === "string") {
      return [...joined.slice(0, -1), last + node];
    }
    return node === "" ? joined : [...joined, node];
  }, []);

const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc
    .tuple(
      names,
      namespaces,
      attributes,
      fc.array(fc.oneof({ depthSize: "small", withCrossShrink: true }, text, tie("tree"))),
    )
    .map(([name, ns, attrs, nodes]) => new Element(name, ns, attrs, joinTexts(nodes))),
}));

const comparable = (node: Element | string): unknown =>
  typeof node === "string"
    ? node
    : {
        name: node.name,
        namespace: node.namespace,
        attributes: Object.fromEntries(node.attributes),
        children: node.children.map(comparable),
      };

describe("server: serialise", () => {
  it("writes what reads back as the same element, whatever the manners and the cuts", () => {
    fc.assert(
      fc.property(tree, fc.integer(), (element, seed) => {
        const manners = style(seed);
        const bytes = Buffer.from(serialise(element, NS.client, manners));
        if (bytes.length > 60_000) return;
        const [read] = parse(cutInChunks(bytes, manners));
        assert.deepEqual(comparable(read), comparable(element));
      }),
    );
  });

  it("writes plainly with the manners off", () => {
    const element = new Element("e", "urn:a", new Map([["a", `'"<&>\n`]]), [
      `'"<&>\n`,
      new Element("f", "urn:a"),
    ]);
    assert.equal(
      serialise(element, NS.client, style(1, noManners)),
      `<e a='&apos;"&lt;&amp;>&#10;' xmlns='urn:a'>'"&lt;&amp;>\n<f/></e>`,
    );
  });

  it("varies what it may vary, and repeats itself with the same seed", () => {
    const element = new Element("e", NS.client, new Map(Object.entries({ a: "1", b: "<" })));
    const written = (seed: number) => serialise(element, NS.client, style(seed));
    const forms = new Set(Array.from({ length: 200 }, (_, seed) => written(seed)));
    assert.ok(forms.size > 20, `${forms.size} forms`);
    assert.equal(written(7), written(7));
  });

  it("cuts inside a character, or never, as told", () => {
    const bytes = Buffer.from("abc漢def");
    const inside = (seed: number, splitCharacters: boolean) =>
      cutInChunks(bytes, style(seed, { splitCharacters })).some((c) => (c[0] & 0xc0) === 0x80);
    const seeds = Array.from({ length: 100 }, (_, seed) => seed);
    assert.ok(seeds.some((seed) => inside(seed, true)));
    assert.ok(!seeds.some((seed) => inside(seed, false)));
    assert.deepEqual(cutInChunks(bytes, style(1, { split: false })), [bytes]);
  });
});
