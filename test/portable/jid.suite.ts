// The parts of an XMPP address (RFC 7622 section 3), and how servers compare them.

import { bareJid, domainOf, foldJid, localpartOf } from "../../src/firmware/xmpp/jid.js";
import { equal, suite } from "./suite.js";

/** Address, bare, localpart, domain; the first are of RFC 7622 section 3.5. */
const ADDRESSES: [string, string, string, string][] = [
  ["juliet@example.com", "juliet@example.com", "juliet", "example.com"],
  ["juliet@example.com/foo", "juliet@example.com", "juliet", "example.com"],
  ["juliet@example.com/foo bar", "juliet@example.com", "juliet", "example.com"],
  ["juliet@example.com/foo@bar", "juliet@example.com", "juliet", "example.com"],
  ["example.com", "example.com", "", "example.com"],
  ["example.com/foobar", "example.com", "", "example.com"],
  ["a.example.com/b@example.net", "a.example.com", "", "a.example.com"],
  ["juliet@example.com/a/b", "juliet@example.com", "juliet", "example.com"],
  ["fussball@example.com/", "fussball@example.com", "fussball", "example.com"],
  ["4A6B-5638@spime.example/spime", "4A6B-5638@spime.example", "4A6B-5638", "spime.example"],
  ["", "", "", ""],
];

export const jidSuite = suite("xmpp/jid", function (test) {
  ADDRESSES.forEach(function (row) {
    test("the parts of '" + row[0] + "'", function () {
      equal(bareJid(row[0]), row[1], "bare");
      equal(localpartOf(row[0]), row[2], "localpart");
      equal(domainOf(row[0]), row[3], "domain");
    });
  });

  test("localpart and domain are folded, the resource is not", function () {
    equal(foldJid("4A6B@Spime.EXAMPLE/Res/A@B"), "4a6b@spime.example/Res/A@B");
    equal(foldJid("4A6B@Spime.EXAMPLE"), "4a6b@spime.example");
    equal(foldJid("EXAMPLE/X"), "example/X");
    equal(foldJid(""), "");
  });

  test("only the letters A to Z are folded", function () {
    equal(foldJid("@AZ[`az{/"), "@az[`az{/");
    // UTF-8 of a capital E with acute, whose second byte is no letter, and of a Kelvin sign.
    equal(foldJid("\xc3\x89@\xe2\x84\xaa"), "\xc3\x89@\xe2\x84\xaa");
    equal(foldJid("\xc0\xde\xdf"), "\xc0\xde\xdf");
  });
});
