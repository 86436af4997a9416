// A slice of `npm run chaos -- --engine espruino`, where ESPRUINO names the engine.

import assert from "node:assert/strict";
import { findingsOf } from "../verdict.js";
import { espruinoChaos, lackOfEspruino } from "./index.js";

const SEED = 4;
const STORM_MS = 15_000;
const TIMEOUT_MS = 120_000;

const lack = process.env["ESPRUINO"] ? lackOfEspruino() : "set ESPRUINO";
const skipped = lack && ` (skipped: ${lack})`;

describe("chaos in the real engine", function () {
  this.timeout(TIMEOUT_MS);

  (skipped ? it.skip : it)(
    `takes no sample that was queued, nor stores it twice (seed ${SEED})${skipped}`,
    async () => {
      const outcome = await espruinoChaos(SEED, STORM_MS);
      const text = JSON.stringify(outcome);
      assert.deepEqual(findingsOf([outcome]), [], text);
      assert.ok(outcome.cuts.write + outcome.cuts.erase > 0, text);
      assert.ok(outcome.samples.stored > 0, text);
    },
  );
});
