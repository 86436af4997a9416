import assert from "node:assert/strict";
import { constants, privateEncrypt, publicEncrypt } from "node:crypto";
import {
  decryptChunks,
  encryptChunks,
  isSealOf,
  PADDING_BYTES,
  sealWithPrivateKey,
  startOfData,
} from "../../../src/desktop/openspime/rsa.js";
import { privateKey, publicKey, publicKeyOfExponent3 } from "./support.js";

const padding = constants.RSA_NO_PADDING;
const digest = Buffer.alloc(20, 0xab);
const KEY_BYTES = 128;

/** A block with these octets first and last, and `fill` between. */
function block(head: number[], fill: number, tail: number[]): Buffer {
  const bytes = Buffer.alloc(KEY_BYTES, fill);
  Buffer.from(head).copy(bytes);
  Buffer.from(tail).copy(bytes, KEY_BYTES - tail.length);
  return bytes;
}

describe("OpenSpime: PKCS#1 type 1", () => {
  const key = publicKey("spime-1024");
  const tail = [0, ...digest];
  const seal = (bytes: Buffer) => privateEncrypt({ key: privateKey("spime-1024"), padding }, bytes);

  it("seals and recognises", () => {
    const sealed = sealWithPrivateKey(digest, privateKey("spime-1024"));
    assert.deepEqual(sealed, seal(block([0, 1], 0xff, tail)));
    assert.equal(isSealOf(digest, sealed, key), true);
    assert.equal(isSealOf(Buffer.alloc(20), sealed, key), false);
  });

  const malformed: [name: string, bytes: Buffer][] = [
    ["type 0", block([0, 0], 0xff, tail)],
    ["type 2", block([0, 2], 0xff, tail)],
    ["a first octet that is not 0", block([1, 1], 0xff, tail)],
    ["padding that is not FF", block([0, 1, 0xfe], 0xff, tail)],
    ["a last padding octet that is not FF", block([0, 1], 0xff, [0xfe, ...tail])],
    ["no zero", block([0, 1], 0xff, [1, ...digest])],
    ["an early zero", block([0, 1, 0xff, 0], 0xff, tail)],
    ["text after the digest (Bleichenbacher 2006)", block([0, 1, 255, 255, 0, ...digest], 7, [])],
    ["a digest that is cut", block([0, 1], 0xff, [0, ...digest.subarray(1)])],
    ["a DigestInfo", block([0, 1], 0xff, [0, 0x30, 0x21, 0x30, 9, ...digest])],
    ["nothing", Buffer.alloc(KEY_BYTES)],
  ];
  for (const [name, bytes] of malformed) {
    it(`refuses ${name}`, () => assert.equal(isSealOf(digest, seal(bytes), key), false));
  }

  it("refuses Bleichenbacher's forgery: a root of a block with the digest in front, e = 3", () => {
    // 00 01 FF…FF 00 digest, then whatever makes the number nearly a cube.
    const front = Buffer.concat([Buffer.from([0, 1, ...Array(8).fill(0xff), 0]), digest]);
    const wanted = BigInt(`0x${Buffer.concat([front, Buffer.alloc(97, 0xff)]).toString("hex")}`);
    const forged = cubeRoot(wanted);
    const shown = (forged ** 3n).toString(16).padStart(2 * KEY_BYTES, "0");
    assert.ok(shown.startsWith(front.toString("hex")));
    const key = publicKeyOfExponent3();
    const signature = Buffer.from(forged.toString(16).padStart(2 * KEY_BYTES, "0"), "hex");
    assert.equal(isSealOf(digest, signature, key), false);
  });

  it("refuses wrong lengths and numbers above the modulus", () => {
    const sealed = sealWithPrivateKey(digest, privateKey("spime-1024"));
    for (const bytes of [
      sealed.subarray(1),
      Buffer.concat([Buffer.alloc(1), sealed]),
      Buffer.alloc(0),
    ]) {
      assert.equal(isSealOf(digest, bytes, key), false);
    }
    assert.equal(isSealOf(digest, Buffer.alloc(KEY_BYTES, 0xff), key), false);
  });
});

describe("OpenSpime: PKCS#1 type 2", () => {
  const recipient = privateKey("scopenode-1024");
  const to = publicKey("scopenode-1024");
  const room = KEY_BYTES - PADDING_BYTES;

  for (const length of [1, room - 1, room, room + 1, 2 * room, 2 * room + 1]) {
    it(`reads back ${length} octets`, () => {
      const data = Buffer.alloc(length, "spime");
      const blocks = encryptChunks(data, to);
      assert.equal(blocks.length, Math.ceil(length / room) * KEY_BYTES);
      assert.deepEqual(decryptChunks(blocks, recipient), data);
    });
  }

  const malformed: [name: string, bytes: Buffer][] = [
    ["type 1", block([0, 1], 0xff, [0, 7])],
    ["type 0", block([0, 0], 0xff, [0, 7])],
    ["a first octet that is not 0", block([1, 2], 0xff, [0, 7])],
    ["padding of seven octets", block([0, 2, 1, 1, 1, 1, 1, 1, 1, 0], 0xff, [])],
    ["no zero", block([0, 2], 0xff, [])],
    ["nothing", Buffer.alloc(KEY_BYTES)],
  ];
  for (const [name, bytes] of malformed) {
    it(`refuses ${name}`, () => {
      assert.equal(startOfData(bytes), 0);
      if (bytes[0] !== 0) return;
      assert.equal(decryptChunks(publicEncrypt({ key: to, padding }, bytes), recipient), undefined);
    });
  }

  it("takes padding of eight octets", () => {
    const bytes = block([0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0], 7, []);
    assert.equal(startOfData(bytes), 11);
  });

  it("refuses blocks of a wrong length, too many, and numbers above the modulus", () => {
    const one = encryptChunks(Buffer.from("x"), to);
    for (const bytes of [Buffer.alloc(0), one.subarray(1), Buffer.concat(Array(9).fill(one))]) {
      assert.equal(decryptChunks(bytes, recipient), undefined);
    }
    assert.equal(decryptChunks(Buffer.alloc(KEY_BYTES, 0xff), recipient), undefined);
    assert.equal(
      decryptChunks(Buffer.concat([one, Buffer.alloc(KEY_BYTES, 0xff)]), recipient),
      undefined,
    );
  });
});

function cubeRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 400n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** 3n <= value) low = middle;
    else high = middle;
  }
  return low;
}
