// Updates of a board in the real Espruino, over the air: confirmed, rolled back, refused, and with its power cut meanwhile.

import assert from "node:assert/strict";
import { programOf } from "../../support/board-program.js";
import { findProgram } from "../../support/suites.js";
import { signed, stranger, UpdateBench } from "./bench.js";

const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const skipped = binary ? "" : " (skipped: set ESPRUINO)";

(skipped ? describe.skip : describe)(`microspime update of a real Espruino${skipped}`, function () {
  this.timeout(180_000);
  let bench: UpdateBench;
  before(async () => {
    bench = await UpdateBench.start();
    await bench.logged("online");
  });
  after(() => bench?.stop());

  it("refuses what somebody else has signed, and writes nothing", async () => {
    await assert.rejects(
      bench.update(signed("2.0.0", programOf("2.0.0"), stranger)),
      /signature is not by the key/,
    );
  });

  it("runs another version for good, though its power is cut while it comes", async () => {
    let isCut = false;
    const outcome = await bench.update(signed("2.0.0", programOf("2.0.0")), {
      onProgress: (progress) => {
        if (isCut || progress.step !== "sending" || progress.bytes < 20_000) return;
        isCut = true;
        void bench.board.cutPower().then(() => bench.board.powerUp());
      },
    });
    const { isConfirmed, version, place } = outcome;
    assert.deepEqual(
      { isConfirmed, version, place, isCut },
      { isConfirmed: true, version: "2.0.0", place: "b", isCut: true },
    );
  });

  it("goes back from one that throws", async () => {
    const outcome = await bench.update(signed("3.0.0", "throw new Error('broken')"));
    assert.deepEqual([outcome.isConfirmed, outcome.version], [false, "2.0.0"]);
  });

  it("goes back from one that never reaches its server", async () => {
    const outcome = await bench.update(signed("3.0.1", "var idle=1"));
    assert.deepEqual([outcome.isConfirmed, outcome.version], [false, "2.0.0"]);
  });

  it("takes three in all, as docs/update.md says, and then none while it runs on", async () => {
    for (const version of ["4.0.0", "5.0.0"]) {
      const outcome = await bench.update(signed(version, programOf(version)));
      assert.deepEqual([outcome.isConfirmed, outcome.version], [true, version]);
    }
    await assert.rejects(bench.update(signed("6.0.0", programOf("6.0.0"))), /no room for another/);
    const again = await bench.update(signed("5.0.0", "throw new Error('small')"));
    assert.deepEqual([again.isConfirmed, again.version], [false, "5.0.0"]);
  });
});
