// The random generator against HMAC_DRBG written a second time, on node:crypto and buffers after the text of
// NIST SP 800-90A rev. 1; and through thousands of boots whose power goes while the state is written.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { createDrbg, createRandom } from "../../src/firmware/crypto/random.js";
import { createCutStore, POWER_CUT } from "../portable/cut-store.js";
import { CAVP } from "../portable/random.suite.js";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Section 10.1.2, with the names of its pseudocode. */
class HmacDrbg {
  private Key: Uint8Array = Buffer.alloc(32, 0x00);
  private V: Uint8Array = Buffer.alloc(32, 0x01);

  constructor(entropyInput: Buffer, nonce: Buffer, personalizationString: Buffer) {
    this.update(Buffer.concat([entropyInput, nonce, personalizationString]));
  }

  private hmac(...data: Uint8Array[]): Uint8Array {
    const mac = createHmac("sha256", this.Key);
    for (const part of data) mac.update(part);
    return mac.digest();
  }

  private update(providedData: Buffer): void {
    this.Key = this.hmac(this.V, Buffer.of(0x00), providedData);
    this.V = this.hmac(this.V);
    if (providedData.length === 0) return;
    this.Key = this.hmac(this.V, Buffer.of(0x01), providedData);
    this.V = this.hmac(this.V);
  }

  generate(requestedBytes: number, additionalInput: Buffer): Buffer {
    if (additionalInput.length > 0) this.update(additionalInput);
    const temp: Uint8Array[] = [];
    while (Buffer.concat(temp).length < requestedBytes) {
      this.V = this.hmac(this.V);
      temp.push(this.V);
    }
    const returnedBits = Buffer.concat(temp).subarray(0, requestedBytes);
    this.update(additionalInput);
    return returnedBits;
  }
}

/** The portable hash in all but its speed. */
const SHA256: Hash = {
  name: "SHA-256",
  digest: (bytes) => latin1(createHash("sha256").update(bytes, "latin1").digest()),
  pbkdf2: () => assert.fail("nobody needs it here"),
};

describe("HMAC_DRBG and one made of node:crypto", () => {
  for (const [title, seed, personalization, first, second, returned] of CAVP) {
    it(`agree with NIST CAVP: ${title}`, () => {
      const hex = (text: string) => Buffer.from(text, "hex");
      const bytes = hex(seed);
      const oracle = new HmacDrbg(bytes.subarray(0, 32), bytes.subarray(32), hex(personalization));
      oracle.generate(128, hex(first));
      assert.equal(oracle.generate(128, hex(second)).toString("hex"), returned);
    });
  }

  it("agree with each other on any input", () => {
    const data = fc.uint8Array({ maxLength: 100 });
    const call = fc.tuple(fc.integer({ min: 0, max: 300 }), data);
    fc.assert(
      fc.property(data, fc.array(call, { maxLength: 5 }), (seed, calls) => {
        const oracle = new HmacDrbg(Buffer.from(seed), Buffer.alloc(0), Buffer.alloc(0));
        const generate = createDrbg(PORTABLE_HASHES[0], latin1(seed));
        for (const [count, additional] of calls) {
          const expected = oracle.generate(count, Buffer.from(additional));
          assert.equal(generate(count, latin1(additional)), latin1(expected));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("random through thousands of boots", function () {
  this.timeout(60_000);
  const SEED = "0123456789abcdef".repeat(3);
  const HOUR_MS = 3_600_000;

  /** Deterministic, so that a failure comes again. */
  function createDice(seed: number) {
    let count = 0;
    return (sides: number) => {
      const digest = createHash("sha256").update(`${seed} ${count++}`).digest();
      return digest.readUInt32BE(0) % sides;
    };
  }

  /** Boots and takes bytes until the power goes; what it took is put into `seen`. */
  function run(store: ReturnType<typeof createCutStore>, dice: (sides: number) => number) {
    const seen: string[] = [];
    let nowMs = 0;
    store.powerOn();
    if (dice(2)) store.cutAt(dice(4));
    try {
      const random = createRandom(
        SHA256,
        store,
        () => "",
        () => nowMs,
      );
      for (let hours = dice(4); hours >= 0; hours--) {
        assert.ok(random.isSeeded());
        seen.push(random.bytes(16));
        if (dice(3) === 0) store.cutAt(dice(4));
        nowMs += HOUR_MS + 1;
      }
    } catch (error) {
      if ((error as Error).message !== POWER_CUT) throw error;
    }
    return seen;
  }

  it("repeats nothing and loses no seed, wherever the power goes", () => {
    const store = createCutStore();
    const dice = createDice(1);
    const all: string[] = [];
    store.files["microspime.seed"] = SEED;
    for (let boot = 0; boot < 5000; boot++) {
      all.push(...run(store, dice));
      assert.equal(store.files["microspime.seed"], SEED);
    }
    assert.ok(all.length > 4000, `only ${all.length} outputs`);
    assert.equal(new Set(all).size, all.length);
  });

  it("repeats nothing when the power goes at each single place, many times running", () => {
    for (const place of [0, 1, 2, 3]) {
      const store = createCutStore();
      const all: string[] = [];
      store.files["microspime.seed"] = SEED;
      for (let boot = 0; boot < 1000; boot++) {
        store.powerOn();
        // Two of three boots come to nothing.
        if (boot % 3) store.cutAt(place);
        const take = () =>
          createRandom(
            SHA256,
            store,
            () => "",
            () => 0,
          ).bytes(16);
        if (boot % 3) assert.throws(take, { message: POWER_CUT });
        else all.push(take());
      }
      assert.equal(new Set(all).size, 334);
    }
  });

  it("would notice: a store that forgets repeats", () => {
    const taken = [1, 2].map(() => {
      const store = createCutStore();
      store.files["microspime.seed"] = SEED;
      return createRandom(
        SHA256,
        store,
        () => "",
        () => 0,
      ).bytes(16);
    });
    assert.equal(taken[0], taken[1]);
  });
});
