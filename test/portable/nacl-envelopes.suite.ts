// The suite of docs/nacl.md from the board's side: when it is used, what is asked for it, what is kept of it. RSA and hashes
// are toys; Ed25519 and the box are real. What is inside of the latter the desktop's tests open.

import { fromBase64, toBase64 } from "../../src/firmware/bytes.js";
import { fieldBytes } from "../../src/firmware/crypto/key-record.js";
import { boxPublicKey, signingKeyOf, signMessage } from "../../src/firmware/crypto/nacl.js";
import { hmac } from "../../src/firmware/crypto/hash.js";
import { createNaclSuite } from "../../src/firmware/openspime/nacl.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import type { Protection } from "../../src/firmware/openspime/sealing.js";
import type { Suite } from "../../src/firmware/openspime/suite.js";
import { between, stanza, TOY_HASHES, typed } from "./fake-server.js";
import { repeated } from "./hex.js";
import { equal, ok, suite } from "./suite.js";
import { CERTIFIER, createToySecurity, toyKey } from "./toy-security.js";
import type { ToySecurity } from "./toy-security.js";
import type { Element } from "../../src/firmware/xml/element.js";

const BOARD = "4A6B-5638@spime.example/spime";
const SCOPENODE = "775b-f2c2@scopenode.example/co2";
const OTHER = "other@scopenode.example/co2";
const CONTENT = '<data xmlns="openspime:protocol:extension:data" version="0.9"></data>';
const NACL = "urn:x-microspime:nacl";
const TYPE = "x-openspime/nacl-base64";
const SECRET = repeated("\x51", 32);
const BOTH: Protection = { sign: true, encrypt: true };
const DAY_MS = 86400000;

interface World {
  suite: Suite;
  security: ToySecurity;
  files: { [name: string]: string | undefined };
  lines: string[];
  /** `to type name-of-the-payload`. */
  asked: string[];
  nowMs: number;
  /** Private powers. */
  signed: number;
  /** What the ScopeNode answers: to disco#info, to the query for its keys, to a report; `undefined`: nothing. */
  disco: string | undefined;
  keys: string | undefined;
  report: string;
}

function disco(feature: string): string {
  const query = "<query xmlns='http://jabber.org/protocol/disco#info'>";
  return "<iq type='result'>" + query + "<feature var='" + feature + "'/></query></iq>";
}

function error(type: string, condition: string): string {
  return "<iq type='error'><error type='" + type + "'><" + condition + "/></error></iq>";
}

/** Its keys as a ScopeNode signs them: `signer`'s RSA key, for `owner`. */
function keysOf(signer: string, owner: string, x25519: string): string {
  const security = createToySecurity();
  const fields = "<x25519>" + toBase64(x25519) + "</x25519><osid>" + owner + "</osid>";
  const content = '<keys xmlns="' + NACL + '">' + fields + "</keys>";
  let sealed = "";
  sealContent(
    security,
    content,
    "",
    { sign: true },
    function (xml) {
      sealed = xml || "";
    },
    signer,
  );
  return "<iq type='result'>" + sealed + "</iq>";
}

const KEYS = keysOf(SCOPENODE, SCOPENODE, boxPublicKey(SECRET));

function create(files?: World["files"]): World {
  const security = createToySecurity();
  security.key = toyKey("own") + fieldBytes("d=", repeated("\x77", 128));
  security.certified[SCOPENODE] = toyKey("scopenode");
  security.certified[OTHER] = toyKey("other");
  const power = security.rsa.power;
  security.rsa.power = function (key, isPrivate, block, onDone) {
    if (isPrivate) world.signed++;
    power(key, isPrivate, block, onDone);
  };

  function answerTo(payload: string): string | undefined {
    if (payload.indexOf("disco#info") > 0) return world.disco;
    return payload.slice(0, 5) === "<keys" ? world.keys : world.report;
  }

  const world: World = {
    suite: createNaclSuite({
      session: {
        start: function () {},
        stop: function () {},
        jid: function () {
          return BOARD;
        },
        isOnline: function () {
          return true;
        },
        ask: function (to, type, payload, onAnswer) {
          const answer = answerTo(payload);
          world.asked.push(to + " " + type + " " + payload.split(" ")[0].slice(1));
          const take: (answer: Element | undefined) => void = typed(onAnswer);
          take(answer === undefined ? undefined : stanza(answer));
          return "id";
        },
      },
      store: {
        read: function (name) {
          return world.files[name];
        },
        write: function (name, bytes) {
          world.files[name] = bytes;
        },
      },
      hash: TOY_HASHES[0],
      clock: {
        monotonicMs: function () {
          return world.nowMs;
        },
        epochMs: function () {
          return 0;
        },
      },
      log: {
        write: function (level, line) {
          world.lines.push(level + " " + line);
        },
      },
      later: function (next) {
        next();
      },
    }),
    security: security,
    files: files || {},
    lines: [],
    asked: [],
    nowMs: 1000,
    signed: 0,
    disco: disco(TYPE),
    keys: KEYS,
    report: "<iq type='result'/>",
  };
  return world;
}

function seal(world: World, protection: Protection): string {
  let outcome = "nothing";
  world.suite.seal(world.security, CONTENT, SCOPENODE, protection, function (xml, reason) {
    outcome = xml === undefined ? "! " + reason : xml;
  });
  return outcome;
}

function isNacl(xml: string): boolean {
  return xml.indexOf(TYPE) > 0;
}

/** A report goes out, and is answered. */
function report(world: World): string {
  const xml = seal(world, BOTH);
  world.suite.ask(SCOPENODE, "set", xml, function () {});
  return xml;
}

const ASKED = [SCOPENODE + " get query", SCOPENODE + " get keys"];

export const naclEnvelopesSuite = suite("openspime/nacl", function (test) {
  test("signed and encrypted: the stanza of docs/nacl.md", function () {
    const world = create();
    const xml = seal(world, BOTH);
    equal(world.asked, ASKED);
    const seed = hmac(TOY_HASHES[0], repeated("\x77", 128), NACL).slice(0, 32);
    const key = signingKeyOf(seed);
    const sign = '<sign content-type="' + TYPE + '">';
    equal(fromBase64(between(xml, sign, "</sign>")), signMessage(key, CONTENT));
    equal(fromBase64(between(xml, "<ed25519>", "</ed25519>")), key.publicKey);
    equal(between(xml, "<osid>", "</osid>"), "4a6b-5638@spime.example/spime");
    const [before, transport] = xml.split('</originator><transport content-type="' + TYPE + '"');
    equal(before.split("<originator ").length, 3, "the board's, and that of its keys");
    equal(fromBase64(between(transport, ' transport-key="', '">')).length, 32);
    const box = fromBase64(between(transport, '">', "</transport>"));
    equal(box.length, 24 + 16 + CONTENT.length);
  });

  test("each report has a key of its own, and the board's RSA key signs once", function () {
    const world = create();
    const keys = [report(world), report(world)].map(function (xml) {
      return between(xml, 'transport-key="', '"');
    });
    equal(keys[0] === keys[1], false);
    equal([world.signed, world.asked.length], [1, 4], "two questions, two reports");
  });

  test("after a restart neither is signed nor asked for again, but what the ScopeNode can do", function () {
    const first = create();
    report(first);
    const world = create(first.files);
    ok(isNacl(report(world)), "in the suite");
    equal([world.signed, world.asked.slice(0, 1), world.asked.length], [0, ASKED.slice(0, 1), 2]);
    equal(world.security.asked, [], "the certification service");
  });

  test("with another RSA key, or another service, the board's key is signed anew", function () {
    const first = create();
    report(first);
    const world = create(first.files);
    world.security.key = toyKey("own") + fieldBytes("d=", repeated("\x78", 128));
    report(world);
    equal(world.signed, 1);
    const moved = create(first.files);
    moved.security.service = "services@other.example/cert";
    report(moved);
    equal(moved.signed, 1);
  });

  test("a ScopeNode that does not say that it has the suite gets the document's", function () {
    const world = create();
    world.disco = disco("openspime:protocol:core");
    const xml = report(world);
    ok(!isNacl(xml) && xml.indexOf("x-openspime/aes-base64") > 0, xml);
    report(world);
    equal(world.asked.slice(1), [SCOPENODE + " set openspime", SCOPENODE + " set openspime"]);
    world.nowMs += DAY_MS;
    world.disco = disco(TYPE);
    ok(isNacl(report(world)), "a day later it is asked again");
  });

  test("one that does not answer gets the document's, and is asked again", function () {
    const world = create();
    world.disco = undefined;
    ok(!isNacl(report(world)), "no answer");
    world.disco = error("cancel", "service-unavailable");
    ok(!isNacl(report(world)), "an error");
    equal(world.asked.filter((line) => line === ASKED[0]).length, 2);
  });

  const forged: [string, string][] = [
    ["of another who signs for himself", keysOf(OTHER, OTHER, boxPublicKey(SECRET))],
    ["of another who says they are the ScopeNode's", keysOf(OTHER, SCOPENODE, SECRET)],
    ["that are the ScopeNode's word about another", keysOf(SCOPENODE, OTHER, SECRET)],
    ["with a changed key", KEYS.replace("<x25519>", "<x25519>AAAA")],
    ["of another length", keysOf(SCOPENODE, SCOPENODE, "short")],
    ["changed after they were signed", KEYS.replace("<osid>", "<osid> ")],
    ["without a signature", KEYS.replace("<sign>", "<sigh>").replace("</sign>", "</sigh>")],
    ["of another service's", KEYS.replace(CERTIFIER, "evil@spime.example/cert")],
    ["that are none", "<iq type='result'/>"],
    ["that are an error", error("cancel", "service-unavailable")],
  ];
  forged.forEach(function ([name, keys]) {
    test("keys " + name + ": the document's suite, and nothing is kept", function () {
      const world = create();
      world.keys = keys;
      const xml = report(world);
      ok(!isNacl(xml) && xml.indexOf("x-openspime/aes-base64") > 0, xml);
      equal(world.files["microspime.box1"], undefined);
    });
  });

  test("who does not answer about keys is asked again with the next report", function () {
    const world = create();
    const keys = world.keys;
    world.keys = undefined;
    ok(!isNacl(report(world)), "no answer");
    world.keys = keys;
    ok(isNacl(report(world)), "an answer");
  });

  test("a refusal makes it ask anew, and go on with the key that it has kept", function () {
    const world = create();
    report(world);
    world.report = error("modify", "bad-request");
    report(world);
    world.report = "<iq type='result'/>";
    world.asked = [];
    ok(isNacl(report(world)), "in the suite");
    equal(
      world.asked.filter((line) => ASKED.indexOf(line) >= 0),
      ASKED.slice(0, 1),
    );
  });

  test("what cannot be decrypted makes it ask anew, and believe no key that it has kept", function () {
    const world = create();
    report(world);
    world.report = error("modify", "decryption-error");
    report(world);
    world.report = "<iq type='result'/>";
    world.asked = [];
    ok(isNacl(report(world)), "in the suite");
    equal(world.asked.slice(0, 2), ASKED);
    world.report = error("cancel", "feature-not-implemented");
    report(world);
    world.disco = disco("openspime:protocol:core");
    ok(!isNacl(report(world)), "the ScopeNode has it no longer");
  });

  test("who asks for patience has refused nothing", function () {
    const world = create();
    world.report = error("wait", "internal-server-error");
    report(world);
    report(world);
    equal(world.asked.length, 4);
  });

  test("signed only: the content in the clear", function () {
    const xml = seal(create(), { sign: true, encrypt: false });
    ok(xml.indexOf("<transport>" + CONTENT + "</transport>") > 0, xml);
    ok(isNacl(xml), "signed in the suite");
  });

  test("encrypted only: no key of the board's, and nothing signed", function () {
    const world = create();
    const xml = seal(world, { sign: false, encrypt: true });
    ok(xml.indexOf("<originator") < 0 && isNacl(xml), xml);
    equal(world.signed, 0);
  });

  test("without a seed nothing is encrypted", function () {
    const world = create();
    world.security.isSeeded = false;
    equal(seal(world, BOTH), "! no-seed");
  });

  test("an RSA that fails: nothing goes out", function () {
    const world = create();
    seal(world, { sign: false, encrypt: true });
    world.security.rsa.power = function (_key, _isPrivate, _block, onDone) {
      onDone(undefined);
    };
    equal(seal(world, BOTH), "! rsa-failed");
  });
});
