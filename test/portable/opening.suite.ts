// Envelopes that come in: what opens, and each error of the table with what it is for.

import { toBase64 } from "../../src/firmware/bytes.js";
import { openEnvelope } from "../../src/firmware/openspime/opening.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import { stanza } from "./fake-server.js";
import { repeated } from "./hex.js";
import { equal, suite } from "./suite.js";
import { CERTIFIER, createToySecurity, reversed, toyKey } from "./toy-security.js";
import type { ToySecurity } from "./toy-security.js";

const OWNER = "owner@home.example/web";
const SPIME = "4a6b-5638@spime.example/spime";
const CONTENT = '<claim xmlns="openspime:protocol:extension:claim" version="0.9"></claim>';
const CORRUPTED = "! cancel signature-error-public-key-corrupted";
const MALFORMED = "! modify xml-malformed-transport-node";
const UNREADABLE = "! modify decryption-error";

/** The content's name and who signed it, or the error. */
function open(security: ToySecurity | undefined, xml: string, from?: string): string {
  let outcome = "nothing";
  openEnvelope(security, stanza(xml), from || OWNER, function (content, signerOrError) {
    outcome = content ? content.name + " of " + signerOrError : "! " + signerOrError;
  });
  return outcome;
}

/** What another with the same toys writes. */
function seal(isSigned: boolean, isSecret: boolean): string {
  const sender = createToySecurity();
  let sealed = "";
  sender.stored[SPIME] = toyKey("spime");
  const protection = { sign: isSigned, encrypt: isSecret };
  sealContent(sender, CONTENT, SPIME, protection, function (xml) {
    sealed = xml || "";
  });
  return sealed;
}

function create(): ToySecurity {
  const security = createToySecurity();
  security.certified[OWNER] = toyKey("owner");
  return security;
}

/** An envelope around what somebody says the encrypted content and its key are. */
function encrypted(transportKey: string, text: string): string {
  return (
    "<openspime xmlns='openspime:protocol:core' version='0.9'>" +
    "<transport content-type='x-openspime/aes-base64' transport-key='" +
    toBase64(reversed("\0\x02" + repeated("x", 125 - transportKey.length) + "\0" + transportKey)) +
    "'>" +
    toBase64(reversed(text)) +
    "</transport></openspime>"
  );
}

const KEY = toBase64(repeated("k", 32));
const IV = toBase64(repeated("i", 16));
/** With a short name, so that it fits into one block of the toy's. */
const TRANSPORT_KEY = "<t><key>" + KEY + "</key> <vint>" + IV + "</vint></t>";

/** What cannot be decrypted, by what is wrong with it. */
const UNDECRYPTABLE: [what: string, xml: string][] = [
  [
    "a transport key of three bytes too many",
    encrypted(TRANSPORT_KEY, "<a/>".concat(repeated("\x0c", 12)))
      .split("transport-key='")
      .join("transport-key='AAAA"),
  ],
  ["no key inside", encrypted("<t/>", "<a/>" + repeated("\x0c", 12))],
  ["a key that is no XML", encrypted("key", "<a/>" + repeated("\x0c", 12))],
  [
    "a key of 31 bytes",
    encrypted(
      "<t><key>" + toBase64(repeated("k", 31)) + "</key><vint>" + IV + "</vint></t>",
      "<a/>" + repeated("\x0c", 12),
    ),
  ],
  [
    "a vector of 15 bytes",
    encrypted(
      "<t><key>" + KEY + "</key><vint>" + toBase64(repeated("i", 15)) + "</vint></t>",
      "<a/>" + repeated("\x0c", 12),
    ),
  ],
  ["padding of zeros", encrypted(TRANSPORT_KEY, "<a/>" + repeated("\0", 12))],
  [
    "padding that is not all the same",
    encrypted(TRANSPORT_KEY, "<a/>" + repeated("\x0b", 11) + "\x0c"),
  ],
  ["half a block", encrypted(TRANSPORT_KEY, "<a/>" + repeated("\x04", 4))],
  ["no text", encrypted(TRANSPORT_KEY, "")],
  ["text that is no XML", encrypted(TRANSPORT_KEY, "<a>" + repeated("\x0d", 13))],
  [
    "text that closes what it did not open",
    encrypted(TRANSPORT_KEY, "</x>" + repeated("\x0c", 12)),
  ],
  ["two elements", encrypted(TRANSPORT_KEY, "<a/><b/>" + repeated("\x08", 8))],
];

export const openingSuite = suite("openspime/opening", function (test) {
  test("in the clear, with and without keys", function () {
    const xml = seal(false, false);
    equal(open(undefined, xml), "claim of ");
    equal(open(create(), xml), "claim of ");
  });

  test("signed by the sender", function () {
    const security = create();
    equal(open(security, seal(true, false)), "claim of " + OWNER);
    equal(security.asked, [OWNER], "the service was asked for the key");
    open(security, seal(true, false));
    equal(security.asked, [OWNER], "once");
  });

  test("encrypted, signed and encrypted", function () {
    equal(open(create(), seal(false, true)), "claim of ");
    equal(open(create(), seal(true, true)), "claim of " + OWNER);
  });

  test("as the document prints it: blanks around what is Base64", function () {
    const xml = seal(true, true)
      .split("<sign>")
      .join("<sign>\n   ")
      .split("</sign>")
      .join("  \n</sign>")
      .split("</transport>")
      .join("\n </transport>");
    equal(open(create(), xml), "claim of " + OWNER);
  });

  test("the signer that osid names is asked for, whoever sent it", function () {
    const xml = seal(true, false)
      .split(' cert="')
      .join(' osid="' + SPIME + '" cert="');
    const security = create();
    security.certified[SPIME] = toyKey("spime");
    equal(open(security, xml), "claim of " + SPIME);
    equal(security.asked, [SPIME]);
  });

  test("the service's address is compared as servers show it", function () {
    const xml = seal(true, false).split(CERTIFIER).join("Services@SPIME.example/cert");
    equal(open(create(), xml), "claim of " + OWNER);
  });

  test("unsigned, in the name of somebody else: nobody is believed to have signed it", function () {
    const originator = "<originator osid='" + SPIME + "'/><transport>";
    const xml = seal(false, false).split("<transport>").join(originator);
    equal(open(create(), xml), "claim of ");
  });

  test("no transport, nothing in it, two elements in it", function () {
    equal(open(create(), "<openspime xmlns='openspime:protocol:core'/>"), MALFORMED);
    equal(open(create(), "<openspime><transport/></openspime>"), MALFORMED);
    equal(open(create(), "<openspime><transport>text</transport></openspime>"), MALFORMED);
    equal(open(create(), "<openspime><transport><a/><b/></transport></openspime>"), MALFORMED);
  });

  test("a board without keys neither decrypts nor verifies", function () {
    const notEnabled = "! cancel ";
    equal(open(undefined, seal(false, true)), notEnabled + "decryption-not-enabled");
    equal(open(undefined, seal(true, false)), notEnabled + "signature-not-enabled");
  });

  test("a certification service that is not ours: nobody is asked", function () {
    const security = create();
    const xml = seal(true, false).split(CERTIFIER).join("services@evil.example/cert");
    equal(open(security, xml), "! cancel signature-error-invalid-cert-auth");
    const without = seal(true, false)
      .split(' cert="' + CERTIFIER + '"')
      .join("");
    equal(open(security, without), "! cancel signature-error-invalid-cert-auth");
    equal(security.asked, []);
  });

  test("a signer whose key the service does not have", function () {
    equal(open(createToySecurity(), seal(true, false)), "! cancel no-available-public-key");
  });

  test("a signature over something else", function () {
    const xml = seal(true, false).split("</claim>").join("x</claim>");
    const security = create();
    equal(open(security, xml), CORRUPTED);
    equal(security.asked, [OWNER], "a key that is new is not asked for again");
  });

  test("a signature that is none", function () {
    ["", "AAAA", "x", "<a/>"].forEach(function (text) {
      const parts = seal(true, false).split("<sign>");
      const xml = parts[0] + "<sign>" + text + "</sign>" + parts[1].split("</sign>")[1];
      equal(open(create(), xml), CORRUPTED, text);
    });
  });

  test("a key in the store that does not fit is asked for again, once", function () {
    const security = create();
    // With it every block has the wrong length.
    security.stored[OWNER] = "n=\0\x01\x03";
    equal(open(security, seal(true, false)), "claim of " + OWNER);
    equal(security.asked, [OWNER]);
    security.stored[OWNER] = security.certified[OWNER] = "n=\0\x01\x03";
    equal(open(security, seal(true, false)), CORRUPTED);
    equal(security.asked, [OWNER, OWNER]);
  });

  test("decryption works with the short key of these tests", function () {
    equal(open(create(), encrypted(TRANSPORT_KEY, "<a/>" + repeated("\x0c", 12))), "a of ");
  });

  UNDECRYPTABLE.forEach(function (row) {
    test("one error for all that fails in a decryption: " + row[0], function () {
      equal(open(create(), row[1]), UNREADABLE);
    });
  });
});
