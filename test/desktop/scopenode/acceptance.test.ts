import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAcceptance } from "../../../src/desktop/scopenode/acceptance.js";
import { Database, startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report } from "../../../src/desktop/scopenode/index.js";
import { Turns } from "../../../src/desktop/scopenode/turns.js";
import { reportOf } from "./database-support.js";

const OSID = reportOf().osid;

describe("ScopeNode: acceptance of reports", () => {
  let database: Database;
  let reports: Report[];
  let replays: Report[];

  beforeEach(() => {
    database = new Database(":memory:", { maxSpimes: 1 });
    reports = [];
    replays = [];
  });

  afterEach(() => database.close());

  const accept = (report: Report, onReport = (one: Report) => void reports.push(one)) =>
    makeAcceptance({ onReport, onReplay: (one) => void replays.push(one) }, database)(report);

  it("hands a report on and stores it", async () => {
    await accept(reportOf());
    assert.deepEqual([reports, database.newest(OSID, 9).length], [[reportOf()], 1]);
  });

  it("hands on no signed report that is stored, and whatever is not signed", async () => {
    await accept(reportOf({ dates: [1, 2] }));
    await accept(reportOf({ dates: [2, 1] }));
    assert.deepEqual([reports.length, replays.length], [1, 1]);
    await accept(reportOf({ dates: [2], isSigned: false }));
    await accept(reportOf({ dates: [2, 3] }));
    assert.deepEqual([reports.length, replays.length], [3, 1]);
    assert.equal(database.newest(OSID, 9).length, 3);
  });

  const outcomeOf = async (...given: Parameters<typeof accept>) => {
    const accepted = await accept(...given);
    return "fault" in accepted ? accepted.fault : "accepted";
  };
  const contradiction = (date: string) => ({
    condition: "inconsistent-data-with-scope",
    text: `another measurement has the date ${date}`,
  });

  for (const isSigned of [true, false]) {
    const measured = (...ppms: number[]) => {
      const report = reportOf({ dates: ppms.map(() => 1), isSigned });
      return {
        ...report,
        entries: report.entries.map((entry, at) => ({ ...entry, ppm: ppms[at]! })),
      };
    };

    it(`refuses another measurement of a date that it has, ${isSigned ? "" : "not "}signed`, async () => {
      const twice = contradiction("1970-01-01T00:00:00.001Z");
      assert.equal(await outcomeOf(measured(400)), "accepted");
      assert.deepEqual(await outcomeOf(measured(401)), twice);
      assert.deepEqual(
        await outcomeOf({
          ...measured(400),
          entries: reportOf({ dates: [2, 1], entry: { lat: 1 } }).entries,
        }),
        twice,
      );
      assert.deepEqual(reports, [measured(400)]);
      assert.equal(database.newest(OSID, 9).length, 1);
    });

    it(`refuses two of one date in a report, ${isSigned ? "" : "not "}signed, and takes each alone`, async () => {
      const twice = contradiction("1970-01-01T00:00:00.001Z");
      assert.deepEqual(await outcomeOf(measured(400, 401)), twice);
      assert.equal(await outcomeOf(measured(401)), "accepted");
      assert.deepEqual(await outcomeOf(measured(400)), twice);
      assert.equal(await outcomeOf(measured(401, 401)), "accepted");
    });
  }

  /** A handler that does not return before it is let. */
  function heldHandler() {
    let release = () => {};
    const until = new Promise<void>((resolve) => (release = resolve));
    const onReport = async (report: Report) => {
      reports.push(report);
      await until;
    };
    return { acceptance: makeAcceptance({ onReport }, database), release: () => release() };
  }

  it("takes one of two that say something else of a date, also while the first is under way", async () => {
    const { acceptance, release } = heldHandler();
    const other = reportOf({
      osid: OSID.toUpperCase().replace("/SPIME", "/spime"),
      entry: { ppm: 401 },
    });
    const accepting = [reportOf(), other, reportOf({ dates: [1] })].map(acceptance);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(reports.length, 1, "the others wait");
    release();
    const [first, second, third] = await Promise.all(accepting);
    const fault = contradiction("1970-01-01T00:00:00.000Z");
    assert.deepEqual(
      [first, second, third],
      [{ value: undefined }, { fault }, { value: undefined }],
    );
    assert.deepEqual(reports, [reportOf(), reportOf({ dates: [1] })]);
    assert.deepEqual(
      database.newest(OSID, 9).map(({ ppm }) => ppm),
      [400, 400],
    );
  });

  it("lets no spime wait for another, and none for what has failed", async () => {
    const [first, second] = [reportOf(), reportOf({ osid: "other@b/c" })];
    const handled: Report[] = [];
    const onReport = (report: Report) => {
      handled.push(report);
      return new Promise<void>((_, reject) => {
        if (handled.length === 3) reject(new Error("disk full"));
      });
    };
    const acceptance = makeAcceptance({ onReport, reportTimeoutMs: 20 }, database);
    const outcomes = await Promise.allSettled([first, second, first].map(acceptance));
    assert.deepEqual(handled, [first, second, first]);
    assert.deepEqual(
      outcomes.map((one) => one.status === "rejected" && String(one.reason)),
      [
        "Error: onReport took more than 20 ms",
        "Error: onReport took more than 20 ms",
        "Error: disk full",
      ],
    );
  });

  it("bounds how many of a spime wait, and keeps nothing of those that are over", async () => {
    const turns = new Turns(1);
    const work = async () => new Promise((resolve) => setImmediate(resolve, "done"));
    const taking = ["a", "a", "a", "b"].map((who) => turns.take(who, work));
    assert.equal(turns.size, 2);
    const [first, second, third, other] = await Promise.allSettled(taking);
    assert.deepEqual([first?.status, second?.status, other?.status], Array(3).fill("fulfilled"));
    assert.match(
      third?.status === "rejected" ? String(third.reason) : "",
      /1 reports wait already/,
    );
    assert.equal(turns.size, 0);
    assert.equal(await turns.take("a", work), "done");
  });

  it("takes the same measurement again, also with more or less said of it", async () => {
    const place = { lat: undefined, lon: undefined };
    await accept(reportOf({ dates: [1], entry: { exposure: "indoor" } }));
    assert.equal(await outcomeOf(reportOf({ dates: [1, 2], entry: { eleM: 1 } })), "accepted");
    assert.equal(await outcomeOf(reportOf({ dates: [1, 2], entry: place })), "accepted");
    assert.deepEqual([reports.length, replays.length], [2, 1]);
  });

  it("stores nothing that its handler did not take: it is news again", async () => {
    const broken = () => assert.fail("disk full");
    await assert.rejects(accept(reportOf(), broken), /disk full/);
    assert.deepEqual(database.newest(OSID, 9), []);
    await accept(reportOf());
    assert.equal(reports.length, 1);
  });

  it("fails where it cannot be stored, so that the spime keeps it, and hands it on at no try", async () => {
    await accept(reportOf());
    for (const isSigned of [true, false]) {
      const other = reportOf({ osid: "other@b/c", isSigned });
      await assert.rejects(accept(other), /1 spimes already/);
    }
    await accept(reportOf({ dates: [1] }));
    assert.deepEqual(reports, [reportOf(), reportOf({ dates: [1] })]);
  });

  it("gives the database up when the ScopeNode cannot come online", async () => {
    const folder = mkdtempSync(join(tmpdir(), "microspime-acceptance-"));
    const path = join(folder, "reports.db");
    const options = {
      domain: "scopenode.example",
      secret: "x",
      onReport: () => {},
      database: path,
    };
    await assert.rejects(startScopeNode({ ...options, service: "xmpp://127.0.0.1:1" }), {
      code: "ECONNREFUSED",
    });
    assert.deepEqual(readdirSync(folder), ["reports.db"]);
    rmSync(folder, { recursive: true });
  });
});
