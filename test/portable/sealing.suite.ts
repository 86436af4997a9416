// Envelopes that go out: what the document's 1.0.1 prints, and what happens when something is missing.

import { fromBase64, toBase64 } from "../../src/firmware/bytes.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import type { Protection } from "../../src/firmware/openspime/sealing.js";
import { between, TOY_HASHES } from "./fake-server.js";
import { repeated } from "./hex.js";
import { equal, suite } from "./suite.js";
import { createToySecurity, reversed, toyKey } from "./toy-security.js";
import type { ToySecurity } from "./toy-security.js";

const SCOPENODE = "775b-f2c2@scopenode.example/co2";
const CONTENT = '<data xmlns="openspime:protocol:extension:data" version="0.9"></data>';
const START = '<openspime xmlns="openspime:protocol:core" version="0.9">';

function sealAs(security: ToySecurity | undefined, protection: Protection): string {
  let outcome = "nothing";
  sealContent(security, CONTENT, SCOPENODE, protection, function (xml, reason) {
    outcome = xml === undefined ? "! " + reason : xml;
  });
  return outcome;
}

/** Signed, and encrypted where `isSecret`. */
function seal(security: ToySecurity | undefined, isSecret: boolean): string {
  return sealAs(security, { sign: true, encrypt: isSecret });
}

/** A board to which the ScopeNode's key is known. */
function create(): ToySecurity {
  const security = createToySecurity();
  security.stored[SCOPENODE] = toyKey("scopenode");
  return security;
}

/** A block of type 1 around the digest, the toy's way round. */
function signature(): string {
  const digest = TOY_HASHES[1].digest(CONTENT);
  return toBase64(reversed("\0\x01" + repeated("\xff", 125 - digest.length) + "\0" + digest));
}

export const sealingSuite = suite("openspime/sealing", function (test) {
  test("without keys, in the clear: the document's 1.0.0", function () {
    equal(seal(undefined, false), START + "<transport>" + CONTENT + "</transport></openspime>");
  });

  test("signed: the certification service, and the signature over the content", function () {
    const originator =
      '<originator cert="services@spime.example/cert"><sign>' +
      signature() +
      "</sign></originator>";
    equal(
      seal(create(), false),
      START + originator + "<transport>" + CONTENT + "</transport></openspime>",
    );
  });

  test("signed and encrypted: the same signature, and the content under a key of its own", function () {
    const xml = seal(create(), true);
    equal(between(xml, "<sign>", "</sign>"), signature());
    const text = reversed(fromBase64(between(xml, '">', "</transport>").split('">').pop() || ""));
    equal(text.slice(0, CONTENT.length), CONTENT);
    const pad = 16 - (CONTENT.length % 16);
    equal(text.slice(CONTENT.length), repeated(String.fromCharCode(pad), pad));
    equal(
      xml.indexOf('<transport content-type="x-openspime/aes-base64" transport-key="') > 0,
      true,
    );
  });

  test("the transport key as the author's library writes it, in blocks of type 2", function () {
    const blocks = fromBase64(between(seal(create(), true), 'transport-key="', '"'));
    equal(blocks.length, 256, "text of 195 bytes, blocks of 117");
    const first = reversed(blocks.slice(0, 128));
    const second = reversed(blocks.slice(128));
    equal([first.slice(0, 2), second.slice(0, 2)], ["\0\x02", "\0\x02"]);
    const text =
      first.slice(first.indexOf("\0", 2) + 1) + second.slice(second.indexOf("\0", 2) + 1);
    const start = "<transportkey xmlns='openspime:protocol:core:transportkey' version='0.9'><key>";
    equal(text.slice(0, start.length), start);
    equal(fromBase64(between(text, "<key>", "</key>")).length, 32);
    equal(fromBase64(between(text, "<vint>", "</vint>")).length, 16);
    equal(text.slice(-22), "</vint></transportkey>");
  });

  test("encrypted only: nobody is named as the originator, and no signature is computed", function () {
    const security = create();
    security.key = toyKey("none");
    const xml = sealAs(security, { sign: false, encrypt: true });
    const transport = '<transport content-type="x-openspime/aes-base64" transport-key="';
    equal(xml.slice(0, (START + transport).length), START + transport);
    const text = reversed(fromBase64(between(xml, '">', "</transport>").split('">').pop() || ""));
    equal(text.slice(0, CONTENT.length), CONTENT);
  });

  test("neither: in the clear, on a board that has keys", function () {
    const xml = sealAs(create(), { sign: false, encrypt: false });
    equal(xml, START + "<transport>" + CONTENT + "</transport></openspime>");
  });

  test("each envelope has a key and a vector of its own", function () {
    const security = create();
    const blocks = [seal(security, true), seal(security, true)].map(function (xml) {
      return between(xml, 'transport-key="', '"');
    });
    equal(blocks[0] === blocks[1], false);
  });

  test("for somebody else to deliver: it says whose signature it is", function () {
    let xml: string | undefined;
    sealContent(
      create(),
      CONTENT,
      "",
      { sign: true },
      function (sealed) {
        xml = sealed;
      },
      "4A6B@spime.example/a&b",
    );
    const originator =
      '<originator cert="services@spime.example/cert" osid="4A6B@spime.example/a&amp;b"><sign>';
    equal(xml && xml.slice(0, (START + originator).length), START + originator);
  });

  test("without a seed nothing is encrypted, and nobody is asked", function () {
    const security = createToySecurity();
    security.isSeeded = false;
    equal([seal(security, true), security.asked], ["! no-seed", []]);
    equal(seal(security, false).slice(0, START.length), START, "a signature needs none");
  });

  test("no key of the recipient: why, in the service's words", function () {
    equal(seal(createToySecurity(), true), "! cancel no-available-public-key");
  });

  test("an RSA that fails: nothing goes out, signed or encrypted", function () {
    [false, true].forEach(function (isSecret) {
      const security = create();
      security.rsa.power = function (_key, _isPrivate, _block, onDone) {
        onDone(undefined);
      };
      equal(seal(security, isSecret), "! rsa-failed");
    });
  });
});
