import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAcceptance } from "../../../src/desktop/scopenode/acceptance.js";
import { Database, startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report } from "../../../src/desktop/scopenode/index.js";
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

  it("stores nothing that its handler did not take: it is news again", async () => {
    const broken = () => assert.fail("disk full");
    await assert.rejects(accept(reportOf(), broken), /disk full/);
    assert.deepEqual(database.newest(OSID, 9), []);
    await accept(reportOf());
    assert.equal(reports.length, 1);
  });

  it("fails where it cannot be stored, so that the spime keeps it", async () => {
    await accept(reportOf());
    await assert.rejects(accept(reportOf({ osid: "other@b/c" })), /1 spimes already/);
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
