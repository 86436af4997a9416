// The same events for every split of the input: streams out of the grammar of test/fuzz, whole and damaged, in
// whatever pieces fast-check thinks of. The suite xml-splits has each cut of a few by hand.

import assert from "node:assert/strict";
import fc from "fast-check";
import { eventsOf } from "../portable/xml-events.js";
import { createDice } from "../fuzz/dice.js";
import { documentOf } from "../fuzz/grammar.js";
import { mutate } from "../fuzz/mutations.js";

const RUNS = { numRuns: 2000 };

/** What fast-check makes smaller first are the cuts. */
const cuts = fc.array(fc.nat({ max: 8000 }), { maxLength: 40 });

function wholeStream(seed: number): string {
  const { header, body } = documentOf(createDice(seed, 0));
  return header + body;
}

const damagedStream = (seed: number): string => mutate(wholeStream(seed), createDice(seed, 1));

function piecesOf(text: string, at: readonly number[]): string[] {
  const ends = [0, ...at.filter((end) => end < text.length).sort((a, b) => a - b), text.length];
  return ends.slice(1).map((end, index) => text.slice(ends[index], end));
}

for (const [what, make] of [
  ["streams out of a grammar", wholeStream],
  ["damaged streams", damagedStream],
] as const) {
  describe(`XML parser, ${what}`, () => {
    it("have the same events in whatever pieces", () => {
      const isSame = (seed: number, at: number[]) => {
        const text = make(seed);
        assert.equal(eventsOf(piecesOf(text, at)), eventsOf([text]));
      };
      fc.assert(fc.property(fc.nat(), cuts, isSame), RUNS);
    });

    it("have the same events byte by byte", () => {
      const isSame = (seed: number) => {
        const text = make(seed);
        assert.equal(eventsOf(text.split("")), eventsOf([text]));
      };
      fc.assert(fc.property(fc.nat(), isSame), { numRuns: 200 });
    });
  });
}

describe("the grammar of the fuzzing", () => {
  it("makes streams that mostly have no fault, of many kinds", () => {
    const all = Array.from({ length: 200 }, (_, seed) => eventsOf([wholeStream(seed)]));
    const good = all.filter((events) => !events.includes("\n!") && !events.startsWith("!"));
    assert.ok(good.length > 120, `${good.length} of 200`);
    assert.ok(new Set(good).size > 100, "the same again and again");
  });
});
