// What a ScopeNode keeps: the entries of the reports it took, of each spime the newest (OpenSpime v0.9
// section 1.0.0), and the SpimeSeek requests it has treated (section 1.2.0).

import { foldAddress } from "../openspime/address.js";
import { contradictionIn } from "./contradiction.js";
import { openDatabase } from "./database-file.js";
import type { OpenedDatabase } from "./database-file.js";
import type { Report } from "./queries.js";
import type { Entry } from "./report.js";
import type { Statements } from "./statements.js";
import { TreatedSeeks } from "./treated-seeks.js";

export interface DatabaseBounds {
  /** Kept of each spime, the newest by their own dates; default 10,000. */
  readonly maxEntries?: number;
  /** A report of one more is an error: what is there is not given up for newcomers. Default 10,000. */
  readonly maxSpimes?: number;
  /** Requests remembered; with more, who has the most loses those that expire first. Default 10,000. */
  readonly maxSeeks?: number;
}

export interface StoredEntry extends Entry {
  readonly receivedAt: Date;
  readonly isSigned: boolean;
  readonly isEncrypted: boolean;
}

const DEFAULT_BOUND = 10_000;

/** The document has one word there, and senders are not to fill the disk with it. */
const MAX_EXPOSURE_CHARS = 100;

export class Database {
  readonly seeks: TreatedSeeks;
  private readonly opened: OpenedDatabase;
  private readonly statements: Statements;
  private readonly maxEntries: number;
  private readonly maxSpimes: number;
  /** How many entries a spime has, by its id: to count them at each report takes as long as there are many. */
  private readonly counts = new Map<number, number>();

  /** `path` of a file or `:memory:`. Throws an Error that says why if it cannot be used. */
  constructor(path: string, bounds: DatabaseBounds = {}) {
    this.maxEntries = boundOf("maxEntries", bounds);
    this.maxSpimes = boundOf("maxSpimes", bounds);
    const maxSeeks = boundOf("maxSeeks", bounds);
    this.opened = openDatabase(path);
    this.statements = this.opened.statements;
    this.seeks = new TreatedSeeks(this.statements, maxSeeks);
  }

  /** How many of its entries are new. One that is there, by spime and date, stays as it is. Throws if full. */
  store(report: Report): number {
    const { spime, added, count } = this.statements.transact(() => {
      const spime = this.idOf(report.osid) ?? this.admit(report.osid);
      const before = this.counts.get(spime) ?? this.count(spime);
      const added = report.entries.filter((entry) => this.insert(spime, entry, report)).length;
      return { spime, added, count: this.prune(spime, before + added) };
    });
    this.counts.set(spime, count);
    return added;
  }

  /** Throws if the spime is none of those that are there, and there are as many as there may be. */
  requireRoom(osid: string): void {
    if (this.idOf(osid) === undefined) this.requirePlace();
  }

  /** Whether every entry, by spime and date, is there. */
  holds(report: Report): boolean {
    return this.compare(report).isHeld;
  }

  /** `isHeld` as `holds`; `contradiction`: the date of which it says something else than is there, or two things itself. */
  compare(report: Report): { isHeld: boolean; contradiction: Date | undefined } {
    const namesakes = this.namesakes(report);
    const dates = new Set(report.entries.map(({ date }) => date.getTime()));
    return {
      isHeld: namesakes.length === dates.size,
      contradiction: contradictionIn([...namesakes, ...report.entries]),
    };
  }

  /** At most `count` entries of a spime, the newest first. */
  newest(osid: string, count: number): StoredEntry[] {
    const rows = this.statements.all(
      `SELECT entries.* FROM entries JOIN spimes ON spimes.id = spime
       WHERE osid = ? ORDER BY date_ms DESC LIMIT ?`,
      [foldAddress(osid), count],
    );
    return (rows as unknown as Row[]).map(entryOf);
  }

  close(): void {
    this.opened.close();
  }

  /** What is there of the report's spime with dates of its entries. */
  private namesakes({ osid, entries }: Report): StoredEntry[] {
    const dates = JSON.stringify(entries.map(({ date }) => date.getTime()));
    const rows = this.statements.all(
      `SELECT entries.* FROM entries JOIN spimes ON spimes.id = spime
       WHERE osid = ? AND date_ms IN (SELECT value FROM json_each(?))`,
      [foldAddress(osid), dates],
    );
    return (rows as unknown as Row[]).map(entryOf);
  }

  private idOf(osid: string): number | undefined {
    const row = this.statements.get("SELECT id FROM spimes WHERE osid = ?", [foldAddress(osid)]);
    return row && Number(row["id"]);
  }

  private requirePlace(): void {
    const count = Number(this.statements.get("SELECT count(*) AS count FROM spimes")?.["count"]);
    if (count >= this.maxSpimes) throw new Error(`the database has its ${count} spimes already`);
  }

  private admit(osid: string): number {
    this.requirePlace();
    const { lastInsertRowid } = this.statements.run("INSERT INTO spimes (osid) VALUES (?)", [
      foldAddress(osid),
    ]);
    return Number(lastInsertRowid);
  }

  private insert(spime: number, entry: Entry, report: Report): boolean {
    const { date, lat = null, lon = null, eleM = null, placeAgeS = 0, ppm, exposure } = entry;
    const { receivedAt, isSigned, isEncrypted } = report;
    const { changes } = this.statements.run(
      `INSERT INTO entries (spime, date_ms, lat, lon, ele_m, place_age_s, ppm, exposure,
         received_ms, is_signed, is_encrypted)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [
        ...[spime, date.getTime(), lat, lon, eleM, placeAgeS, ppm, cut(exposure)],
        ...[receivedAt.getTime(), isSigned, isEncrypted],
      ],
    );
    return changes > 0;
  }

  private count(spime: number): number {
    const sql = "SELECT count(*) AS count FROM entries WHERE spime = ?";
    return Number(this.statements.get(sql, [spime])?.["count"]);
  }

  /** How many are left of the `count` that there are. */
  private prune(spime: number, count: number): number {
    const excess = count - this.maxEntries;
    if (excess <= 0) return count;
    this.statements.run(
      `DELETE FROM entries WHERE spime = :spime AND date_ms <= (
         SELECT date_ms FROM entries WHERE spime = :spime ORDER BY date_ms LIMIT 1 OFFSET :last)`,
      { ":spime": spime, ":last": excess - 1 },
    );
    return this.maxEntries;
  }
}

interface Row {
  readonly date_ms: number;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly ele_m: number | null;
  readonly place_age_s: number;
  readonly ppm: number;
  readonly exposure: string | null;
  readonly received_ms: number;
  readonly is_signed: number;
  readonly is_encrypted: number;
}

function entryOf(row: Row): StoredEntry {
  return {
    date: new Date(row.date_ms),
    ...(row.exposure !== null && { exposure: row.exposure }),
    ...placeOf(row),
    ppm: row.ppm,
    receivedAt: new Date(row.received_ms),
    isSigned: row.is_signed === 1,
    isEncrypted: row.is_encrypted === 1,
  };
}

function placeOf({ lat, lon, ele_m: eleM, place_age_s: placeAgeS }: Row): Partial<StoredEntry> {
  if (lat === null || lon === null) return {};
  return { lat, lon, ...(eleM !== null && { eleM }), ...(placeAgeS > 0 && { placeAgeS }) };
}

/** By characters: half of one is no text. */
function cut(exposure: string | undefined): string | null {
  return exposure === undefined ? null : [...exposure].slice(0, MAX_EXPOSURE_CHARS).join("");
}

function boundOf(name: keyof DatabaseBounds, bounds: DatabaseBounds): number {
  const bound = bounds[name] ?? DEFAULT_BOUND;
  if (!Number.isInteger(bound) || bound < 1)
    throw new TypeError(`${name}: not a whole number above 0`);
  return bound;
}
