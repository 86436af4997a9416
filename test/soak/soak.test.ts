// A slice of `npm run soak`: the whole takes minutes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { FAULTS } from "../support/fault-proxy.js";
import { espruinoEngine, nodeEngine } from "./bench.js";
import { soak } from "./soak.js";
import type { SoakOutcome } from "./soak.js";
import { faultsOf } from "./verdict.js";

const PATIENCE_MS = 20_000;
const TIMEOUT_MS = 120_000;

function assertSound(outcome: SoakOutcome, reconnects: number): void {
  assert.deepEqual(faultsOf(outcome), [], JSON.stringify(outcome));
  assert.ok(outcome.reconnects >= reconnects);
  assert.ok(outcome.samples.stored > 0, JSON.stringify(outcome));
}

describe("soak", function () {
  this.timeout(TIMEOUT_MS);

  it("has a board in Node come back 100 times, through every fault", async () => {
    const outcome = await soak({
      engine: nodeEngine,
      ...{ reconnects: 100, seed: 1, patienceMs: PATIENCE_MS },
    });
    assertSound(outcome, 100);
    assert.deepEqual(Object.keys(outcome.faults).sort(), [...FAULTS].sort());
  });

  const lack = !process.env["ESPRUINO"]
    ? "set ESPRUINO"
    : spawnSync("socat", ["-V"]).error && "install socat";
  (lack ? it.skip : it)(
    `has the real Espruino come back 10 times${lack ? ` (skipped: ${lack})` : ""}`,
    async () => {
      const outcome = await soak({
        engine: espruinoEngine,
        ...{ reconnects: 10, seed: 1, patienceMs: PATIENCE_MS },
      });
      assertSound(outcome, 10);
    },
  );
});
