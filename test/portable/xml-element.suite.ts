// Elements out of parser events, and text into XML as Canonical XML 1.0 (section 2.3) writes it.

import { childOf, escapeAttribute, escapeText } from "../../src/firmware/xml/element.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { equal, suite } from "./suite.js";
import { streamReader, WIDE_CAPS } from "./xml-events.js";

interface Stream {
  headers: string[];
  stanzas: Element[];
  ends: number;
}

function read(xml: string): Stream {
  const stream: Stream = { headers: [], stanzas: [], ends: 0 };
  const builder = streamReader({
    onHeader: function (name, namespace, attributes) {
      stream.headers.push(name + "{" + namespace + "}" + attributes["id"]);
    },
    onStanza: function (stanza) {
      stream.stanzas.push(stanza);
    },
    onEnd: function () {
      stream.ends++;
    },
  });
  equal(createXmlParser(WIDE_CAPS, builder).push(xml), undefined, "fault");
  return stream;
}

/** Everything about an element in one line. */
function show(element: Element): string {
  let line = element.name + "{" + element.namespace + "}";
  for (const name in element.attributes) line += " " + name + "=" + element.attributes[name];
  return line + " '" + element.text + "' [" + element.children.map(show).join(", ") + "]";
}

export const xmlElementSuite = suite("xml/element", function (test) {
  test("the root is a header, its children are stanzas, its end is an end", function () {
    const { headers, stanzas, ends } = read("<s:r xmlns:s='u' xmlns='v' id='7'><a/><b>x</b></s:r>");
    equal(headers, ["r{u}7"]);
    equal(stanzas.map(show), ["a{v} '' []", "b{v} 'x' []"]);
    equal(ends, 1);
  });

  test("a stanza comes when it is complete", function () {
    equal(read("<r><a><b/>").stanzas.length, 0);
    equal(read("<r><a><b/></a>").stanzas.length, 1);
    equal(read("<r><a><b/></a>").ends, 0);
  });

  test("children in their order, texts joined", function () {
    const { stanzas } = read("<r><a x='1'>p<b>q</b>&amp;<![CDATA[<]]><c><d/></c>s</a></r>");
    equal(stanzas.map(show), ["a{} x=1 'p&<s' [b{} 'q' [], c{} '' [d{} '' []]]"]);
  });

  test("an element that is open twice", function () {
    equal(read("<r><r><r/></r></r>").stanzas.map(show), ["r{} '' [r{} '' []]"]);
  });

  test("an empty root has a header and an end", function () {
    const { headers, stanzas, ends } = read("<r/>");
    equal([headers, stanzas, ends], [["r{}undefined"], [], 1]);
  });

  test("the first child of a name", function () {
    const stanza = read("<r><a><b n='1'/><b n='2' xmlns='u'/><c/></a></r>").stanzas[0];
    const numberOf = function (child: Element | undefined): string {
      return (child && child.attributes["n"]) || "none";
    };
    equal(numberOf(childOf(stanza, "b")), "1");
    equal(childOf(stanza, "d"), undefined);
    equal(childOf(undefined, "b"), undefined);
    equal(childOf(childOf(stanza, "c"), "b"), undefined);
  });

  test("text as Canonical XML writes it", function () {
    equal(escapeText("a&b<c>d\r\n\t\"'"), "a&amp;b&lt;c&gt;d&#xD;\n\t\"'");
    equal(escapeText("&amp;&&"), "&amp;amp;&amp;&amp;");
    equal(escapeText("\xc3\xa9]]>"), "\xc3\xa9]]&gt;");
    equal(escapeText(""), "");
  });

  test("attributes as Canonical XML writes them", function () {
    equal(escapeAttribute("a&b<c>d\"'"), "a&amp;b&lt;c>d&quot;'");
    equal(escapeAttribute("\t\n\r"), "&#x9;&#xA;&#xD;");
    equal(escapeAttribute('&quot;"'), "&amp;quot;&quot;");
    equal(escapeAttribute(""), "");
  });

  test("what is written is read again", function () {
    const text = "<&>\"'\r\n\t]]>\xc3\xa9 &#65;";
    const xml = '<r><a b="' + escapeAttribute(text) + '">' + escapeText(text) + "</a></r>";
    const stanza = read(xml).stanzas[0];
    equal([stanza.attributes["b"], stanza.text], [text, text]);
  });
});
