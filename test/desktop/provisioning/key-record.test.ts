import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { takeKey } from "../../../src/desktop/provisioning/key-pair.js";
import { keyRecord, publicKeyRecord } from "../../../src/desktop/provisioning/key-record.js";
import type { Arithmetic } from "../../../src/desktop/provisioning/key-record.js";
import { numbersOf } from "../../../src/desktop/provisioning/rsa-numbers.js";
import { fieldOf } from "../../../src/firmware/crypto/key-record.js";
import { privateKey, readPem, SIZES } from "../openspime/support.js";

const board: Arithmetic = { limbBits: 22, accelerator: true };
const desktop: Arithmetic = { limbBits: 24, accelerator: false };

/** The fields in their order, read without the firmware's reader. */
function fieldsOf(record: Buffer): Map<string, Buffer> {
  const fields = new Map<string, Buffer>();
  let rest = record;
  while (rest.length > 0) {
    const tag = rest.toString("latin1", 0, 2);
    const end = 4 + rest.readUInt16BE(2);
    assert.ok(!fields.has(tag) && end <= rest.length, tag);
    fields.set(tag, rest.subarray(4, end));
    rest = rest.subarray(end);
  }
  return fields;
}

/** Number and width of a field. */
function reader(record: Buffer) {
  const fields = fieldsOf(record);
  const bytes = (tag: string) => fields.get(tag) ?? assert.fail(`no field ${tag}`);
  return {
    tags: [...fields.keys()],
    number: (tag: string) => BigInt(`0x${bytes(tag).toString("hex")}`),
    width: (tag: string) => bytes(tag).length,
  };
}

function assertLimbs(record: Buffer, limbBits: bigint, [square, inverse]: string): void {
  const { number, width } = reader(record);
  const base = 1n << limbBits;
  for (const name of ["n", "p", "q"]) {
    const modulus = number(`${name}=`);
    let r = 1n;
    // Above four times any number as wide.
    while (r < 4n << BigInt(8 * width(`${name}=`))) r *= base;
    assert.equal(number(name + square), (r * r) % modulus, `${name}${square}`);
    assert.equal(width(name + square), width(`${name}=`));
    assert.equal((number(name + inverse) * modulus + 1n) % base, 0n, `${name}${inverse}`);
    assert.ok(number(name + inverse) < base);
    assert.equal(width(name + inverse), 3);
  }
}

describe("Provisioning: the board's key record", () => {
  for (const bits of SIZES) {
    const key = privateKey(`spime-${bits}`);
    const record = keyRecord(key, board);

    it(`${bits} bits: the numbers of the PEM, each as wide as its modulus`, () => {
      const { number, width } = reader(record);
      const { n, e, d, p, q, dp, dq, qInv } = numbersOf(key);
      const tags = ["n=", "e=", "d=", "p=", "q=", "dp", "dq", "iq"];
      assert.deepEqual(tags.map(number), [n, e, d, p, q, dp, dq, qInv]);
      const [whole, half] = [bits / 8, bits / 16];
      assert.deepEqual(tags.map(width), [whole, 3, whole, half, half, half, half, half]);
    });

    it(`${bits} bits: constants of 22-bit limbs, and of 24-bit limbs`, () => {
      assertLimbs(record, 22n, "ri");
      assertLimbs(keyRecord(key, desktop), 24n, "RI");
    });

    it(`${bits} bits: constants of the accelerator`, () => {
      const { number, width } = reader(record);
      const n = number("n=");
      assert.equal(number("nw"), 2n ** BigInt(2 * bits) % n);
      assert.equal((number("nx") * n + 1n) % 2n ** 32n, 0n);
      assert.deepEqual([width("nw"), width("nx")], [bits / 8, 4]);
    });

    it(`${bits} bits: a known answer`, () => {
      const { number, width } = reader(record);
      const block = BigInt(`0x00${"5a".repeat(bits / 8 - 1)}`);
      assert.equal(number("kt"), power(block, number("e="), number("n=")));
      assert.equal(width("kt"), bits / 8);
    });

    it(`${bits} bits: signs by its primes as a whole key does`, () => {
      const { number } = reader(record);
      const [n, p, q, message] = [number("n="), number("p="), number("q="), 0x1234567890abcdefn];
      const [one, two] = [power(message, number("dp"), p), power(message, number("dq"), q)];
      const signature = two + q * ((((one - two) * number("iq")) % p) + (one < two ? p : 0n));
      assert.equal(signature % n, power(message, number("d="), n));
      assert.equal(power(signature % n, number("e="), n), message);
    });

    it(`${bits} bits: goes back to the same PEM`, () => {
      const { number } = reader(record);
      const text = (tag: string) => Buffer.from(hexOf(number(tag)), "hex").toString("base64url");
      const tags = { n: "n=", e: "e=", d: "d=", p: "p=", q: "q=", dp: "dp", dq: "dq", qi: "iq" };
      const numbers = Object.entries(tags).map(([name, tag]) => [name, text(tag)]);
      const jwk = { kty: "RSA", ...Object.fromEntries(numbers) };
      const again = createPrivateKey({ key: jwk, format: "jwk" });
      assert.equal(pemOf(again), readPem(`spime-${bits}`));
    });
  }

  it("has its fields in one order, and none that its board does not want", () => {
    const numbers = ["n=", "e=", "d=", "p=", "q=", "dp", "dq", "iq"];
    const key = privateKey("spime-1024");
    assert.deepEqual(reader(keyRecord(key, board)).tags, [
      ...numbers,
      ...["nr", "ni", "pr", "pi", "qr", "qi", "nw", "nx", "kt"],
    ]);
    assert.deepEqual(reader(keyRecord(key, desktop)).tags, [
      ...numbers,
      ...["nR", "nI", "pR", "pI", "qR", "qI", "kt"],
    ]);
  });

  it("has of a public key what the whole one says of its modulus, and nothing else", () => {
    const key = privateKey("spime-2048");
    for (const [arithmetic, tags] of [
      [board, ["n=", "e=", "nr", "ni", "nw", "nx"]],
      [desktop, ["n=", "e=", "nR", "nI"]],
    ] as const) {
      const whole = new Map(fieldsOf(keyRecord(key, arithmetic)));
      const half = [...fieldsOf(publicKeyRecord(createPublicKey(key), arithmetic))];
      assert.deepEqual(
        half,
        tags.map((tag) => [tag, whole.get(tag)]),
      );
    }
  });

  it("is read by the firmware", () => {
    const record = keyRecord(privateKey("spime-2048"), board);
    for (const [tag, bytes] of fieldsOf(record)) {
      assert.equal(fieldOf(record.toString("latin1"), tag), bytes.toString("latin1"), tag);
    }
    assert.equal(fieldOf(record.toString("latin1"), "zz"), "");
  });

  it("puts the greater prime first, and turns its inverse round", () => {
    const { p, q, dp, dq, qi, ...rest } = privateKey("spime-1024").export({ format: "jwk" });
    const [one, two] = [numberOf(p), numberOf(q)];
    assert.ok(one > two && qi);
    const inverse = power(one, two - 2n, two);
    const turned = { ...rest, p: q, q: p, dp: dq, dq: dp, qi: urlOf(inverse) };
    const key = takeKey(pemOf(createPrivateKey({ key: turned, format: "jwk" })));
    assert.ok(numbersOf(key).p < numbersOf(key).q);
    assert.deepEqual(keyRecord(key, board), keyRecord(privateKey("spime-1024"), board));
  });

  it("leaves out the accelerator's constants where words are not full", () => {
    const { privateKey: key } = opensslKey("1048");
    const { number, tags } = reader(keyRecord(key, board));
    assert.ok(!tags.includes("nw") && !tags.includes("nx"));
    assert.equal(hexOf(number("n=")).length, 262);
    assertLimbs(keyRecord(key, board), 22n, "ri");
    assertLimbs(keyRecord(key, desktop), 24n, "RI");
  });

  for (const form of ["PKCS#1", "PKCS#8"]) {
    it(`takes what openssl has made, in ${form}`, () => {
      const { pem, privateKey: key } = opensslKey("2048", form === "PKCS#1");
      assert.equal(/BEGIN RSA PRIVATE KEY/.test(pem), form === "PKCS#1");
      const { number } = reader(keyRecord(takeKey(pem), board));
      assert.equal(number("d="), numbersOf(key).d);
      assertLimbs(keyRecord(takeKey(pem), board), 22n, "ri");
    });
  }

  it("takes a pair, and no other", () => {
    const pem = readPem("spime-1024");
    assert.ok(takeKey(pem, readPem("spime-1024.pub")));
    assert.throws(() => takeKey(pem, readPem("scopenode-1024.pub")), /not that of the private key/);
  });

  for (const field of ["d", "p", "dp", "dq", "qi"] as const) {
    it(`takes no key whose ${field} is another's`, () => {
      const [own, other] = ["spime-1024", "scopenode-1024"].map((name) =>
        privateKey(name).export({ format: "jwk" }),
      );
      const mixed = { ...own, [field]: other?.[field] };
      let pem: string;
      try {
        pem = pemOf(createPrivateKey({ key: mixed, format: "jwk" }));
      } catch {
        return; // OpenSSL itself refuses it.
      }
      assert.throws(() => takeKey(pem), /do not belong together|not a PEM/);
    });
  }
});

function opensslKey(bits: string, isTraditional = false) {
  const form = isTraditional ? ["-traditional"] : [];
  const { stdout: pem, status } = spawnSync("openssl", ["genrsa", ...form, bits], {
    encoding: "utf8",
  });
  assert.equal(status, 0, "openssl is needed");
  return { pem, privateKey: createPrivateKey(pem) };
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs1", format: "pem" }));
}

function hexOf(value: bigint): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

function numberOf(text = ""): bigint {
  return BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);
}

function urlOf(value: bigint): string {
  return Buffer.from(hexOf(value), "hex").toString("base64url");
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
