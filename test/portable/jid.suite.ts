// An XMPP address (RFC 7622 section 3), and how two are compared.

import { bareJid, foldJid } from "../../src/firmware/xmpp/jid.js";
import { equal, suite } from "./suite.js";

/** Address and bare; the first are of RFC 7622 section 3.5. */
const ADDRESSES: [string, string][] = [
  ["juliet@example.com", "juliet@example.com"],
  ["juliet@example.com/foo", "juliet@example.com"],
  ["juliet@example.com/foo bar", "juliet@example.com"],
  ["juliet@example.com/foo@bar", "juliet@example.com"],
  ["juliet@example.com/a/b", "juliet@example.com"],
  ["juliet@example.com/", "juliet@example.com"],
  ["4A6B-5638@spime.example/Spime", "4A6B-5638@spime.example"],
  ["\xc3\xa9@x/\xc3\x89", "\xc3\xa9@x"],
];

export const jidSuite = suite("xmpp/jid", function (test) {
  ADDRESSES.forEach(function (row) {
    test("'" + row[0] + "' without its resource", function () {
      equal(bareJid(row[0]), row[1]);
    });
  });

  test("an address without localpart, bare", function () {
    equal(bareJid("example.com"), "example.com");
    equal(bareJid("a.example.com/b@example.net"), "a.example.com");
    equal(bareJid(""), "");
  });

  test("localpart and domain are folded, the resource is not", function () {
    equal(foldJid("4A6B@Spime.EXAMPLE/Res/A@B"), "4a6b@spime.example/Res/A@B");
    equal(foldJid("4A6B@Spime.EXAMPLE"), "4a6b@spime.example");
    equal(foldJid("EXAMPLE/X"), "example/X");
    equal(foldJid("@AZ[`az{/"), "@az[`az{/");
    equal(foldJid(""), "");
  });

  test("characters past ASCII stay apart, and equal to themselves", function () {
    const eAcute = foldJid("\xc3\xa9@x");
    equal(eAcute, foldJid("\xc3\xa9@X"));
    ["\xc3\x89@x", "\xc4\xa9@x", "\xe3\xa9\xa9@x", "\xe2\x84\xaa@x", "k@x"].forEach(
      function (other) {
        equal(foldJid(other) === eAcute, false, other);
      },
    );
    equal(foldJid("\xe2\x84\xaa@x") === foldJid("k@x"), false, "a Kelvin sign is no k");
  });
});
