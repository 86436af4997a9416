// Public keys of others: how they are asked for, which are taken, and what is kept of them.

import { toBase64 } from "../../src/firmware/bytes.js";
import { fieldBytes, fieldOf } from "../../src/firmware/crypto/key-record.js";
import { createKeyRing } from "../../src/firmware/openspime/key-ring.js";
import type { KeyRing } from "../../src/firmware/openspime/key-ring.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { stanza, TOY_HASHES, typed } from "./fake-server.js";
import { repeated } from "./hex.js";
import { equal, suite } from "./suite.js";
import { CERTIFIER, toyRsa } from "./toy-security.js";

const JID = "4A6B-5638@spime.example/Spime";
const FOLDED = "4a6b-5638@spime.example/Spime";
/** 1,024 bits, odd. */
const MODULUS = "\xc3" + repeated("\x55", 127);
const EXPONENT = "\x01\0\x01";
const NO_KEY = "! cancel no-available-public-key";
const CORRUPTED = "! cancel signature-error-public-key-corrupted";

interface World {
  ring: KeyRing;
  files: { [name: string]: string | undefined };
  writes: number;
  /** The store has no room. */
  isFull: boolean;
  prepared: number;
  lines: string[];
  asked: string[];
  answer: (answer: Element | undefined) => void;
}

function create(files?: World["files"]): World {
  const rsa = toyRsa();
  const prepare = rsa.prepare;
  const world: World = {
    ring: createKeyRing(
      {
        session: {
          start: function () {},
          stop: function () {},
          jid: function () {
            return "board@spime.example/spime";
          },
          isOnline: function () {
            return true;
          },
          ask: function (to, type, payload, onAnswer) {
            world.asked.push(to + " " + type + " " + payload);
            world.answer = typed(onAnswer);
            return "id";
          },
        },
        store: {
          read: function (name) {
            return world.files[name];
          },
          write: function (name, bytes) {
            if (world.isFull) throw new Error("Unable to find or create file");
            world.writes++;
            world.files[name] = bytes;
          },
        },
        log: {
          write: function (level, line) {
            world.lines.push(level + " " + line);
          },
        },
        rsa: rsa,
        sha1: TOY_HASHES[1],
      },
      CERTIFIER,
    ),
    files: files || {},
    writes: 0,
    isFull: false,
    prepared: 0,
    lines: [],
    asked: [],
    answer: function () {},
  };
  rsa.prepare = function (modulus, exponent, onDone) {
    world.prepared++;
    prepare(modulus, exponent, onDone);
  };
  return world;
}

function result(keyInfo: string, jid?: string): string {
  const owner = " jid='" + (jid || FOLDED) + "'";
  return (
    "<iq type='result'><pubkeys xmlns='urn:xmpp:tmp:pubkey'" +
    owner +
    ">" +
    keyInfo +
    "</pubkeys></iq>"
  );
}

function keyInfo(modulus: string, exponent: string): string {
  return (
    "<KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><KeyValue><RSAKeyValue><Modulus>" +
    toBase64(modulus) +
    "</Modulus><Exponent>" +
    toBase64(exponent) +
    "</Exponent></RSAKeyValue></KeyValue></KeyInfo>"
  );
}

/** What comes of an answer: `n e` in short, or the error. */
function outcomeOf(world: World, answer: string | undefined): string {
  let outcome = "nothing";
  world.ring.find(JID, function (key, error) {
    outcome = key === undefined ? "! " + error : fieldOf(key, "n=") + fieldOf(key, "e=");
  });
  if (answer !== undefined) world.answer(stanza(answer));
  return outcome;
}

/** OpenSSL's MPI, as the author's library writes it. */
function mpi(number: string): string {
  return "\0\0" + String.fromCharCode(number.length >> 8, number.length & 255) + number;
}

const GOOD = result(keyInfo(MODULUS, EXPONENT));
const REFUSED: [what: string, answer: string][] = [
  ["1,023 bits", result(keyInfo("\x7f" + MODULUS.slice(1), EXPONENT))],
  ["127 bytes", result(keyInfo(MODULUS.slice(1), EXPONENT))],
  ["more than 4,096 bits", result(keyInfo(repeated("\xff", 513), EXPONENT))],
  ["an even modulus", result(keyInfo(MODULUS.slice(0, 127) + "\x54", EXPONENT))],
  ["an exponent of 1", result(keyInfo(MODULUS, "\x01"))],
  ["an exponent of 5 bytes", result(keyInfo(MODULUS, "\x01\0\0\0\x01"))],
  ["no exponent", result(keyInfo(MODULUS, ""))],
  ["no key", result("")],
  ["no base64", result(keyInfo(MODULUS, EXPONENT).split("<Modulus>").join("<Modulus>*"))],
  ["somebody else's key", result(keyInfo(MODULUS, EXPONENT), "eve@spime.example/Spime")],
  [
    "the owner with another resource",
    result(keyInfo(MODULUS, EXPONENT), "4a6b-5638@spime.example/spime"),
  ],
];

export const keyRingSuite = suite("openspime/key-ring", function (test) {
  test("asks the certification service as the document prints it", function () {
    const world = create();
    equal(outcomeOf(world, GOOD), MODULUS + EXPONENT);
    equal(world.asked, [
      CERTIFIER + ' get <pubkeys xmlns="urn:xmpp:tmp:pubkey" jid="' + JID + '"/>',
    ]);
  });

  test("a store without room: the key is used all the same, and asked for again", function () {
    const world = create();
    world.isFull = true;
    equal(outcomeOf(world, GOOD), MODULUS + EXPONENT);
    equal(outcomeOf(world, GOOD), MODULUS + EXPONENT);
    equal(world.asked.length, 2);
  });

  test("what was prepared once is in the store for the next time, and after a restart", function () {
    const world = create();
    outcomeOf(world, GOOD);
    equal(outcomeOf(world, undefined), MODULUS + EXPONENT);
    const restarted = create(world.files);
    equal(outcomeOf(restarted, undefined), MODULUS + EXPONENT);
    equal([world.asked.length, world.prepared, restarted.asked.length], [1, 1, 0]);
  });

  test("a key that another arithmetic has prepared is asked for again", function () {
    const world = create();
    outcomeOf(world, GOOD);
    for (const name in world.files) {
      world.files[name] = (world.files[name] || "").split("toy ").join("other ");
    }
    outcomeOf(world, GOOD);
    equal([world.asked.length, world.prepared], [2, 2]);
  });

  test("distrusted: asked for again; the same key is neither prepared nor written again", function () {
    const world = create();
    outcomeOf(world, GOOD);
    world.ring.distrust(FOLDED);
    equal(outcomeOf(world, GOOD), MODULUS + EXPONENT);
    equal([world.asked.length, world.prepared, world.writes], [2, 1, 1]);
    const other = MODULUS.slice(0, 127) + "\x57";
    world.ring.distrust(FOLDED);
    equal(outcomeOf(world, result(keyInfo(other, EXPONENT))), other + EXPONENT);
    equal(outcomeOf(world, undefined), other + EXPONENT);
    equal([world.asked.length, world.prepared, world.writes], [3, 2, 2]);
  });

  test("distrusted, and the service does not answer: the old one is not given out", function () {
    const world = create();
    outcomeOf(world, GOOD);
    world.ring.distrust(FOLDED);
    let outcome = "";
    world.ring.find(JID, function (key, error) {
      outcome = key || error;
    });
    world.answer(undefined);
    equal(outcome, "wait  internal-server-error");
  });

  test("fills no store: twenty owners have four places", function () {
    const world = create();
    for (let index = 0; index < 20; index++) {
      const jid = "spime" + index + "@spime.example/x";
      world.ring.find(jid, function () {});
      world.answer(stanza(result(keyInfo(MODULUS, EXPONENT), jid)));
    }
    const names = Object.keys(world.files).sort();
    equal(names, ["microspime.key0", "microspime.key1", "microspime.key2", "microspime.key3"]);
  });

  test("a key under 2,048 bits is taken with a warning, others without", function () {
    const world = create();
    outcomeOf(world, GOOD);
    equal(world.lines, ["warn weak-key jid=" + FOLDED + " bits=1024"]);
    const strong = create();
    outcomeOf(strong, result(keyInfo(MODULUS + MODULUS, EXPONENT)));
    equal(strong.lines, []);
  });

  test("the numbers as the author's library writes them, and without KeyValue", function () {
    const xml = keyInfo(mpi("\0" + MODULUS), mpi(EXPONENT));
    equal(outcomeOf(create(), result(xml)), MODULUS + EXPONENT);
    const flat = xml.split("<KeyValue>").join("").split("</KeyValue>").join("");
    equal(outcomeOf(create(), result(flat)), MODULUS + EXPONENT);
  });

  test("blanks and zeros in front of the numbers", function () {
    const xml = keyInfo("\0\0" + MODULUS, "\0" + EXPONENT);
    const printed = xml
      .split("<Modulus>")
      .join("<Modulus> \n ")
      .split("</Modulus>")
      .join(" </Modulus>");
    equal(outcomeOf(create(), result(printed)), MODULUS + EXPONENT);
  });

  REFUSED.forEach(function (row) {
    test("refused: " + row[0], function () {
      const world = create();
      equal(outcomeOf(world, row[1]), CORRUPTED);
      equal(world.writes, 0);
    });
  });

  test("the service has no such key, does not answer, or RSA cannot prepare it", function () {
    const error = "<iq type='error'><error type='cancel'><item-not-found/></error></iq>";
    equal(outcomeOf(create(), error), NO_KEY);
    const world = create();
    let outcome = "";
    world.ring.find(JID, function (key, why) {
      outcome = key || why;
    });
    world.answer(undefined);
    equal(outcome, "wait  internal-server-error");
  });

  test("an address is escaped in the question", function () {
    const world = create();
    world.ring.find("a@b/\"<&'", function () {});
    equal(world.asked[0].split('jid="')[1], "a@b/&quot;&lt;&amp;'\"/>");
  });

  test("a record keeps its fields apart", function () {
    const record = fieldBytes("n=", "e=\0\x01x") + fieldBytes("e=", EXPONENT);
    equal(
      [fieldOf(record, "n="), fieldOf(record, "e="), fieldOf(record, "d=")],
      ["e=\0\x01x", EXPONENT, ""],
    );
    equal(fieldOf(fieldBytes("aa", repeated("b", 300)) + fieldBytes("cc", "d"), "cc"), "d");
  });
});
