import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sqlite from "node-sqlite3-wasm";
import { Database } from "../../../src/desktop/scopenode/index.js";
import type { Entry } from "../../../src/desktop/scopenode/index.js";
import { seekId } from "../../../src/desktop/scopenode/treated-seeks.js";
import { reportOf } from "./database-support.js";

const OSID = reportOf().osid;
/** Of two spimes and one request; see the README beside it. */
const VERSION_2 = "test/vectors/scopenode/database-2.db";
const WRITER = "build/tsc/test/desktop/scopenode/database-writer.js";

describe("ScopeNode: database", () => {
  let folder: string;
  let path: string;
  let database: Database | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-database-"));
    path = join(folder, "reports.db");
  });

  afterEach(() => {
    database?.close();
    database = undefined;
    rmSync(folder, { recursive: true });
  });

  const open = (...[place = ":memory:", bounds]: Partial<ConstructorParameters<typeof Database>>) =>
    (database = new Database(place, bounds));

  it("gives back everything that was stored, the newest first", () => {
    const { store, newest } = bound(open());
    const entry = { eleM: 120, ppm: 176.4, exposure: "façade 東" };
    assert.equal(
      store(reportOf({ dates: ["2008-04-02T16:54:22Z", "2008-04-02T16:54:22.001Z"], entry })),
      2,
    );
    assert.equal(store(reportOf({ dates: [0], isSigned: false, isEncrypted: true })), 1);
    const stored = {
      lat: 45.475841199050905,
      lon: 9.172725677490234,
      receivedAt: reportOf().receivedAt,
    };
    assert.deepEqual(newest(OSID, 9), [
      {
        ...stored,
        ...entry,
        date: new Date("2008-04-02T16:54:22.001Z"),
        isSigned: true,
        isEncrypted: false,
      },
      {
        ...stored,
        ...entry,
        date: new Date("2008-04-02T16:54:22Z"),
        isSigned: true,
        isEncrypted: false,
      },
      { ...stored, ppm: 400, date: new Date(0), isSigned: false, isEncrypted: true },
    ]);
    assert.equal(newest(OSID, 2).length, 2);
  });

  it("gives back entries without a place, with a coarse one and with an old one", () => {
    const { store, newest, holds } = bound(open());
    const [lat, lon, ppm] = [45.48, 9.17, 400];
    const places = [
      {},
      { lat, lon },
      { lat, lon, placeAgeS: 1 },
      { lat, lon, eleM: 120, placeAgeS: 999_999_999 },
    ];
    const entries = places.map((place, index) => ({ date: new Date(index), ...place, ppm }));
    assert.equal(store({ ...reportOf(), entries }), 4);
    const { receivedAt, isSigned, isEncrypted } = reportOf();
    assert.deepEqual(
      newest(OSID, 9).reverse(),
      entries.map((entry) => ({ ...entry, receivedAt, isSigned, isEncrypted })),
    );
    assert.equal(holds({ ...reportOf(), entries }), true);
  });

  const halves: Partial<Entry>[] = [
    { lat: undefined },
    { lon: undefined },
    { lat: undefined, lon: undefined, eleM: 120 },
    { lat: undefined, lon: undefined, placeAgeS: 340 },
  ];
  for (const entry of halves) {
    it(`stores no half of a place, and nothing of its report: ${Object.keys(entry).join()}`, () => {
      const { store, newest } = bound(open());
      const { entries } = reportOf({ dates: [1], entry });
      const whole = reportOf();
      assert.throws(() => store({ ...whole, entries: [...whole.entries, ...entries] }), /CHECK/);
      assert.deepEqual(newest(OSID, 9), []);
      // What has failed once is no hindrance.
      assert.equal(store(whole), 1);
    });
  }

  it("keeps spimes apart, by folded address and resource", () => {
    const { store, newest } = bound(open());
    store(reportOf());
    store(
      reportOf({
        osid: OSID.replace("4a6b", "4A6B").replace("openspime.com", "OpenSpime.com"),
        dates: [1],
      }),
    );
    store(reportOf({ osid: OSID.replace("/spime", "/Spime"), dates: [2, 3, 4] }));
    assert.deepEqual(
      newest(OSID.toUpperCase().replace("/SPIME", "/spime"), 9).map(({ date }) => date.getTime()),
      [1, 0],
    );
    assert.deepEqual(newest("nobody@spime.openspime.com/spime", 9), []);
  });

  it("stores an entry once, as it was first", () => {
    const { store, holds, newest } = bound(open());
    assert.equal(holds(reportOf()), false);
    assert.equal(store(reportOf({ dates: [1, 2] })), 2);
    assert.equal(store(reportOf({ dates: [2, 1], entry: { ppm: 999 } })), 0);
    assert.equal(store(reportOf({ dates: [2, 3] })), 1);
    assert.deepEqual(
      newest(OSID, 9).map(({ ppm }) => ppm),
      [400, 400, 400],
    );
    assert.equal(holds(reportOf({ dates: [3, 1] })), true);
    assert.equal(holds(reportOf({ dates: [3, 4] })), false);
  });

  it("keeps the newest of a spime by date, in whatever order they come", () => {
    const { store, newest } = bound(open(":memory:", { maxEntries: 3 }));
    store(reportOf({ dates: [5, 1, 4, 2, 3] }));
    store(reportOf({ dates: [0] }));
    store(reportOf({ osid: "other@b/c", dates: [9] }));
    store(reportOf({ dates: [7] }));
    assert.deepEqual(
      newest(OSID, 9).map(({ date }) => date.getTime()),
      [7, 5, 4],
    );
    assert.equal(newest("other@b/c", 9).length, 1);
  });

  it("keeps no more after a report that was not stored, nor after a restart with a lower bound", () => {
    const { store, newest } = bound(open(path, { maxEntries: 3 }));
    const [half] = reportOf({ dates: [9], entry: { lat: undefined } }).entries;
    const whole = reportOf({ dates: [8] });
    store(reportOf({ dates: [1, 2] }));
    assert.throws(() => store({ ...whole, entries: [...whole.entries, half!] }), /CHECK/);
    store(reportOf({ dates: [3] }));
    assert.equal(newest(OSID, 9).length, 3);
    store(reportOf({ dates: [4] }));
    database?.close();
    const lower = bound(open(path, { maxEntries: 2 }));
    lower.store(reportOf({ dates: [5] }));
    assert.deepEqual(
      lower.newest(OSID, 9).map(({ date }) => date.getTime()),
      [5, 4],
    );
  });

  it("takes no spime too many, and stores nothing of it", () => {
    const { store, newest } = bound(open(":memory:", { maxSpimes: 2 }));
    store(reportOf());
    store(reportOf({ osid: "b@b/c" }));
    assert.throws(() => store(reportOf({ osid: "c@b/c" })), /has its 2 spimes already/);
    assert.deepEqual(newest("c@b/c", 9), []);
    assert.equal(store(reportOf({ dates: [1] })), 1);
  });

  it("keeps a hundred characters of an exposure", () => {
    const { store, newest } = bound(open());
    store(reportOf({ entry: { exposure: "🌍".repeat(101) } }));
    assert.equal(newest(OSID, 1)[0]?.exposure, "🌍".repeat(100));
  });

  it("takes text for text", () => {
    const { store, newest } = bound(open());
    const osid = "robert'); DROP TABLE entries;--@b/c";
    store(reportOf({ osid, entry: { exposure: "'; DELETE FROM entries; --" } }));
    assert.equal(newest(osid, 9)[0]?.exposure, "'; DELETE FROM entries; --");
  });

  it("remembers treated requests until they expire, and not too many", () => {
    const { seeks } = open(":memory:", { maxSeeks: 3 });
    const ids = Array.from({ length: 5 }, (_, index) => seekId("a@b/c", `${index}`));
    const add = (index: number, expiresMs: number, nowMs: number) =>
      seeks.add(ids[index]!, new Date(expiresMs), new Date(nowMs));
    const known = () => ids.map((id) => Number(seeks.has(id))).join("");
    add(0, 100, 0);
    add(0, 100, 0);
    add(1, 50, 0);
    assert.equal(known(), "11000");
    add(2, 200, 50);
    assert.equal(known(), "10100", "one has expired");
    add(3, 300, 60);
    add(4, 250, 60);
    assert.deepEqual([known(), seeks.size], ["00111", 3], "the bound");
  });

  const [soon, never] = [new Date(1000), new Date("9999-12-31T23:59:59Z")];

  it("forgets those of who has the most first, so that nobody's are pushed out by another's", () => {
    const { seeks } = open(":memory:", { maxSeeks: 10 });
    const add = (osid: string, id: number, expiresAt: Date) =>
      seeks.add(seekId(osid, `${id}`), expiresAt, new Date(0));
    const known = (osid: string) =>
      Array.from({ length: 20 }, (_, id) => id).filter((id) => seeks.has(seekId(osid, `${id}`)));
    for (const id of [1, 2]) add("honest@b/c", id, soon);
    for (let id = 0; id < 20; id += 1) add("thief@b/c", id, new Date(never.getTime() + id));
    add("other@b/c", 1, soon);
    assert.deepEqual(known("honest@b/c"), [1, 2]);
    assert.deepEqual(known("other@b/c"), [1]);
    assert.deepEqual(known("thief@b/c"), [13, 14, 15, 16, 17, 18, 19], "the last to expire");
  });

  it("forgets what expires last first where all have as many", () => {
    const { seeks } = open(":memory:", { maxSeeks: 10 });
    const add = (osid: string, expiresAt: Date) =>
      seeks.add(seekId(osid, "1"), expiresAt, new Date(0));
    add("honest@b/c", soon);
    for (let index = 0; index < 20; index += 1) add(`thief@b/${index}`, never);
    assert.deepEqual([seeks.size, seeks.has(seekId("honest@b/c", "1"))], [10, true]);
  });

  it("remembers as many of one originator as there is room", () => {
    const { seeks } = open(":memory:", { maxSeeks: 10 });
    for (let id = 0; id < 10; id += 1) seeks.add(seekId("a@b/c", `${id}`), soon, new Date(0));
    assert.equal(seeks.size, 10);
  });

  it("makes room for some more at once where there are many", () => {
    const { seeks } = open(":memory:", { maxSeeks: 200 });
    for (let id = 0; id < 201; id += 1) seeks.add(seekId("a@b/c", `${id}`), soon, new Date(0));
    assert.equal(seeks.size, 198);
  });

  it("has a bound that was lowered at once", () => {
    open(path, { maxSeeks: 10 });
    for (let id = 0; id < 10; id += 1) {
      database?.seeks.add(seekId("a@b/c", `${id}`), soon, new Date(0));
    }
    database?.close();
    const { seeks } = open(path, { maxSeeks: 3 });
    seeks.add(seekId("a@b/c", "10"), soon, new Date(0));
    assert.equal(seeks.size, 3);
  });

  it("takes a file of before it was noted whose a treated request is, and knows its requests", () => {
    copyFileSync(VERSION_2, path);
    query(path, "ALTER TABLE seeks DROP COLUMN originator");
    query(path, "PRAGMA user_version = 1");
    const { seeks, holds } = open(path, { maxSeeks: 2 });
    assert.equal(holds.call(database, reportOf({ dates: [1000] })), true);
    assert.equal(seeks.has(seekId("a@b/c", "1")), true);
    for (const id of ["2", "3"]) seeks.add(seekId("a@b/c", id), soon, new Date(0));
    assert.equal(seeks.size, 2);
    database?.close();
    assert.equal(open(path).seeks.size, 2);
  });

  it("takes a file of version 2, as it was written then, and goes on with it", () => {
    copyFileSync(VERSION_2, path);
    const { store, newest } = bound(open(path));
    const exact = { lat: 45.475841199050905, lon: 9.172725677490234, ppm: 400 };
    const { receivedAt } = reportOf();
    const flags = { receivedAt, isSigned: true, isEncrypted: false };
    const [height, flat] = [{ eleM: 120, exposure: "façade 東" }, {}];
    const before = [
      { ...exact, ...height, date: new Date("2008-04-02T16:54:22.001Z"), ...flags },
      { ...exact, ...flat, date: new Date(1000), ...flags, isSigned: false, isEncrypted: true },
    ];
    assert.deepEqual(newest(OSID, 9), before);
    assert.equal(newest("other@b/c", 9).length, 1);
    assert.equal(database?.seeks.has(seekId("a@b/c", "1")), true);
    const place = { lat: undefined, lon: undefined };
    assert.equal(store(reportOf({ dates: [1000, 2000], entry: place })), 1, "one was there");
    database?.close();
    assert.equal(integrityOf(path), "ok");
    assert.deepEqual(query(path, "PRAGMA user_version"), { user_version: 3 });
    assert.equal(bound(open(path)).newest(OSID, 9).length, 3);
  });

  it("leaves a file of version 2 as it is if it cannot be brought up to date", () => {
    copyFileSync(VERSION_2, path);
    query(path, "CREATE TABLE entries_2 (a)");
    assert.throws(() => new Database(path), /entries_2/);
    query(path, "DROP TABLE entries_2");
    assert.equal(open(path).newest(OSID, 9).length, 2);
  });

  it("tells osid and id apart", () => {
    assert.notDeepEqual(seekId("a@b/c d", "e").digest, seekId("a@b/c", "d e").digest);
    assert.notDeepEqual(seekId('a@b/c","', "e").digest, seekId("a@b/c", '","e').digest);
  });

  it("has it all after a restart, and leaves no other file behind", () => {
    const seek = seekId("a@b/c", "1");
    open(path).store(reportOf());
    database?.seeks.add(seek, new Date(1), new Date(0));
    database?.close();
    assert.deepEqual(readdirSync(folder), ["reports.db"]);
    // https://www.sqlite.org/fileformat.html section 1.3.3: a write-ahead log, the only journal that is safe here.
    assert.deepEqual([...readFileSync(path).subarray(18, 20)], [2, 2]);
    assert.equal(statSync(path).mode & 0o077, 0);
    assert.equal(open(path).holds(reportOf()), true);
    assert.equal(database?.seeks.has(seek), true);
  });

  it("is open once", () => {
    open(path);
    assert.throws(
      () => new Database(path),
      new RegExp(`^Error: database ${path}: in use by process ${process.pid}$`),
    );
    assert.throws(() => new Database(join(folder, ".", "x", "..", "reports.db")), /in use/);
    assert.equal(database?.store(reportOf()), 1, "the first is as it was");
  });

  it("is open once, whatever link leads to it", () => {
    symlinkSync(folder, `${folder}-link`);
    try {
      open(join(`${folder}-link`, "reports.db"));
      assert.throws(() => new Database(path), /in use/);
      symlinkSync(path, join(folder, "link.db"));
      assert.throws(() => new Database(join(folder, "link.db")), /in use/);
    } finally {
      rmSync(`${folder}-link`);
    }
  });

  it("is open in one process of many that start at once after a crash", async function () {
    this.timeout(60_000);
    writeFileSync(`${path}.owner`, "4194305 1");
    const starting = Array.from({ length: 5 }, () =>
      startWriter(path, 1).catch((error: Error) => error.message),
    );
    const started = await Promise.all(starting);
    const writers = started.filter((one) => typeof one !== "string");
    for (const writer of writers) await writer.kill();
    assert.equal(writers.length, 1, started.map(String).join());
  });

  it("is open in one process", async () => {
    const writer = await startWriter(path, 1);
    assert.throws(() => new Database(path), new RegExp(`in use by process ${writer.pid}`));
    await writer.kill();
  });

  it("has every report that was stored, whole, whenever the process is killed", async function () {
    this.timeout(60_000);
    for (const count of [1, 40, 150]) {
      const writer = await startWriter(path, count);
      const last = await writer.kill();
      const { holds, newest } = bound(open(path, { maxEntries: 1_000_000 }));
      const stored = newest(OSID, 1_000_000);
      assert.equal(stored.length % 50, 0, "a part of a report");
      const dates = Array.from({ length: (last + 1) * 50 }, (_, index) => index);
      assert.equal(holds(reportOf({ dates: dates.slice(-10_000) })), true);
      database?.close();
      assert.deepEqual(integrityOf(path), "ok");
    }
  });

  it("takes over from a process that is gone, whose id another has now", () => {
    writeFileSync(`${path}.owner`, `${process.ppid} 1`);
    mkdirSync(`${path}.lock`);
    assert.equal(open(path).store(reportOf()), 1);
  });

  const unusable: [name: string, make: (file: string) => void, message: RegExp][] = [
    ["what is no database", (file) => writeFileSync(file, "text ".repeat(1000)), /not a database/],
    ["somebody else's database", (file) => query(file, "CREATE TABLE t (a)"), /something else/],
    ["a schema of the future", (file) => query(file, "PRAGMA user_version = 7"), /schema 7/],
    ["a folder", (file) => mkdirSync(file), /open/],
  ];
  for (const [name, make, message] of unusable) {
    it(`refuses ${name}, and leaves no trace`, () => {
      make(path);
      const content = contentOf(path);
      assert.throws(
        () => new Database(path),
        (error: Error) => {
          return error.message.startsWith(`database ${path}: `) && message.test(error.message);
        },
      );
      assert.deepEqual(readdirSync(folder), ["reports.db"]);
      assert.deepEqual(contentOf(path), content);
    });
  }

  it("refuses a folder that is not there", () => {
    assert.throws(() => new Database(join(folder, "none", "reports.db")), /ENOENT/);
  });

  it("throws and names what is wrong in its options", () => {
    assert.throws(() => new Database(""), /^TypeError: database:/);
    for (const field of ["maxEntries", "maxSpimes", "maxSeeks"]) {
      assert.throws(
        () => new Database(":memory:", { [field]: 0 }),
        new RegExp(`^TypeError: ${field}:`),
      );
    }
  });
});

function contentOf(path: string): Buffer | string[] {
  return statSync(path).isFile() ? readFileSync(path) : readdirSync(path);
}

/** The methods by themselves. */
function bound(database: Database) {
  return {
    store: database.store.bind(database),
    holds: database.holds.bind(database),
    newest: database.newest.bind(database),
  };
}

/** Resolves when it has stored so many reports. */
async function startWriter(path: string, count: number) {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ["ignore", "pipe", "ignore"] });
  let last = -1;
  const lines = createInterface(child.stdout);
  const closed = Promise.all([once(child, "exit"), once(lines, "close")]);
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the writer ended")));
    let seen = 0;
    lines.on("line", (line) => {
      last = Number(line);
      if ((seen += 1) === count) resolve();
    });
  });
  return {
    pid: child.pid,
    /** The number of the last report that it said to have stored. */
    kill: async () => {
      child.kill("SIGKILL");
      await closed;
      return last;
    },
  };
}

function query(path: string, sql: string): unknown {
  const database = new sqlite.Database(path);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  try {
    return database.get(sql);
  } finally {
    database.close();
  }
}

function integrityOf(path: string): unknown {
  return Object.values(query(path, "PRAGMA integrity_check") ?? {})[0];
}
