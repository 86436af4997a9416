// The rows of the self-test that no engine on a desktop can run for real: the accelerator on the model of its registers, a
// line that loses bytes, sources of noise that are none.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readBoard } from "../../../../scripts/boards.js";
import { makeTestVector } from "../../src/desktop/flashing/test-vector.js";
import type { Accelerator } from "../../src/firmware/board.js";
import { tryAccelerator } from "../../src/firmware/selftest/accelerator.js";
import { noiseStatistics } from "../../src/firmware/selftest/noise-statistics.js";
import { measureLoss } from "../../src/firmware/selftest/uart-loss.js";
import type { Values } from "../../src/firmware/selftest/values.js";
import { RsaAccelerator } from "../support/rsa-accelerator.js";
import type { Faults } from "../support/rsa-accelerator.js";

const TIMES = 20;

function fieldsOf(vector: Buffer) {
  const fields: string[] = [];
  for (let at = 0; at < vector.length;) {
    const end = at + 2 + vector.readUInt16BE(at);
    fields.push(vector.toString("latin1", at + 2, end));
    at = end;
  }
  const [key, block, result] = fields;
  return { key, block, result };
}

const vector = fieldsOf(makeTestVector({ limbBits: 22, accelerator: true }));

function tried(faults: Faults, changed = {}): Promise<Values> {
  const chip = readBoard("esp32")["accelerator"] as Accelerator;
  const model = new RsaAccelerator("esp32", faults);
  const peek = (address: number) => model.peek(address);
  const poke = (address: number, word: number) => model.poke(address, word);
  const now = () => performance.now();
  return new Promise((resolve) => {
    const given = { ...vector, ...changed };
    tryAccelerator(chip, peek, poke, setImmediate, now, given, TIMES, resolve);
  });
}

describe("The self-test of the accelerator, on a model of it", () => {
  it("finds nothing wrong with a good one", async () => {
    const { msPerVector, ...counts } = await tried({});
    assert.deepEqual(counts, { vectors: TIMES, wrong: 0, withoutResult: 0, repeated: 0 });
    assert.ok(Number(msPerVector) > 0);
  });

  it("counts the operations that a mismatch was the reason for", async () => {
    const { repeated, wrong } = await tried({ wrongPowers: 0.1, seed: 3 });
    assert.ok(Number(repeated) > 0);
    assert.equal(wrong, 0);
  });

  it("counts those that never end, and results that are not OpenSSL's", async () => {
    assert.equal((await tried({ isNeverDone: true }))["withoutResult"], TIMES);
    assert.equal((await tried({}, { result: vector.block }))["wrong"], TIMES);
  });
});

describe("The self-test of a source of noise", () => {
  it("finds nothing odd with a good one", () => {
    const values = noiseStatistics(() => randomBytes(4).readInt32BE(), 2000);
    assert.ok(Math.abs(Number(values["onesPerMille"]) - 500) < 15);
    // Six standard deviations of 22.4.
    assert.ok(Number(values["leastOnesOfABit"]) > 866 && Number(values["mostOnesOfABit"]) < 1134);
    assert.deepEqual([values["repeatsInARow"], values["repeatsWithin16"]], [0, 0]);
  });

  it("shows one that is stuck, one that is read too fast, a bit that never moves", () => {
    assert.equal(noiseStatistics(() => -1, 100)["repeatsInARow"], 99);
    let count = 0;
    const slow = noiseStatistics(() => (count++ >>> 2) * 0x9e3779b1, 100);
    assert.equal(slow["repeatsInARow"], 75);
    count = 0;
    const round = noiseStatistics(() => (count++ % 5) * 0x9e3779b1, 100);
    assert.deepEqual(
      [round["repeatsInARow"], round["repeatsWithin16"]],
      [0, 5 * 1 + 5 * 2 + 85 * 3],
    );
    assert.equal(
      noiseStatistics(() => randomBytes(4).readInt32BE() & ~1, 100)["leastOnesOfABit"],
      0,
    );
  });
});

describe("The self-test of a UART", () => {
  /** A wire from TX to RX, and a clock that goes on when it is looked at. */
  function lossOf(damage: (bytes: string, piece: number) => string): Values {
    let nowMs = 0;
    let piece = 0;
    let receive: (bytes: string) => void = () => {};
    const waiting: (() => void)[] = [];
    let found: Values = {};
    measureLoss(
      {
        on: (_, handler) => void (receive = handler),
        write: (bytes) => void waiting.push(() => receive(damage(bytes, piece++))),
      },
      (_, next) => void waiting.push(next),
      () => nowMs++,
      10,
      (values) => void (found = values),
    );
    for (let next = waiting.shift(); next; next = waiting.shift()) next();
    return found;
  }

  it("loses nothing on a good line", () => {
    assert.deepEqual(
      lossOf((bytes) => bytes),
      { sent: 480, received: 480, lost: 0, outOfPlace: 0 },
    );
  });

  it("counts what is lost, and how often", () => {
    const values = lossOf((bytes, piece) => (piece % 4 === 1 ? bytes.slice(10) : bytes));
    assert.deepEqual(values, { sent: 480, received: 450, lost: 30, outOfPlace: 3 });
  });

  it("hears nothing without a wire", () => {
    assert.equal(lossOf(() => "")["received"], 0);
  });
});
