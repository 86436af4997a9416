// XML inside a stream, and what a parser has to say about it; the lines are those of xml-events.ts.
// Each sample stands in `<r>`, whose own event is left out. Sections are of XML 1.0 (fifth edition) and
// of Namespaces in XML 1.0 (third edition, "NS").

import { equal } from "./suite.js";
import { eventsOf } from "./xml-events.js";

export type Sample = [what: string, xml: string, events: string[]];

/** A test of each sample in `<r>`, whose end has the events `end`. */
export function testInRoot(
  test: (name: string, run: () => void) => void,
  group: string,
  samples: Sample[],
  end: string[],
): void {
  samples.forEach(function (sample) {
    test(group + ": " + sample[0], function () {
      const expected = ["+r{}"].concat(sample[2], end).join("\n");
      equal(eventsOf(["<r>" + sample[1] + "</r>"]), expected);
    });
  });
}

const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

export const ELEMENTS: Sample[] = [
  ["an empty element (3.1)", "<a/>", ["+a{}", "-"]],
  ["white space in tags", "<a  /><b\t\n></b\r\n >", ["+a{}", "-", "+b{}", "-"]],
  ["children and text", "<a>x<b>y</b>z</a>", ["+a{}", "'x", "+b{}", "'y", "-", "'z", "-"]],
  ["white space in a stanza is text", "<a> <b/>\n</a>", ["+a{}", "' ", "+b{}", "-", "'\n", "-"]],
  ["white space between stanzas is none", " <a/>\r\n\t <b/> \n", ["+a{}", "-", "+b{}", "-"]],
  [
    "names (2.3)",
    "<_a-b.c1/><\xc3\xa9\xe2\x89\xa2/>",
    ["+_a-b.c1{}", "-", "+\xc3\xa9\xe2\x89\xa2{}", "-"],
  ],
  ["names of Object", "<constructor/><toString/>", ["+constructor{}", "-", "+toString{}", "-"]],
];

export const ATTRIBUTES: Sample[] = [
  ["both quotes", "<a b='1' c=\"2\"/>", ['+a{} b="1" c="2"', "-"]],
  ["the other quote inside", "<a b='\"' c=\"it's\"/>", ['+a{} b=""" c="it\'s"', "-"]],
  ["markup inside quotes", "<a b='/>' c='>'>x</a>", ['+a{} b="/>" c=">"', "'x", "-"]],
  ["empty values", "<a b='' c=\"\"/>", ['+a{} b="" c=""', "-"]],
  ["white space around =", "<a\nb =\t'1'\r\nc= '2' />", ['+a{} b="1" c="2"', "-"]],
  ["blanks for white space (3.3.3)", "<a b='\tx\ny\r\nz\r'/>", ['+a{} b=" x y z "', "-"]],
  ["references survive that", "<a b='&#9;&#xA;&#13;'/>", ['+a{} b="\t\n\r"', "-"]],
  ["references", "<a b='&lt;&amp;&apos;&quot;&gt;'/>", ['+a{} b="<&\'">"', "-"]],
  ["xml:lang", "<a xml:lang='en'/>", ['+a{} xml:lang="en"', "-"]],
  ["UTF-8", "<a b='\xc3\xa9\xf0\x9f\x98\x80'/>", ['+a{} b="\xc3\xa9\xf0\x9f\x98\x80"', "-"]],
  ["equals signs inside", "<a b='c=d' e='='/>", ['+a{} b="c=d" e="="', "-"]],
];

export const TEXTS: Sample[] = [
  ["predefined entities (4.6)", "<a>&lt;&gt;&amp;&quot;&apos;</a>", ["+a{}", "'<>&\"'", "-"]],
  ["only once", "<a>&amp;lt;&amp;#65;</a>", ["+a{}", "'&lt;&#65;", "-"]],
  [
    "character references (4.1)",
    "<a>&#65;&#x41;&#x00e9;&#xE9;</a>",
    ["+a{}", "'AA\xc3\xa9\xc3\xa9", "-"],
  ],
  [
    "to the last one",
    "<a>&#x10FFFF;&#1114111;</a>",
    ["+a{}", "'\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf", "-"],
  ],
  ["line ends (2.11)", "<a>\r\n\r\r\n\n</a>", ["+a{}", "'\n\n\n\n", "-"]],
  ["a referenced CR stays", "<a>&#13;\n&#xD;</a>", ["+a{}", "'\r\n\r", "-"]],
  [">, ]] and quotes", "<a>]]\">'=/</a>", ["+a{}", "']]\">'=/", "-"]],
  [
    "the beginning of ]]> at the end",
    "<a>xxx]</a><b>xx]]</b>",
    ["+a{}", "'xxx]", "-", "+b{}", "'xx]]", "-"],
  ],
  ["]]> written out", "<a>]]&gt;</a>", ["+a{}", "']]>", "-"]],
  ["CDATA (2.7)", "<a><![CDATA[<b>&amp;]]></a>", ["+a{}", "'<b>&amp;", "-"]],
  ["brackets in CDATA", "<a><![CDATA[]]]]><![CDATA[>]]></a>", ["+a{}", "']]>", "-"]],
  ["UTF-8 (RFC 3629)", "<a>A\xe2\x89\xa2\xce\x91.</a>", ["+a{}", "'A\xe2\x89\xa2\xce\x91.", "-"]],
];

export const NAMESPACES: Sample[] = [
  [
    "a default for elements (NS 6.2)",
    "<a xmlns='u' b='1'><c/></a>",
    ['+a{u} b="1"', "+c{u}", "-", "-"],
  ],
  ["its end", "<a xmlns='u'><b xmlns=''/><c/></a>", ["+a{u}", "+b{}", "-", "+c{u}", "-", "-"]],
  ["a prefix", "<p:a xmlns:p='u'><p:b/><c/></p:a>", ["+a{u}", "+b{u}", "-", "+c{}", "-", "-"]],
  ["declared after its use", "<p:a p:b='1' xmlns:p='u'/>", ['+a{u} p:b="1"', "-"]],
  [
    "declared anew inside",
    "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>",
    ["+a{u}", "+b{v}", "-", "+c{u}", "-", "-"],
  ],
  ["a stanza later it is gone", "<a xmlns='u'/><b/>", ["+a{u}", "-", "+b{}", "-"]],
  ["xml is always there (NS 3)", "<xml:a/>", ["+a{" + XML_NAMESPACE + "}", "-"]],
  ["references in a namespace", "<a xmlns='a&amp;b'/>", ["+a{a&b}", "-"]],
  ["names of Object as prefixes", "<constructor:a xmlns:constructor='u'/>", ["+a{u}", "-"]],
];
