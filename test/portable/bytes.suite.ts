// Base64 (RFC 4648 section 10 has the vectors) and UTF-8 (RFC 3629).

import {
  encodeCodePoint,
  fromBase64,
  isXmlCharacter,
  isXmlText,
  replaceEach,
  toBase64,
} from "../../src/firmware/bytes.js";
import { BASE64, CODE_POINTS, ILL_FORMED, NOT_XML, WELL_FORMED } from "./bytes-data.js";
import { toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

const NOT_BASE64: [string, string[]][] = [
  ["without padding", ["Zg", "Zm8", "Zg="]],
  ["with too much padding", ["Zg===", "Zm9v=", "Zm9v===="]],
  ["with bits that nobody reads", ["Zh==", "Zm9="]],
  ["with white space", ["Zg==\n", " Zg==", "Zm 9v", "Zm9v\r\nYmFy"]],
  ["of another alphabet", ["-_-_", "Zm9v!", "\xff\xff\xff\xff", "Zm9v\0"]],
  ["with padding inside", ["Zg==Zg==", "Z=g=", "AA=A", "=AAA"]],
  // Espruino's own atob does not come back from the first two.
  ["of padding alone", ["=", "==", "===", "===="]],
];

function allBytes(): string {
  let bytes = "";
  for (let code = 0; code < 256; code++) bytes += String.fromCharCode(code);
  return bytes;
}

export const bytesSuite = suite("bytes", function (test) {
  test("base64 as RFC 4648 writes it", function () {
    BASE64.forEach(function (row) {
      equal(toBase64(row[0]), row[1]);
      equal(toHex(fromBase64(row[1])), toHex(row[0]), row[1]);
    });
  });

  test("base64 of every byte and back", function () {
    const all = allBytes();
    equal(toBase64(all).length, 344);
    equal(toHex(fromBase64(toBase64(all))), toHex(all));
  });

  NOT_BASE64.forEach(function (row) {
    test("base64 " + row[0] + " is nothing", function () {
      row[1].forEach(function (text) {
        equal(fromBase64(text), "", text);
      });
    });
  });

  test("code points become UTF-8", function () {
    CODE_POINTS.forEach(function (row) {
      equal(toHex(encodeCodePoint(row[0])), toHex(row[1]), "U+" + row[0].toString(16));
    });
  });

  test("well-formed UTF-8 is text", function () {
    WELL_FORMED.forEach(function (text) {
      equal(isXmlText(text), true, toHex(text));
    });
    CODE_POINTS.forEach(function (row) {
      equal(isXmlText("a" + row[1] + "b"), true, toHex(row[1]));
    });
  });

  ILL_FORMED.forEach(function (row) {
    test("no text: " + row[0], function () {
      row[1].forEach(function (bytes) {
        equal(isXmlText(bytes), false, toHex(bytes));
        equal(isXmlText("a" + bytes + "a"), false, "between letters " + toHex(bytes));
      });
    });
  });

  test("no text: characters that XML does not have", function () {
    NOT_XML.forEach(function (bytes) {
      equal(isXmlText(bytes), false, toHex(bytes));
      equal(isXmlText("a" + bytes + "b"), false, "between letters " + toHex(bytes));
      equal(isXmlText("\xc3\xa9\n" + bytes), false, "on a line of its own " + toHex(bytes));
      equal(isXmlText(bytes + "\n"), false, "before a line end " + toHex(bytes));
    });
  });

  test("the edges of XML's characters", function () {
    const allowed = [9, 10, 13, 0x20, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff];
    const others = [-1, 0, 8, 11, 12, 14, 0x1f, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x110000, NaN];
    allowed.forEach(function (point) {
      equal(isXmlCharacter(point), true, "" + point);
    });
    others.forEach(function (point) {
      equal(isXmlCharacter(point), false, "" + point);
    });
  });

  test("replacements happen one after the other, everywhere", function () {
    equal(replaceEach("a,b,,", [",", "=2C", "=", "-"]), "a-2Cb-2C-2C");
    equal(replaceEach("abc", []), "abc");
    equal(replaceEach("", ["a", "b"]), "");
    equal(replaceEach("a.b$&", [".", "$&"]), "a$&b$&");
  });
});
