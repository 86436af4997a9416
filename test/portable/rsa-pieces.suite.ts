// Blocks of type 2: PKCS#1 v1.5 (RFC 2313 section 8.1), a block for each piece of a text.

import { decryptPieces, encryptPieces } from "../../src/firmware/crypto/rsa-blocks.js";
import { repeated, toHex } from "./hex.js";
import { countingRsa, counted, damaged, filled, keyOf } from "./rsa-blocks-world.js";
import { setFault, take, taken } from "./rsa-blocks-world.js";
import { KEY_256 } from "./rsa-data.js";
import { powerBy } from "./rsa-provider.js";
import { equal, ok, suite } from "./suite.js";

const LENGTH = 32;
const ROOM = LENGTH - 11;
const MOST_BLOCKS = 4;

/** Bytes in turn, zeros among them. */
const random = {
  next: 0,
  bytes: function (count: number): string {
    let bytes = "";
    while (count--) bytes += String.fromCharCode((random.next = (random.next + 85) & 255));
    return bytes;
  },
};

const zerosAtFirst = {
  asked: 0,
  bytes: function (count: number): string {
    return repeated(zerosAtFirst.asked++ < 3 ? "\0" : "\x81", count);
  },
};

function encrypted(key: string, text: string): unknown {
  encryptPieces(countingRsa, key, text, random, take);
  return taken();
}

function decrypted(key: string, blocks: string): unknown {
  decryptPieces(countingRsa, key, blocks, take);
  return taken();
}

/** A block of that form, encrypted to the key. */
function closed(key: string, block: string): string {
  return powerBy(countingRsa, key, false, block) as string;
}

const EIGHT = repeated("\x2a", 8);
const GOOD = filled("\0\x02", "\x2a", "\0text", LENGTH);

const MALFORMED: [string, string][] = [
  ["a first byte that is not zero", filled("\x01\x02", "\x2a", "\0text", LENGTH)],
  ["block type 0", filled("\0\0", "\x2a", "\0text", LENGTH)],
  ["block type 1", filled("\0\x01", "\xff", "\0text", LENGTH)],
  ["block type 3", filled("\0\x03", "\x2a", "\0text", LENGTH)],
  ["a zero at once", filled("\0\x02\0", "\x2a", "", LENGTH)],
  [
    "a zero as the last of the first eight",
    filled("\0\x02" + EIGHT.slice(1) + "\0", "\x2a", "", LENGTH),
  ],
  ["a zero among the first eight, and one after", filled("\0\x02aaa\0aaaaaaa\0", "t", "", LENGTH)],
  ["no zero at all", filled("\0\x02", "\x2a", "", LENGTH)],
  ["zeros only", repeated("\0", LENGTH)],
];

export const rsaPiecesSuite = suite("crypto/rsa-blocks, type 2", function (test) {
  test("texts around the length of a piece", function () {
    setFault();
    const key = keyOf(KEY_256);
    [1, ROOM - 1, ROOM, ROOM + 1, 2 * ROOM, 2 * ROOM + 1].forEach(function (length) {
      const text = repeated("\0\xe9t", length).slice(0, length);
      const blocks = encrypted(key, text) as string;
      equal(blocks.length, Math.ceil(length / ROOM) * LENGTH);
      equal(toHex(decrypted(key, blocks) as string), toHex(text), length + " bytes");
    });
  });

  test("an empty text has no block, and no block no text", function () {
    equal(encrypted(keyOf(KEY_256), ""), "");
    equal(decrypted(keyOf(KEY_256), ""), undefined);
  });

  test("the padding has no zero, whatever the random bytes are", function () {
    setFault();
    const key = keyOf(KEY_256);
    zerosAtFirst.asked = 0;
    encryptPieces(countingRsa, key, "text", zerosAtFirst, take);
    const block = powerBy(countingRsa, key, true, taken() as string) as string;
    equal(toHex(block), toHex(filled("\0\x02", "\x81", "\0text", LENGTH)));
    const mixed = powerBy(countingRsa, key, true, encrypted(key, "text") as string) as string;
    equal(mixed.indexOf("\0", 2), LENGTH - 5);
  });

  test("the same text twice is not the same blocks", function () {
    const key = keyOf(KEY_256);
    ok(encrypted(key, "text") !== encrypted(key, "text"), "the same");
  });

  test("takes eight bytes of padding, and no data", function () {
    setFault();
    const key = keyOf(KEY_256);
    const full = filled("\0\x02" + EIGHT + "\0", "t", "", LENGTH);
    equal(decrypted(key, closed(key, full)), repeated("t", ROOM));
    equal(decrypted(key, closed(key, filled("\0\x02", "\x2a", "\0", LENGTH))), "");
    equal(
      decrypted(key, closed(key, filled("\0\x02" + EIGHT + "\0", "\0", "", LENGTH))),
      repeated("\0", ROOM),
    );
  });

  MALFORMED.forEach(function (malformation) {
    test("refuses " + malformation[0], function () {
      setFault();
      const key = keyOf(KEY_256);
      equal(malformation[1].length, LENGTH);
      equal(decrypted(key, closed(key, malformation[1])), undefined);
    });
  });

  test("refuses lengths that are no multiple, and too many blocks, without any power", function () {
    const key = keyOf(KEY_256);
    const block = closed(key, GOOD);
    setFault();
    equal(decrypted(key, block.slice(1)), undefined, "a byte less");
    equal(decrypted(key, block + "\0"), undefined, "a byte more");
    equal(decrypted(key, repeated(block, MOST_BLOCKS + 1)), undefined, "too many");
    equal(counted.privatePowers + counted.publicPowers, 0);
    equal(decrypted(key, repeated(block, MOST_BLOCKS)), repeated("text", MOST_BLOCKS));
  });

  test("one bad block, wherever: all are opened, and there is no text", function () {
    const key = keyOf(KEY_256);
    const good = closed(key, GOOD);
    const bad = closed(key, MALFORMED[3][1]);
    [bad + good + good, good + bad + good, good + good + bad].forEach(function (blocks, index) {
      setFault();
      equal(decrypted(key, blocks), undefined, "bad is " + index);
      equal(counted.privatePowers, 3);
      equal(counted.publicPowers, 3);
    });
    setFault();
    equal(decrypted(key, good + repeated("\xff", LENGTH) + good), undefined, "above the modulus");
    equal(counted.privatePowers, 3);
  });

  test("a wrong result never opens a block", function () {
    setFault();
    const key = keyOf(KEY_256);
    const block = closed(key, GOOD);
    ["dp", "dq", "pr", "qr", "iq"].forEach(function (tag) {
      equal(decrypted(damaged(key, tag), block), undefined, tag);
    });
    // A provider that answers with a block of the right form, of its own.
    setFault(function (result, isPrivate) {
      return isPrivate ? GOOD : result;
    });
    equal(decrypted(key, closed(key, filled("\0\x02", "\x2a", "\0other", LENGTH))), undefined);
    setFault();
  });

  test("a provider that does nothing encrypts nothing", function () {
    setFault(function () {
      return undefined;
    });
    const key = keyOf(KEY_256);
    equal(encrypted(key, "text"), undefined);
    equal(encrypted(key, repeated("t", 2 * ROOM)), undefined);
    setFault();
  });
});
