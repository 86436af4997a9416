// UTF-8, one byte a character of these strings. Well-formed: RFC 3629 section 7 and the edges of its
// section 4; ill-formed: Markus Kuhn's "UTF-8 decoder capability and stress test" sections 3 to 5.

/** Code points and their bytes: first and last of each length, and beside the surrogates. */
export const CODE_POINTS: [number, string][] = [
  [0x09, "\t"],
  [0x20, " "],
  [0x41, "A"],
  [0x7f, "\x7f"],
  [0x80, "\xc2\x80"],
  [0xe9, "\xc3\xa9"],
  [0x7ff, "\xdf\xbf"],
  [0x800, "\xe0\xa0\x80"],
  [0x2262, "\xe2\x89\xa2"],
  [0xd7ff, "\xed\x9f\xbf"],
  [0xe000, "\xee\x80\x80"],
  [0xfffd, "\xef\xbf\xbd"],
  [0x10000, "\xf0\x90\x80\x80"],
  [0x233b4, "\xf0\xa3\x8e\xb4"],
  [0x3ffff, "\xf0\xbf\xbf\xbf"],
  [0x40000, "\xf1\x80\x80\x80"],
  [0xfffff, "\xf3\xbf\xbf\xbf"],
  [0x100000, "\xf4\x80\x80\x80"],
  [0x10ffff, "\xf4\x8f\xbf\xbf"],
];

export const WELL_FORMED: string[] = [
  "",
  "A\xe2\x89\xa2\xce\x91.",
  "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4",
  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
  "\xef\xbb\xbf\xf0\xa3\x8e\xb4",
  "\t\n\r ~\x7f",
];

export const ILL_FORMED: [string, string[]][] = [
  ["a continuation byte with nothing before", ["\x80", "\xbf", "a\x80", "\xc3\xa9\xa9", "\xa9a"]],
  [
    "a continuation byte in the place of a first one",
    [
      "\x80\x80",
      "\x82\x80",
      "\x9f\xbf",
      "\xa5\xa9",
      "\xbf\xbf",
      "\xa0\x80\x80",
      "\xc3\xa9\xa9\xa9",
    ],
  ],
  ["a first byte with nothing after", ["\xc3", "\xe2\x89", "\xe2", "\xf0\x9f\x98", "\xf0"]],
  ["a first byte followed by ASCII", ["\xc3a", "\xe2a\x89", "\xe2\x89a", "\xf0\x9f\x98a"]],
  ["a first byte followed by a first byte", ["\xc3\xc3\xa9", "\xe2\xe2\x89\xa2"]],
  [
    "first bytes that do not exist",
    ["\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff\xff"],
  ],
  ["more than U+10FFFF", ["\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf"]],
  ["an overlong slash", ["\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf"]],
  ["an overlong NUL", ["\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80"]],
  ["the longest overlong forms", ["\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf"]],
  ["a surrogate", ["\xed\xa0\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbf\xbf"]],
  ["a pair of surrogates", ["\xed\xa0\x80\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"]],
];

/** Well-formed UTF-8 of characters outside XML 1.0 section 2.2. */
export const NOT_XML: string[] = [
  "\0",
  "\x01",
  "\x08",
  "\x0b",
  "\x0c",
  "\x0e",
  "\x1b",
  "\x1f",
  "\xef\xbf\xbe",
  "\xef\xbf\xbf",
];

/** Bytes and their Base64: RFC 4648 section 10, and the edges of its alphabet. */
export const BASE64: [string, string][] = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
  ["\0\xff\x80\n", "AP+ACg=="],
  ["\xfb\xff\xbf", "+/+/"],
];
