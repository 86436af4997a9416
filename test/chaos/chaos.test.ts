// A slice of `npm run chaos`: the more seeds, the more it finds.

import assert from "node:assert/strict";
import { chaos, type ChaosOutcome } from "./chaos.js";
import { VARIANTS } from "./plan.js";
import { findingsOf, totalOf } from "./verdict.js";

const SEEDS = [1, 2, 3];
const TIMEOUT_MS = 60_000;

describe("chaos", function () {
  this.timeout(TIMEOUT_MS);
  const outcomes: ChaosOutcome[] = [];

  for (const seed of SEEDS) {
    it(`takes no sample that was queued, nor stores it twice (seed ${seed})`, async () => {
      const outcome = await chaos(seed);
      outcomes.push(outcome);
      assert.deepEqual(findingsOf([outcome]), [], JSON.stringify(outcome));
    });
  }

  it("had every kind of harm in it", () => {
    const text = JSON.stringify(outcomes);
    const cuts = totalOf(outcomes.map((outcome) => outcome.cuts));
    assert.equal(new Set(outcomes.map(({ variant }) => variant)).size, VARIANTS.length);
    assert.ok(cuts.write > 0 && cuts.erase > 0 && cuts.between > 0, text);
    assert.ok(
      outcomes.every(({ samples }) => samples.stored > samples.taken / 10),
      text,
    );
    const small = outcomes.filter(({ isRoomy }) => !isRoomy);
    assert.ok(
      small.every(({ samples }) => samples.dropped > 0),
      text,
    );
    assert.ok(
      outcomes.some(({ outages }) => outages > 0),
      text,
    );
    assert.ok(
      outcomes.some(({ serverRestarts }) => serverRestarts > 0),
      text,
    );
  });
});
