// The driver of the RSA accelerator on a strict model of its registers, for every chip, against node:crypto.

import assert from "node:assert/strict";
import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from "node:crypto";
import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { readBoard, readChip } from "../../../../scripts/boards.js";
import type { Accelerator } from "../../src/firmware/board.js";
import { createEsp32Rsa } from "../../src/firmware/crypto/esp32-rsa.js";
import { fieldOf } from "../../src/firmware/crypto/key-record.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { privateRecord, publicNumbers, publicRecord } from "../support/key-record.js";
import { bytesOf, numberOf } from "../support/rsa-records.js";
import { RsaAccelerator } from "../support/rsa-accelerator.js";
import type { ChipName, Faults } from "../support/rsa-accelerator.js";

const CHIPS: readonly ChipName[] = ["esp32", "esp32s3", "esp32c3"];
const MAX_BITS = { esp32: 4096, esp32s3: 4096, esp32c3: 3072 };

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const pairs = new Map<string, KeyPair>();

function pairOf(bits: number, publicExponent = 65537): KeyPair {
  const name = `${bits},${publicExponent}`;
  const pair =
    pairs.get(name) ?? generateKeyPairSync("rsa", { modulusLength: bits, publicExponent });
  pairs.set(name, pair);
  return pair;
}

const padding = constants.RSA_NO_PADDING;

function expected({ privateKey, publicKey }: KeyPair, isPrivate: boolean, block: string): string {
  const bytes = Buffer.from(block, "latin1");
  const result = isPrivate
    ? privateDecrypt({ key: privateKey, padding }, bytes)
    : publicEncrypt({ key: publicKey, padding }, bytes);
  return result.toString("latin1");
}

/** Below any modulus that fills its length. */
function blockOf(bits: number): string {
  return "\x00\x02" + Array.from({ length: bits / 8 - 2 }, (_, at) => byte(at * 151 + 97)).join("");
}

function byte(value: number): string {
  return String.fromCharCode(value & 255);
}

/** A board with nothing but the accelerator; its event loop turns when it is told to. */
class Rig {
  readonly model: RsaAccelerator;
  readonly rsa: RsaProvider;
  pauses = 0;
  private readonly queue: (() => void)[] = [];

  constructor(name: ChipName, faults: Faults = {}) {
    this.model = new RsaAccelerator(name, faults);
    const { peek, poke } = this.model;
    const chip = readChip(name).accelerator as Accelerator;
    this.rsa = createEsp32Rsa(chip, peek, poke, (next) => void this.queue.push(next));
  }

  /** Turns until nothing waits any more. */
  turn(onPause: (pauses: number) => void = () => {}) {
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      onPause(++this.pauses);
      next();
    }
  }

  /** The only answer. */
  answer(
    ask: (rsa: RsaProvider, onDone: (result: string | undefined) => void) => void,
    onPause?: (pauses: number) => void,
  ): string | undefined {
    const answers: (string | undefined)[] = [];
    ask(this.rsa, (result) => answers.push(result));
    this.turn(onPause);
    assert.equal(answers.length, 1, "one answer");
    return answers[0];
  }

  power(key: string, isPrivate: boolean, block: string, onPause?: (pauses: number) => void) {
    return this.answer((rsa, onDone) => rsa.power(key, isPrivate, block, onDone), onPause);
  }

  assertClean() {
    assert.deepEqual(this.model.violations, []);
    assert.ok(this.model.isReleased(), "not released");
  }
}

describe("crypto/esp32-rsa", function () {
  this.timeout(60_000);

  it("is the accelerator that the data of the board names", () => {
    assert.deepEqual(readBoard("esp32").accelerator, readChip("esp32").accelerator);
    assert.equal(readBoard("linux").accelerator, undefined);
  });

  for (const name of CHIPS) {
    describe(name, () => {
      for (const bits of [512, 1024, 2048, 3072, 4096].filter((each) => each <= MAX_BITS[name])) {
        it(`private and public powers of ${bits} bits`, () => assertPowers(name, bits));
        it(`prepares a public key of ${bits} bits`, () => assertPrepares(name, bits));
      }

      it("takes moduli of its step, and no longer ones", () => assertSizes(name));
    });
  }
});

function assertPowers(name: ChipName, bits: number) {
  const pair = pairOf(bits);
  const block = blockOf(bits);
  const rig = new Rig(name);
  for (const isPrivate of [true, false]) {
    const result = rig.power(privateRecord(pair.privateKey), isPrivate, block);
    assert.equal(result, expected(pair, isPrivate, block));
    rig.assertClean();
  }
  assert.equal(rig.model.powers, 4, "each is confirmed by another");
  assert.ok(rig.pauses >= 4);
}

function assertPrepares(name: ChipName, bits: number) {
  const { publicKey } = pairOf(bits);
  const { modulus, exponent } = publicNumbers(publicKey);
  const rig = new Rig(name);
  const prepare = () =>
    rig.answer((rsa, onDone) => rsa.prepare(modulus, exponent, onDone)) ?? assert.fail();
  const record = prepare();
  assert.equal(record, publicRecord(publicKey));
  assert.ok(rig.pauses >= bits / 16, "in pieces");
  assert.equal(rig.model.accesses, 0);
  const block = blockOf(bits);
  assert.equal(rig.power(record, false, block), expected(pairOf(bits), false, block));
  rig.assertClean();
}

describe("crypto/esp32-rsa, constants", () => {
  const prepare = (modulus: string) =>
    new Rig("esp32s3").answer((rsa, onDone) => rsa.prepare(modulus, "\x03", onDone)) ?? "";

  function assertConstants(n: bigint, bits: number) {
    const record = prepare(bytesOf(n, bits / 8));
    const r = 1n << BigInt(bits);
    const field = (tag: string) => numberOf(fieldOf(record, tag));
    assert.equal(field("nw"), (r * r) % n, `R² modulo ${n}`);
    assert.equal((field("nx") * n + 1n) % (1n << 32n), 0n, `−1/${n}`);
  }

  it("of the least and the greatest modulus of a length, and of those near them", () => {
    for (const bits of [32, 64, 96, 512, 1024]) {
      const top = 1n << BigInt(bits);
      for (const step of [1n, 3n, 65535n, 65537n, (1n << 31n) - 1n]) {
        assertConstants(top / 2n + step, bits);
        assertConstants(top - step, bits);
      }
    }
  });

  it("of any odd modulus that fills its length", () => {
    const words = fc.array(fc.nat(2 ** 32 - 1), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, (all) => {
        const bits = all.length * 32;
        const value = all.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
        assertConstants(value | 1n | (1n << BigInt(bits - 1)), bits);
      }),
      { numRuns: 300 },
    );
  });
});

function assertSizes(name: ChipName) {
  const takes = (bits: number) => {
    const rig = new Rig(name);
    // Odd, and its first bit is set.
    const modulus = "\xff".repeat(bits / 8);
    const record = rig.answer((rsa, onDone) => rsa.prepare(modulus, "\x03", onDone));
    return record !== undefined;
  };
  const sizes = [480, 512, 1000, 1024, 1056, 3072, 3104, 3584, 4096, 4128, 4608, 8192];
  const taken = sizes.filter(takes);
  const right = {
    esp32: [512, 1024, 3072, 3584, 4096],
    esp32s3: [480, 512, 1024, 1056, 3072, 3104, 3584, 4096],
    esp32c3: [480, 512, 1024, 1056, 3072],
  };
  assert.deepEqual(taken, right[name]);
}

describe("crypto/esp32-rsa, what cannot be done", () => {
  const pair = pairOf(512);
  const { modulus, exponent } = publicNumbers(pair.publicKey);
  const key = privateRecord(pair.privateKey);
  const block = blockOf(512);
  const last = modulus.charCodeAt(63);
  const below = modulus.slice(0, 63) + byte(last - 1);
  const above = modulus.slice(0, 63) + byte(last + 1);

  /** Without touching the hardware. */
  function assertRefused(record: string, isPrivate: boolean, bytes: string) {
    const rig = new Rig("esp32");
    assert.equal(rig.power(record, isPrivate, bytes), undefined);
    assert.equal(rig.model.accesses, 0);
    rig.assertClean();
  }

  it("blocks that are no number below the modulus, of its length", () => {
    const rest = [modulus, above, "\xff".repeat(64), "", block.slice(1), `\0${block}`, "\x02"];
    for (const bytes of rest) {
      assertRefused(key, true, bytes);
      assertRefused(key, false, bytes);
    }
  });

  it("keys that lack something", () => {
    const without = (tag: string) => {
      const place = key.indexOf(tag);
      const length = key.charCodeAt(place + 2) * 256 + key.charCodeAt(place + 3);
      return key.slice(0, place) + key.slice(place + 4 + length);
    };
    for (const tag of ["n=", "nw"]) {
      assertRefused(without(tag), true, block);
      assertRefused(without(tag), false, block);
    }
    assertRefused("", false, "");
    // What else is missing counts as zero, and no result of that is confirmed.
    const power = (record: string, isPrivate: boolean) =>
      new Rig("esp32").power(record, isPrivate, block);
    for (const tag of ["e=", "d="]) assert.equal(power(without(tag), true), undefined);
    assert.equal(power(without("e="), false), undefined);
    assert.equal(power(publicRecord(pair.publicKey), true), undefined);
  });

  it("moduli that do not fill their length, and even ones", () => {
    const prepared = (n: string, e: string) =>
      new Rig("esp32s3").answer((rsa, onDone) => rsa.prepare(n, e, onDone));
    assert.equal(prepared(`\x7f${modulus.slice(1)}`, exponent), undefined);
    assert.equal(prepared(`\0\0\0\0${modulus}`, exponent), undefined);
    assert.equal(prepared(below, exponent), undefined);
    assert.equal(prepared("", exponent), undefined);
    assert.ok(prepared(modulus, modulus));
  });

  it("keys whose parts do not belong together give no result", () => {
    const other = privateRecord(pairOf(512, 3).privateKey);
    const swapped = (tag: string) => {
      const [own, theirs] = [key, other].map((record) => {
        const place = record.indexOf(tag);
        const length = record.charCodeAt(place + 2) * 256 + record.charCodeAt(place + 3);
        return record.slice(place, place + 4 + length);
      });
      return key.replace(own, () => theirs);
    };
    for (const tag of ["e=", "d="]) {
      const rig = new Rig("esp32");
      assert.equal(rig.power(swapped(tag), true, block), undefined, tag);
      rig.assertClean();
    }
  });

  it("an exponent that is even: nothing could confirm its result", () => {
    const rig = new Rig("esp32");
    const record = rig.answer((rsa, onDone) => rsa.prepare(modulus, "\x02", onDone)) ?? "";
    assert.equal(rig.power(record, false, block), undefined);
    rig.assertClean();
  });

  it("a public power of zero, which nothing tells from a dead accelerator", () => {
    const rig = new Rig("esp32");
    assert.equal(rig.power(key, false, "\0".repeat(64)), undefined);
    rig.assertClean();
  });

  it("but blocks of 1 and n − 1 can, and an exponent of 3", () => {
    const rig = new Rig("esp32c3");
    const one = bytesOf(1n, 64);
    for (const isPrivate of [true, false]) {
      assert.equal(rig.power(key, isPrivate, one), one);
      assert.equal(rig.power(key, isPrivate, below), below);
    }
    const three = pairOf(512, 3);
    const record = publicRecord(three.publicKey);
    assert.equal(rig.power(record, false, block), expected(three, false, block));
    rig.assertClean();
  });
});

describe("crypto/esp32-rsa, an accelerator in use", () => {
  const pair = pairOf(512);
  const key = privateRecord(pair.privateKey);
  const block = blockOf(512);

  for (const name of CHIPS) {
    it(`is left alone for good on ${name}`, () => {
      const rig = new Rig(name);
      rig.model.setElsewhere(true);
      assert.equal(rig.power(key, true, block), undefined);
      assert.ok(rig.pauses >= 100 && rig.pauses <= 20_000, `${rig.pauses} pauses`);
      assert.equal(rig.model.accesses, 0);
      assert.deepEqual(rig.model.violations, []);
    });
  }

  it("is waited for", () => {
    const rig = new Rig("esp32");
    rig.model.setElsewhere(true);
    const result = rig.power(key, true, block, (pauses) => {
      if (pauses === 50) rig.model.setElsewhere(false);
    });
    assert.equal(result, expected(pair, true, block));
    rig.assertClean();
  });

  it("is waited for when somebody takes it between two operations", () => {
    for (let after = 1; after < 60; after++) {
      const rig = new Rig("esp32");
      let goneAt = 0;
      const result = rig.power(key, true, block, (pauses) => {
        if (pauses >= after && !goneAt && rig.model.isReleased()) {
          rig.model.setElsewhere(true);
          goneAt = pauses + 20;
        }
        if (pauses === goneAt) rig.model.setElsewhere(false);
      });
      assert.equal(result, expected(pair, true, block));
      rig.assertClean();
    }
  });

  it("two who ask at the same time both get their answer", () => {
    const rig = new Rig("esp32");
    const answers: (string | undefined)[] = [];
    for (const isPrivate of [true, false, true]) {
      rig.rsa.power(key, isPrivate, block, (result) => answers.push(result));
    }
    rig.turn();
    const [secret, open] = [true, false].map((each) => expected(pair, each, block));
    assert.deepEqual(answers.sort(), [secret, open, secret].sort());
    rig.assertClean();
  });
});

describe("crypto/esp32-rsa, faults of the hardware", function () {
  this.timeout(120_000);
  const pair = pairOf(512);
  const key = privateRecord(pair.privateKey);
  const blocks = Array.from({ length: 8 }, (_, at) => blockOf(512).slice(0, 63) + byte(at));

  const dead: [string, Faults][] = [
    ["never done", { isNeverDone: true }],
    ["never clean", { isNeverClean: true }],
    ["never showing the same result twice", { isRestless: true }],
    ["always wrong in its results", { wrongPowers: 1 }],
  ];
  for (const name of CHIPS) {
    for (const [what, faults] of dead) {
      for (const isPrivate of [true, false]) {
        it(`${name}, ${what}: no ${isPrivate ? "private" : "public"} result, and a release`, () => {
          const rig = new Rig(name, faults);
          assert.equal(rig.power(key, isPrivate, blocks[0]), undefined);
          rig.assertClean();
        });
      }
    }
  }

  it("an access that throws ends the operation, and releases the accelerator", () => {
    const untouched = new Rig("esp32");
    untouched.power(key, true, blocks[0]);
    const right = expected(pair, true, blocks[0]);
    for (let throwsAt = 1; throwsAt <= untouched.model.accesses; throwsAt++) {
      const rig = new Rig("esp32", { throwsAt });
      assert.equal(rig.power(key, true, blocks[0]), undefined, `access ${throwsAt}`);
      rig.assertClean();
      assert.equal(rig.power(key, true, blocks[0]), right);
    }
  });

  it("a handler that throws is not called again, and finds the accelerator released", () => {
    const rig = new Rig("esp32");
    let calls = 0;
    rig.rsa.power(key, true, blocks[0], () => {
      calls++;
      rig.assertClean();
      throw new Error("the handler's own");
    });
    assert.throws(() => rig.turn(), /the handler's own/);
    rig.turn();
    assert.equal(calls, 1);
  });

  /** How many of the runs came to a result, each of which was right. */
  function rightResults(name: ChipName, runs: number, faults: Faults): number {
    let right = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const rig = new Rig(name, { ...faults, seed });
      const isPrivate = seed % 2 === 0;
      const block = blocks[seed % blocks.length];
      const result = rig.power(key, isPrivate, block);
      if (result !== undefined) {
        const what = `${name}, seed ${seed}, ${JSON.stringify(faults)}`;
        assert.equal(result, expected(pair, isPrivate, block), what);
        right++;
      }
      rig.assertClean();
    }
    return right;
  }

  const rates: [wrongReads: number, wrongPowers: number, atLeast: number][] = [
    [0.001, 0, 0.99],
    [0.05, 0, 0.9],
    [0.05, 0.3, 0.7],
    [0.2, 0.1, 0.3],
    [0.5, 0, 0],
    [0.5, 0.5, 0],
    [0, 0.5, 0.4],
  ];
  for (const name of CHIPS) {
    for (const [wrongReads, wrongPowers, atLeast] of rates) {
      it(`${name}: no wrong result with ${wrongReads} of the reads and ${wrongPowers} of the powers wrong`, () => {
        const runs = 500;
        const right = rightResults(name, runs, { wrongReads, wrongPowers });
        assert.ok(right >= atLeast * runs, `${right} of ${runs} gave a result`);
      });
    }
  }

  it("where hardly a read is right, others' bits stay as they are", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig("esp32", { wrongReads: 0.93, seed });
      assert.equal(rig.power(key, true, blocks[0]), undefined);
      assert.doesNotMatch(rig.model.violations.join("\n"), /bits changed/);
    }
  });
});
