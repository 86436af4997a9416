import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import { element } from "../../../src/desktop/server/element.js";
import type { Element } from "../../../src/desktop/server/element.js";
import { allManners } from "../../../src/desktop/server/manners.js";
import { Random } from "../../../src/desktop/server/random.js";
import { serialise } from "../../../src/desktop/server/serialise.js";
import { openspimeOf, parseStanza } from "../scopenode/support.js";
import { element as parse } from "./support.js";

const DATA = "openspime:protocol:extension:data";

describe("OpenSpime: Canonical XML", () => {
  const rows: [name: string, xml: string, form: string][] = [
    [
      "quotes, order, empty elements",
      `<d:data b='2' a='1'  xmlns:d='x' xmlns='y'><e/></d:data >`,
      `<d:data xmlns="y" xmlns:d="x" a="1" b="2"><e></e></d:data>`,
    ],
    [
      "characters in text",
      `<a xmlns='x'>&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;é</a>`,
      `<a xmlns="x">&lt;&gt;&amp;"'\t\n&#xD;é</a>`,
    ],
    [
      "characters in attributes",
      `<a xmlns='x' b='&lt;>&amp;&quot;&apos;&#9;&#10;&#13;é'/>`,
      `<a xmlns="x" b="&lt;>&amp;&quot;'&#x9;&#xA;&#xD;é"></a>`,
    ],
    ["CDATA is text", `<a xmlns='x'><![CDATA[<b>]]></a>`, `<a xmlns="x">&lt;b&gt;</a>`],
    [
      "namespaces only where they change",
      `<a xmlns='x'><b xmlns='x'><c xmlns='y'/></b><d xmlns=''/></a>`,
      `<a xmlns="x"><b><c xmlns="y"></c></b><d xmlns=""></d></a>`,
    ],
    [
      "attributes by namespace, then name",
      `<a xmlns='x' xmlns:p='b' xmlns:q='a' p:c='1' q:c='2' c='3' xml:lang='en'/>`,
      `<a xmlns="x" xmlns:p="b" xmlns:q="a" c="3" q:c="2" p:c="1" xml:lang="en"></a>`,
    ],
  ];
  for (const [name, xml, form] of rows) {
    it(name, () => assert.deepEqual(canonicalForms(parse(xml)), [form]));
  }

  it("of an element without namespace: none, and what may surround it", () => {
    const wire = parseStanza(`<iq><data xmlsn='x'><e/></data></iq>`);
    const forms = canonicalForms(openspimeOf(wire));
    assert.equal(forms[0], `<data xmlsn="x"><e></e></data>`);
    assert.ok(forms.includes(`<data xmlns="jabber:client" xmlsn="x"><e></e></data>`));
    assert.ok(forms.includes(`<data xmlns="openspime:protocol:core" xmlsn="x"><e></e></data>`));
  });

  it("exchanges no namespace that a child has of its own", () => {
    const [form] = canonicalForms(parse(`<a><b xmlns='x'><c xmlns='jabber:client'/></b></a>`));
    assert.equal(form, `<a><b xmlns="x"><c xmlns="jabber:client"></c></b></a>`);
  });

  it("ignores what surrounds the element", () => {
    const inside = `<data xmlns='${DATA}'/>`;
    const stanza = parseStanza(`<iq xml:lang='en' xmlns:s='t'>${inside}</iq>`);
    assert.deepEqual(canonicalForms(openspimeOf(stanza)), [`<data xmlns="${DATA}"></data>`]);
  });

  const none: [name: string, xml: string][] = [
    ["a namespace that would pass for an attribute", `<a xmlns='x" b="y'/>`],
    ["such a prefixed one", `<a xmlns='x' xmlns:p='x" b="y'/>`],
  ];
  for (const [name, xml] of none) {
    it(`none of ${name}`, () => assert.deepEqual(canonicalForms(parse(xml)), []));
  }

  it("none of an element too deep, or with a prefix from outside", () => {
    const deep = parseStanza("<iq>" + "<a>".repeat(5000) + "</a>".repeat(5000) + "</iq>");
    assert.deepEqual(canonicalForms(openspimeOf(deep)), []);
    const prefixed = parseStanza(`<iq xmlns:p='x'><a xmlns='y' p:b='1'/></iq>`);
    assert.deepEqual(canonicalForms(openspimeOf(prefixed)), []);
  });

  it("is the same however a server writes the element", () => {
    const check = (tree: Element, seed: number) => {
      const plain = formOf(tree, new Random(1), false);
      assert.equal(formOf(tree, new Random(seed), true), plain);
    };
    fc.assert(fc.property(elements(), fc.integer({ min: 2, max: 9999 }), check), { numRuns: 200 });
  });
});

function formOf(tree: Element, random: Random, isRestless: boolean): string | undefined {
  const off = Object.fromEntries(Object.keys(allManners).map((name) => [name, false]));
  const manners = isRestless ? allManners : (off as typeof allManners);
  const text = serialise(tree, "jabber:component:accept", { manners, random });
  return canonicalForms(openspimeOf(parseStanza(`<iq>${text}</iq>`)))[0];
}

function elements(): fc.Arbitrary<Element> {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const chars = fc.constantFrom(..."abc<>&'\"\t\n é東".split(""));
  const text = fc.string({ unit: chars, minLength: 1, maxLength: 8 });
  const attributes = fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true });
  const leaf = fc.tuple(name, attributes, text);
  return fc.tuple(name, attributes, fc.array(leaf, { maxLength: 4 })).map(([own, attrs, inner]) => {
    const children = inner.map(([tag, more, content]) => element(tag, DATA, more, content));
    return element(own, DATA, attrs, ...children);
  });
}
