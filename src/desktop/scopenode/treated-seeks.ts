// The SpimeSeek requests that were treated, by what section 1.2.0 calls their primary identifier: the
// originator's osid and the request's id. One is forgotten when it has expired, because it would be ignored
// then all the same, or when there are too many: the one first that expires first.

import { createHash } from "node:crypto";
import { transact } from "./database-file.js";
import type { Sqlite } from "./database-file.js";

export class TreatedSeeks {
  constructor(
    private readonly sqlite: Sqlite,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return Number(this.sqlite.get("SELECT count(*) AS count FROM seeks")?.count);
  }

  /** `id` by seekId. */
  has(id: Uint8Array): boolean {
    return this.sqlite.get("SELECT 1 FROM seeks WHERE digest = ?", [id]) !== null;
  }

  add(id: Uint8Array, expiresAt: Date, now: Date): void {
    transact(this.sqlite, () => {
      this.sqlite.run("DELETE FROM seeks WHERE expires_ms <= ?", [now.getTime()]);
      this.makeRoom();
      const values = [id, expiresAt.getTime()];
      this.sqlite.run("INSERT INTO seeks VALUES (?, ?) ON CONFLICT DO NOTHING", values);
    });
  }

  private makeRoom(): void {
    const excess = this.size - this.capacity + 1;
    if (excess <= 0) return;
    const first = "SELECT digest FROM seeks ORDER BY expires_ms LIMIT ?";
    this.sqlite.run(`DELETE FROM seeks WHERE digest IN (${first})`, [excess]);
  }
}

/** A digest, because a request's id may be long. `osid` is folded. */
export function seekId(osid: string, requestId: string): Uint8Array {
  return createHash("sha256")
    .update(JSON.stringify([osid, requestId]))
    .digest();
}
