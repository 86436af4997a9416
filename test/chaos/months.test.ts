// A slice of `npm run chaos -- --months`: CHAOS_SEEDS says how many (6).

import assert from "node:assert/strict";
import type { StoredEntry } from "../../src/desktop/scopenode/database.js";
import { Ledger } from "./months/ledger.js";
import { month } from "./months/month.js";
import { boardOf, DISTURBANCES } from "./months/plan.js";
import { NUMBER_BASE } from "./months/sensors.js";
import { findingsOf, MonthsTotal } from "./months/summary.js";
import { verdictOf } from "./months/verdict.js";

const SEEDS = Number(process.env["CHAOS_SEEDS"] ?? 6);
const LONGEST_MONTH_MS = 20_000;

describe("months of chaos", function () {
  this.timeout(SEEDS * LONGEST_MONTH_MS);
  const total = new MonthsTotal();
  const digests: string[] = [];

  it(`lose no sample, and store none twice (seeds 1 to ${SEEDS})`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await month(seed);
      total.add(outcome);
      digests.push(outcome.digest);
      assert.deepEqual(findingsOf(outcome), []);
    }
  });

  it("had every kind of harm in them", () => {
    const cuts = total.of("cuts");
    const samples = total.of("samples");
    assert.ok(cuts["write"]! > 0 && cuts["erase"]! > 0 && cuts["between"]! > 0, total.text());
    for (const kind of DISTURBANCES) assert.ok(total.of("disturbances")[kind]! > 0, kind);
    for (const fate of ["stored", "dropped", "torn", "refused", "repeated"])
      assert.ok(samples[fate]! > 0, `${fate}: ${total.text()}`);
    assert.ok(samples["stored"]! > samples["taken"]! / 2, total.text());
    assert.ok(total.signed > 0);
  });

  it("count what is refused for the date of another, because the receiver's clock has gone back (seed 10,006,071)", async () => {
    const { found, samples } = await month(10_006_071);
    assert.deepEqual([found, samples.sameDate, samples.lost], [[], 3, 0]);
  });

  it("are the same again, to the byte", async () => {
    assert.equal((await month(1)).digest, digests[0]);
    assert.equal(new Set(digests).size, SEEDS);
  });
});

describe("the ledger of a month", () => {
  const DATE_MS = Date.UTC(2026, 0, 2);
  const AT = 32;
  const board = boardOf(3);

  /** One sample whose record is whole in flash. */
  function written(): Ledger {
    const ledger = new Ledger(false);
    ledger.begin();
    ledger.onSample({ serial: 1, trueMs: DATE_MS, fixMs: DATE_MS });
    ledger.onWritten(AT, 1, DATE_MS, true);
    ledger.onTaken();
    return ledger;
  }

  const row = (dateMs = DATE_MS, serial = 1) =>
    ({ date: new Date(dateMs), ppm: NUMBER_BASE + serial }) as StoredEntry;
  const foundIn = (ledger: Ledger, rows: StoredEntry[] = []) =>
    verdictOf(ledger, rows, rows.length, board).found;

  it("has nothing to say of what is stored once", () => {
    const ledger = written();
    assert.equal(ledger.isEmpty, false);
    ledger.onSettled(AT, 0);
    assert.equal(ledger.isEmpty, true);
    assert.deepEqual(foundIn(ledger, [row()]), []);
  });

  /** Beside the first one, with its date, taken so much later. */
  function second(laterMs: number, settledAs: number): Ledger {
    const ledger = written();
    ledger.onSettled(AT, 0);
    ledger.onSample({ serial: 2, trueMs: DATE_MS + laterMs, fixMs: DATE_MS });
    ledger.onWritten(2 * AT, 2, DATE_MS, true);
    ledger.onTaken();
    ledger.onSettled(2 * AT, settledAs);
    return ledger;
  }

  it("takes a refusal for the date of another where a clock was wrong, and there only", () => {
    const HOUR_MS = 3_600_000;
    assert.deepEqual(foundIn(second(HOUR_MS, 0x0f), [row()]), []);
    assert.match(foundIn(second(0, 0x0f), [row()]).join(), /Sample 2 was refused, though/);
    assert.match(
      foundIn(second(HOUR_MS, 0), [row()]).join(),
      /Sample 2 was acknowledged and is not/,
    );
  });

  it("finds what was acknowledged and is not there", () => {
    const ledger = written();
    ledger.onSettled(AT, 0);
    assert.deepEqual(foundIn(ledger), ["Sample 1 was acknowledged and is not stored."]);
  });

  it("finds what vanished, also with its page", () => {
    const gone = ["Sample 1 is not stored, and nobody gave it up."];
    assert.deepEqual(foundIn(written()), gone);
    const ledger = written();
    ledger.onErased(0, 256);
    assert.deepEqual(foundIn(ledger), gone);
  });

  it("finds what is stored twice, of no sample, or with another date", () => {
    const ledger = written();
    assert.deepEqual(foundIn(ledger, [row(), row(DATE_MS + 1)]), ["Sample 1 was stored twice."]);
    assert.match(foundIn(ledger, [row(), row(DATE_MS, 7)])[0]!, /^Sample 7 was stored and never/);
    assert.match(foundIn(ledger, [row(DATE_MS + 1)])[0]!, /^Sample 1 has the date/);
  });

  it("finds a count in the log that is not that of the flash", () => {
    const ledger = written();
    ledger.onSettled(AT, 0x3f);
    ledger.onDropped(2);
    assert.deepEqual(foundIn(ledger), ["The log says that 2 were given up, and 1 were."]);
  });

  it("takes a record that moved for one that waits", () => {
    const ledger = written();
    ledger.onWritten(2 * AT, 1, DATE_MS, true);
    ledger.onSettled(AT, 0x3f);
    ledger.onDropped(0);
    assert.equal(ledger.isEmpty, false);
    assert.deepEqual(foundIn(ledger, [row()]), []);
  });

  it("excuses a power cut for the one sample that was being written, and no other", () => {
    const ledger = written();
    ledger.onSample({ serial: 2, trueMs: DATE_MS });
    ledger.onPowerCut(true);
    assert.equal(ledger.samples.get(2)?.fate, "torn");
    assert.equal(ledger.samples.get(1)?.fate, undefined);
    assert.equal(foundIn(ledger).length, 1);
  });

  it("has a small board make room, and a roomy one not", () => {
    const ledger = written();
    ledger.onSettled(AT, 0x3f);
    ledger.onDropped(1);
    assert.deepEqual(foundIn(ledger), []);
    assert.match(verdictOf(ledger, [], 0, boardOf(2)).found[0]!, /though there was room for all/);
  });

  it("believes no refusal of a sample whose date was right", () => {
    const ledger = written();
    ledger.onSettled(AT, 0x0f);
    assert.deepEqual(foundIn(ledger), ["Sample 1 was refused, though its date was right."]);
  });
});
