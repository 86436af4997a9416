// The firmware's ciphers against node:crypto (OpenSSL) and aes-js, and Espruino's own one in the real engine:
// ESPRUINO=/path/to/espruino.

import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv } from "node:crypto";
import aes from "aes-js";
import fc from "fast-check";
import { decryptPadded, encryptPadded } from "../../src/firmware/crypto/cipher.js";
import { PORTABLE_CIPHER } from "../../src/firmware/crypto/portable-aes.js";
import { AES_VECTORS } from "../portable/aes.suite.js";
import { bundleForEspruino } from "../support/bundle.js";
import { runOnEspruino } from "../support/espruino.js";
import { assertPassed, findProgram } from "../support/suites.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const hex = (bytes: string) => Buffer.from(bytes, "latin1").toString("hex");

function encryptWithNode(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): string {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return cipher.update(plain).toString("latin1") + cipher.final().toString("latin1");
}

/** `undefined` when OpenSSL says that the padding is wrong. */
function decryptWithNode(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): string | undefined {
  const cipher = createDecipheriv("aes-256-cbc", key, iv);
  try {
    return cipher.update(bytes).toString("latin1") + cipher.final().toString("latin1");
  } catch {
    return undefined;
  }
}

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const keys = bytesOf(32);
const ivs = bytesOf(16);

describe("portable AES and others", () => {
  it("encrypt the same", () => {
    fc.assert(
      fc.property(keys, ivs, fc.uint8Array({ maxLength: 100 }), (key, iv, plain) => {
        const encrypted = encryptPadded(PORTABLE_CIPHER, text(key), text(iv), text(plain));
        assert.equal(hex(encrypted), hex(encryptWithNode(key, iv, plain)));
        const byAesJs = new aes.ModeOfOperation.cbc(key, iv).encrypt(aes.padding.pkcs7.pad(plain));
        assert.equal(hex(encrypted), hex(text(byAesJs)));
        assert.equal(decryptPadded(PORTABLE_CIPHER, text(key), text(iv), encrypted), text(plain));
      }),
    );
  });

  it("decrypt the same, and refuse the same paddings as OpenSSL does", () => {
    let taken = 0;
    const plains = fc
      .tuple(bytesOf(32), fc.nat(17), fc.nat(17))
      .map(([bytes, count, value]) => bytes.fill(value, 32 - count));
    fc.assert(
      fc.property(keys, ivs, plains, (key, iv, plain) => {
        const bytes = new aes.ModeOfOperation.cbc(key, iv).encrypt(plain);
        const expected = decryptWithNode(key, iv, bytes);
        assert.equal(decryptPadded(PORTABLE_CIPHER, text(key), text(iv), text(bytes)), expected);
        if (expected !== undefined) taken++;
      }),
      { numRuns: 1000 },
    );
    assert.ok(taken > 100 && taken < 900, `${taken} of 1000 were taken`);
  });
});

/** What an engine's own cipher has to do: NIST's vectors, and what node:crypto made of long and odd texts. */
function nativeProgram(): string {
  const cases = AES_VECTORS.map(([, ...vector]) => vector);
  const key = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
  const iv = Uint8Array.from({ length: 16 }, (_, index) => 128 + index);
  const padded = [0, 1, 15, 16, 255, 2000].map((length) => {
    const plain = Uint8Array.from({ length }, (_, index) => (index * 37 + 200) & 255);
    return hex(encryptWithNode(key, iv, plain));
  });
  return `
    import { decryptPadded, encryptPadded } from "firmware/crypto/cipher.js";
    import { NATIVE_CIPHER } from "firmware/ports/espruino.js";
    import { fromHex, repeated, toHex } from "suites/hex.js";
    import { equal, suite } from "suites/suite.js";
    import { runSuite } from "suites/run.js";
    var KEY = fromHex("${hex(text(key))}"), IV = fromHex("${hex(text(iv))}");
    function plain(length) {
      var bytes = "";
      for (var at = 0; at < length; at++) bytes += String.fromCharCode((at * 37 + 200) & 255);
      return bytes;
    }
    runSuite(suite("native AES", function (test) {
      ${JSON.stringify(cases)}.forEach(function (one, index) {
        test("vector " + index, function () {
          var key = fromHex(one[0]), iv = fromHex(one[1]);
          equal(toHex(NATIVE_CIPHER.encipher(key, iv, fromHex(one[2]))), one[3]);
          equal(toHex(NATIVE_CIPHER.decipher(key, iv, fromHex(one[3]))), one[2]);
        });
      });
      ${JSON.stringify(padded)}.forEach(function (encrypted, index) {
        var bytes = plain([0, 1, 15, 16, 255, 2000][index]);
        test(bytes.length + " bytes", function () {
          equal(toHex(encryptPadded(NATIVE_CIPHER, KEY, IV, bytes)), encrypted);
          equal(decryptPadded(NATIVE_CIPHER, KEY, IV, fromHex(encrypted)) === bytes, true);
        });
      });
      test("wrong paddings", function () {
        var whole = NATIVE_CIPHER.encipher(KEY, IV, repeated("a", 32));
        equal(decryptPadded(NATIVE_CIPHER, KEY, IV, whole), undefined);
        equal(decryptPadded(NATIVE_CIPHER, KEY, IV, whole.slice(1)), undefined);
        equal(decryptPadded(NATIVE_CIPHER, KEY, IV, ""), undefined);
        equal(decryptPadded(NATIVE_CIPHER, KEY.slice(8), IV, whole), undefined);
      });
    }));
  `;
}

describe("Espruino's AES", function () {
  this.timeout(60_000);
  const named = process.env.ESPRUINO;
  const binary = named === undefined ? undefined : findProgram(named);
  if (binary === undefined) {
    it.skip(
      named === undefined ? "skipped: set ESPRUINO" : `skipped: there is no ${named} (ESPRUINO)`,
    );
    return;
  }

  it("is NIST's and OpenSSL's", async () => {
    assertPassed(await runOnEspruino(binary, await bundleForEspruino(nativeProgram())));
  });
});
