// A SQLite database as a ScopeNode opens it, on node-sqlite3-wasm.
//
// The journal has to be a write-ahead log (https://www.sqlite.org/wal.html). When this build looks for a
// rollback journal that a crash left, it takes its own lock for somebody else's (its xCheckReservedLock asks
// for the lock's directory only) and rolls nothing back: the file is broken then. A log is recovered by its
// checksums. Without shared memory it takes exclusive locking: one process has the database, see
// file-owner.ts. A commit returns once it is on the disk.

import sqlite from "node-sqlite3-wasm";
import { messageOf } from "../failure.js";
import { disownFile, ownFile, realPath } from "./file-owner.js";
import { Statements } from "./statements.js";

type Connection = InstanceType<typeof sqlite.Database>;

export interface OpenedDatabase {
  readonly statements: Statements;
  /** Once is enough. */
  close(): void;
}

const IN_MEMORY = ":memory:";

/** In `user_version`. */
const VERSION = 3;

/** Version 1 did not say whose a treated request is: those that are there are all nobody's. */
const FROM_VERSION_1 = "ALTER TABLE seeks ADD COLUMN originator BLOB NOT NULL DEFAULT x'';";

/** A place is whole or absent; `place_age_s` is 0 where it is that of the entry's date. */
const ENTRIES = `
  CREATE TABLE entries (
    spime INTEGER NOT NULL REFERENCES spimes,
    date_ms INTEGER NOT NULL,
    lat REAL,
    lon REAL,
    ele_m REAL,
    place_age_s INTEGER NOT NULL,
    ppm REAL NOT NULL,
    exposure TEXT,
    received_ms INTEGER NOT NULL,
    is_signed INTEGER NOT NULL,
    is_encrypted INTEGER NOT NULL,
    PRIMARY KEY (spime, date_ms),
    CHECK ((lat IS NULL) = (lon IS NULL)),
    CHECK (lat IS NOT NULL OR (ele_m IS NULL AND place_age_s = 0))
  ) STRICT, WITHOUT ROWID;
`;

/** Version 2 had no entry without a place, and none with an old one. SQLite cannot alter a column: a new table. */
const FROM_VERSION_2 = `
  ALTER TABLE entries RENAME TO entries_2;
  ${ENTRIES}
  INSERT INTO entries
    SELECT spime, date_ms, lat, lon, ele_m, 0, ppm, exposure, received_ms, is_signed, is_encrypted
    FROM entries_2;
  DROP TABLE entries_2;
`;

/** What brings each version to the next one, from version 1 on. */
const CHANGES = [FROM_VERSION_1, FROM_VERSION_2];

const SCHEMA = `
  CREATE TABLE spimes (id INTEGER PRIMARY KEY, osid TEXT NOT NULL UNIQUE) STRICT;
  ${ENTRIES}
  CREATE TABLE seeks (
    digest BLOB PRIMARY KEY,
    expires_ms INTEGER NOT NULL,
    originator BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seeks_by_expiry ON seeks (expires_ms);
`;

/** `path` of a file, which is made if it is not there, or `:memory:`. Throws an Error that names it. */
export function openDatabase(path: string): OpenedDatabase {
  if (path === "") throw new TypeError("database: empty");
  try {
    return path === IN_MEMORY ? openInMemory() : openFile(realPath(path));
  } catch (cause) {
    throw new Error(`database ${path}: ${messageOf(cause)}`, { cause });
  }
}

function openInMemory(): OpenedDatabase {
  return openedDatabase(connect(IN_MEMORY));
}

function openFile(path: string): OpenedDatabase {
  ownFile(path);
  const disown = () => disownFile(path);
  try {
    return openedDatabase(connect(path), disown);
  } catch (error) {
    disown();
    throw error;
  }
}

function openedDatabase(connection: Connection, disown = () => {}): OpenedDatabase {
  const statements = new Statements(connection);
  const close = () => {
    if (!connection.isOpen) return;
    try {
      statements.close();
      connection.close();
    } finally {
      disown();
    }
  };
  return { statements, close };
}

function connect(path: string): Connection {
  const opened = new sqlite.Database(path);
  try {
    opened.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL");
    const version = versionOf(opened);
    if (path !== IN_MEMORY) useLog(opened);
    if (version < VERSION) bringUpToDate(opened, version);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Of its schema, 0 if it is empty; throws if it is somebody else's, before anything of it is changed. */
function versionOf(opened: Connection): number {
  const version = Number(opened.get("PRAGMA user_version")?.user_version);
  if (version >= 1 && version <= VERSION) return version;
  if (version !== 0) throw new Error(`schema ${version}, this program knows ${VERSION}`);
  const { count } = opened.get("SELECT count(*) AS count FROM sqlite_schema") ?? {};
  if (count !== 0) throw new Error("it holds something else");
  return 0;
}

function bringUpToDate(opened: Connection, version: number): void {
  const changes = version === 0 ? [SCHEMA] : CHANGES.slice(version - 1);
  opened.exec(`BEGIN IMMEDIATE; ${changes.join("")} PRAGMA user_version = ${VERSION}; COMMIT`);
}

function useLog(opened: Connection): void {
  const mode = opened.get("PRAGMA journal_mode = WAL")?.journal_mode;
  if (mode !== "wal") throw new Error(`no write-ahead log, but ${String(mode)}`);
}
