// A slice of `npm run fuzz`: FUZZ_SECONDS of it (20 when that is not set), from another beginning. And parsers
// that are wrong, each in one way: the fuzzing would be worth nothing if it did not see that.

import assert from "node:assert/strict";
import { runCampaign } from "./campaign.js";
import { WRONG_PARSERS } from "./wrong-parsers.js";

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 20);
const SEED = Number(process.env.FUZZ_SEED ?? 2);
const ENDS = [
  "bad-namespace-prefix",
  "none",
  "not-well-formed",
  "policy-violation",
  "restricted-xml",
];
/** More than the engine's own coming and going. */
const HEAP_GROWTH_BYTES = 4 * 1024 * 1024;
/** Each of the wrong parsers is seen in fewer. */
const ENOUGH_CASES = 20_000;

describe("fuzzing", function () {
  this.timeout((SECONDS + 60) * 1000);

  it(`finds nothing in ${SECONDS} s, and the heap does not grow`, () => {
    const figures = runCampaign({ seed: SEED, cases: 1e9, seconds: SECONDS });
    assert.deepEqual(figures.findings, []);
    assert.deepEqual(Object.keys(figures.faults).sort(), ENDS, "every end was seen");
    const [early, late] = figures.heapBytes;
    assert.ok(late - early < HEAP_GROWTH_BYTES, `${early} bytes, then ${late}`);
  });

  it("makes the same case of the same number", () => {
    const plan = { seed: SEED, first: 77, cases: 300, seconds: 60 };
    const [one, other] = [runCampaign(plan), runCampaign(plan)];
    assert.deepEqual([one.faults, one.events], [other.faults, other.events]);
  });

  for (const [what, create, problem] of WRONG_PARSERS) {
    it(`sees a parser that ${what}`, () => {
      const { findings } = runCampaign({
        seed: SEED,
        cases: ENOUGH_CASES,
        seconds: 60,
        create,
        findings: 1,
      });
      assert.match(findings.map((finding) => finding.problem).join("\n"), problem);
    });
  }
});
