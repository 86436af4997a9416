// The one suite of RSA's providers (src/firmware/crypto/rsa.ts). Its answers are powers that BigInt
// computed on Node, and signatures of the protocol author's library (test/support/write-rsa-data.ts).

import { fromBase64 } from "../../src/firmware/bytes.js";
import { fieldOf } from "../../src/firmware/crypto/key-record.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { toHex } from "./hex.js";
import { equal, ok } from "./suite.js";

/** All in Base64. */
export interface RsaKeyData {
  name: string;
  /** The record without the constants of an arithmetic. */
  plain: string;
  /** Constants for limbs of 22 bits, and of 24. */
  dot: string;
  loop: string;
  /** Numbers as long as the modulus, and their private and public powers. */
  blocks: string;
  sealed: string;
  opened: string;
}

/** Which constants a provider takes, and the last letters of their tags. */
export interface Constants {
  of: "dot" | "loop" | "none";
  tags: string;
}

export type DefineTest = (name: string, run: () => void) => void;

const paused: (() => void)[] = [];

/** What a provider pauses by. */
export function pause(next: () => void): void {
  paused.push(next);
}

/** Runs what waits, to the end. */
export function drain(): void {
  for (let next = paused.shift(); next; next = paused.shift()) next();
}

const outcomes: (string | undefined)[] = [];

function takeOutcome(result: string | undefined): void {
  outcomes.push(result);
}

/** The outcome of the operation that was just asked for; it has to come just once. */
function theOutcome(): string | undefined {
  drain();
  equal(outcomes.length, 1, "outcomes");
  return outcomes.pop();
}

export function powerBy(
  rsa: RsaProvider,
  key: string,
  isPrivate: boolean,
  block: string,
): string | undefined {
  rsa.power(key, isPrivate, block, takeOutcome);
  return theOutcome();
}

function preparedBy(rsa: RsaProvider, modulus: string, exponent: string): string | undefined {
  rsa.prepare(modulus, exponent, takeOutcome);
  return theOutcome();
}

/** Byte strings would be unreadable in a message. */
export function equalBytes(actual: string | undefined, expected: string, what: string): void {
  equal(actual === undefined ? "undefined" : toHex(actual), toHex(expected), what);
}

export function recordOf(data: RsaKeyData, constants: Constants): string {
  return fromBase64(data.plain) + constantsOf(data, constants);
}

function constantsOf(data: RsaKeyData, constants: Constants): string {
  return constants.of === "none" ? "" : fromBase64(constants.of === "dot" ? data.dot : data.loop);
}

function modulusOf(data: RsaKeyData): string {
  return fieldOf(fromBase64(data.plain), "n=");
}

function pieceOf(bytes: string, index: number, length: number): string {
  return fromBase64(bytes).slice(index * length, (index + 1) * length);
}

/** The number above. */
function incremented(bytes: string): string {
  const last = bytes.length - 1;
  const code = bytes.charCodeAt(last);
  return code < 255
    ? bytes.slice(0, last) + String.fromCharCode(code + 1)
    : incremented(bytes.slice(0, last)) + "\0";
}

/** Both powers of every block. */
export function answerTests(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  privateTest(test, rsa, constants, data);
  publicTest(test, rsa, constants, data);
}

function eachBlock(
  data: RsaKeyData,
  answers: string,
  run: (block: string, answer: string) => void,
): void {
  const length = modulusOf(data).length;
  const count = fromBase64(data.blocks).length / length;
  for (let index = 0; index < count; index++) {
    run(pieceOf(data.blocks, index, length), pieceOf(answers, index, length));
  }
}

export function privateTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  test(data.name + ": private powers", function () {
    const key = recordOf(data, constants);
    eachBlock(data, data.sealed, function (block, answer) {
      equalBytes(powerBy(rsa, key, true, block), answer, toHex(block));
    });
  });
}

export function publicTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  test(data.name + ": public powers, and the known answer", function () {
    const key = recordOf(data, constants);
    eachBlock(data, data.opened, function (block, answer) {
      equalBytes(powerBy(rsa, key, false, block), answer, toHex(block));
    });
    const known = fieldOf(key, "kt");
    const question = "\0" + new Array(known.length).join("Z");
    if (question < fieldOf(key, "n=")) {
      equalBytes(powerBy(rsa, key, false, question), known, "known answer");
    }
  });
}

/** A key prepared by the provider has just the constants that BigInt computed, and works. */
export function prepareTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  test(data.name + ": prepared", function () {
    const plain = fromBase64(data.plain);
    const modulus = fieldOf(plain, "n=");
    const exponent = fieldOf(plain, "e=");
    const record = preparedBy(rsa, modulus, exponent);
    if (record === undefined) throw new Error("there is no record");
    equalBytes(fieldOf(record, "n="), modulus, "n=");
    equalBytes(fieldOf(record, "e="), exponent, "e=");
    const expected = constantsOf(data, constants);
    for (let at = 0; at < constants.tags.length; at++) {
      const tag = "n" + constants.tags.charAt(at);
      equalBytes(fieldOf(record, tag), fieldOf(expected, tag), tag);
    }
    const block = pieceOf(data.blocks, 0, modulus.length);
    const answer = pieceOf(data.opened, 0, modulus.length);
    equalBytes(powerBy(rsa, record, false, block), answer, "public power");
    equal(powerBy(rsa, record, true, block), undefined, "private power of a public key");
  });
}

/** Blocks that are no number below the modulus. */
export function refusalTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  test(data.name + ": no power of what is not below the modulus, or not as long", function () {
    const key = recordOf(data, constants);
    const modulus = fieldOf(key, "n=");
    const refused = [
      modulus,
      incremented(modulus),
      new Array(modulus.length + 1).join("\xff"),
      "",
      "\x01",
      modulus.slice(1),
      "\0" + modulus,
      modulus + "\0",
      "\0" + pieceOf(data.blocks, 2, modulus.length),
      pieceOf(data.blocks, 2, modulus.length).slice(1),
    ];
    refused.forEach(function (block) {
      equal(powerBy(rsa, key, false, block), undefined, "public, " + toHex(block));
      equal(powerBy(rsa, key, true, block), undefined, "private, " + toHex(block));
    });
  });
}

/** The fields of a record whose tags are not in the list. */
function without(record: string, tags: string[]): string {
  let kept = "";
  for (let at = 0; at < record.length;) {
    const end = at + 4 + record.charCodeAt(at + 2) * 256 + record.charCodeAt(at + 3);
    if (tags.indexOf(record.slice(at, at + 2)) < 0) kept += record.slice(at, end);
    at = end;
  }
  return kept;
}

const PRIVATE_FIELDS = ["d=", "p=", "q=", "dp", "dq", "iq"];

/** Whatever is not in a record, or cut off: no result, or one that its check refuses; never an exception. */
export function incompleteTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
): void {
  const block = function () {
    return pieceOf(data.blocks, 2, modulusOf(data).length);
  };

  test(data.name + ": no private power without the private part", function () {
    const key = without(
      recordOf(data, constants),
      PRIVATE_FIELDS.concat(["pr", "pi", "qr", "qi", "pR", "pI", "qR", "qI"]),
    );
    equal(powerBy(rsa, key, true, block()), undefined);
    ok(powerBy(rsa, key, false, block()) !== undefined, "public");
  });

  test(data.name + ": no power without the constants", function () {
    const key = recordOf(data, constants);
    if (constants.of === "none") return;
    ["n", "p", "q"].forEach(function (letter) {
      const tags = [letter + constants.tags.charAt(0), letter + constants.tags.charAt(1)];
      equal(powerBy(rsa, without(key, tags), true, block()), undefined, tags[0]);
    });
    equal(powerBy(rsa, fromBase64(data.plain), true, block()), undefined, "none, private");
    equal(powerBy(rsa, fromBase64(data.plain), false, block()), undefined, "none, public");
  });

  test(data.name + ": a record that was cut, anywhere", function () {
    const key = recordOf(data, constants);
    const right = pieceOf(data.sealed, 2, modulusOf(data).length);
    for (let end = 0; end < key.length - 4; end += 29) {
      const result = powerBy(rsa, key.slice(0, end), true, block());
      if (constants.of !== "none") ok(result !== right, end + " bytes");
    }
    equal(powerBy(rsa, "", false, ""), undefined, "no record");
  });
}

/** A modulus from elsewhere may be anything; a provider that never ends would stop the board. */
export function badModulusTest(test: DefineTest, rsa: RsaProvider): void {
  test("no record for a modulus that is even, zero or missing", function () {
    ["\xff\xff\xff\xfe", "\0\0\0\0\0", "\0", "", "\x80\0\0"].forEach(function (modulus) {
      equal(preparedBy(rsa, modulus, "\x03"), undefined, toHex(modulus));
    });
  });
}

/** Nothing of one operation lies where another works. */
export function interleavedTest(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  first: RsaKeyData,
  second: RsaKeyData,
): void {
  test("two operations in turns", function () {
    const results: (string | undefined)[] = [];
    [first, second].forEach(function (data, index) {
      const block = pieceOf(data.blocks, 2, modulusOf(data).length);
      rsa.power(recordOf(data, constants), true, block, function (result) {
        results[index] = result;
      });
    });
    drain();
    [first, second].forEach(function (data, index) {
      equalBytes(results[index], pieceOf(data.sealed, 2, modulusOf(data).length), data.name);
    });
  });
}

/** All that costs little. */
export function smallKeyTests(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  keys: RsaKeyData[],
): void {
  keys.forEach(function (data) {
    answerTests(test, rsa, constants, data);
    prepareTest(test, rsa, constants, data);
  });
  refusalTest(test, rsa, constants, keys[0]);
  refusalTest(test, rsa, constants, keys[2]);
  incompleteTest(test, rsa, constants, keys[0]);
  badModulusTest(test, rsa);
  interleavedTest(test, rsa, constants, keys[0], keys[1]);
}

/** The signature of a stanza by the protocol author's library: its digest, sealed. */
export function signatureTests(
  test: DefineTest,
  rsa: RsaProvider,
  constants: Constants,
  data: RsaKeyData,
  vector: { digest: string; sign: string },
  isPublicOnly?: boolean,
): void {
  const blockOf = function (length: number): string {
    const digest = fromBase64(vector.digest);
    return "\0\x01" + new Array(length - digest.length - 2).join("\xff") + "\0" + digest;
  };

  test(data.name + ": opens the library's signature", function () {
    const key = recordOf(data, constants);
    const block = blockOf(modulusOf(data).length);
    equalBytes(powerBy(rsa, key, false, fromBase64(vector.sign)), block, "opened");
  });

  if (isPublicOnly) return;
  test(data.name + ": makes the library's signature", function () {
    const key = recordOf(data, constants);
    const block = blockOf(modulusOf(data).length);
    equalBytes(powerBy(rsa, key, true, block), fromBase64(vector.sign), "sealed");
  });
}
