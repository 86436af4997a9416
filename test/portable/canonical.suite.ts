// Canonical XML 1.0 of what arrives: the examples of the recommendation (section 3) as far as an envelope
// can hold them, and what servers change on the way.

import { canonicalXml } from "../../src/firmware/openspime/canonical.js";
import { stanza } from "./fake-server.js";
import { equal, suite } from "./suite.js";

function canonical(xml: string): string {
  return canonicalXml(stanza(xml), "");
}

const DATA = "openspime:protocol:extension:data";
const ENTRY =
  '<data xmlns="' +
  DATA +
  '" version="0.9"><entry><date>d</date><ele unit="m">1</ele></entry></data>';
/** The same element in other words. */
const REWRITTEN: [what: string, xml: string][] = [
  ["its own form", ENTRY],
  ["single quotes", ENTRY.split('"').join("'")],
  [
    "blanks in tags",
    "<data  xmlns='" +
      DATA +
      "'\n version = '0.9' ><entry ><date>d</date ><ele\tunit='m'>1</ele></entry></data>",
  ],
  [
    "attributes before the namespace",
    "<data version='0.9' xmlns='" +
      DATA +
      "'><entry><date>d</date><ele unit='m'>1</ele></entry></data>",
  ],
  [
    "the namespace again on each element",
    "<data xmlns='" +
      DATA +
      "' version='0.9'><entry xmlns='" +
      DATA +
      "'><date xmlns='" +
      DATA +
      "'>d</date><ele unit='m' xmlns='" +
      DATA +
      "'>1</ele></entry></data>",
  ],
  [
    "character references",
    "<data xmlns='" +
      DATA +
      "' version='0.&#57;'><entry><date>&#x64;</date><ele unit='&#109;'>1</ele></entry></data>",
  ],
  [
    "CDATA",
    "<data xmlns='" +
      DATA +
      "' version='0.9'><entry><date><![CDATA[d]]></date><ele unit='m'>1</ele></entry></data>",
  ],
];

export const canonicalSuite = suite("openspime/canonical", function (test) {
  REWRITTEN.forEach(function (row) {
    test("one form, from " + row[0], function () {
      equal(canonical(row[1]), ENTRY);
    });
  });

  test("no empty-element tags", function () {
    equal(canonical("<a xmlns='u'><b/><c></c></a>"), '<a xmlns="u"><b></b><c></c></a>');
  });

  test("white space between elements is content", function () {
    const xml = '<a xmlns="u">\n  <b>x</b> <c></c>\n</a>';
    equal(canonical(xml), xml);
  });

  test("text before, between and after children stays in its place", function () {
    const xml = '<a xmlns="u">1<b>2</b>3<b>4<c>5</c></b><b></b>6</a>';
    equal(canonical(xml), xml);
  });

  test("attributes in order of their names, those with a prefix last", function () {
    equal(
      canonical("<a xmlns='u' xml:lang='en' zebra='1' Apple='2' apple='3'/>"),
      '<a xmlns="u" Apple="2" apple="3" zebra="1" xml:lang="en"></a>',
    );
  });

  test("characters of attributes: & < quotes, tab, line feed, carriage return", function () {
    equal(
      canonical("<a xmlns='u' b='&amp;&lt;>&quot;&#39;&#9;&#10;&#13; \t'/>"),
      '<a xmlns="u" b="&amp;&lt;>&quot;\'&#x9;&#xA;&#xD;  "></a>',
    );
  });

  test("characters of text: & < >, carriage return", function () {
    equal(
      canonical("<a xmlns='u'>&amp;&lt;&gt;\"'\t\n&#13;</a>"),
      '<a xmlns="u">&amp;&lt;&gt;"\'\t\n&#xD;</a>',
    );
  });

  test("UTF-8 stays as it is", function () {
    const xml = '<a xmlns="u" b="\xc3\xa9">\xe2\x82\xac</a>';
    equal(canonical(xml), xml);
  });

  test("a namespace is written where it changes, and nowhere else", function () {
    equal(
      canonical("<a xmlns='u'><b xmlns='v'><c xmlns='v'/><d xmlns='u'/></b><e/></a>"),
      '<a xmlns="u"><b xmlns="v"><c></c><d xmlns="u"></d></b><e></e></a>',
    );
  });

  test("a child without a namespace inside one with", function () {
    equal(canonical("<a xmlns='u'><b xmlns=''/></a>"), '<a xmlns="u"><b xmlns=""></b></a>');
  });

  test("an element of the author's library has two forms", function () {
    const element = stanza("<data xmlsn='x' version='0.9'><entry/></data>");
    equal(
      [canonicalXml(element, ""), canonicalXml(element, "", element.namespace)],
      [
        '<data xmlns="jabber:client" version="0.9" xmlsn="x"><entry></entry></data>',
        '<data version="0.9" xmlsn="x"><entry></entry></data>',
      ],
    );
  });
});
