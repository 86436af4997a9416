// The SpimeSeek requests that were treated, by what section 1.2.0 calls their primary identifier: the
// originator's osid and the request's id. One is forgotten when it has expired, because it would be ignored
// then all the same, or when there are too many.
//
// An originator sets the dates of its own requests, and may set them as far ahead as it likes: the document lets
// any date in the future pass. So that it pushes out its own only, the one that has the most gives up first, and
// of its own what expires first; where all have as many, what expires last.

import { createHash } from "node:crypto";
import type { Statements } from "./statements.js";

export class TreatedSeeks {
  constructor(
    private readonly statements: Statements,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return Number(this.statements.get("SELECT count(*) AS count FROM seeks")?.["count"]);
  }

  has({ digest }: SeekId): boolean {
    return this.statements.get("SELECT 1 FROM seeks WHERE digest = ?", [digest]) !== undefined;
  }

  add({ digest, originator }: SeekId, expiresAt: Date, now: Date): void {
    this.statements.transact(() => {
      this.statements.run("DELETE FROM seeks WHERE expires_ms <= ?", [now.getTime()]);
      this.makeRoom();
      this.statements.run(
        `INSERT INTO seeks (digest, expires_ms, originator) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
        [digest, expiresAt.getTime(), originator],
      );
    });
  }

  private makeRoom(): void {
    const excess = this.size - this.capacity + 1;
    if (excess <= 0) return;
    this.statements.run(
      `DELETE FROM seeks WHERE digest IN (
         SELECT digest FROM (
           SELECT digest, expires_ms,
             row_number() OVER (PARTITION BY originator ORDER BY expires_ms DESC) AS place
           FROM seeks)
         ORDER BY place DESC, expires_ms DESC LIMIT ?)`,
      // Sorting ten thousand takes 20 ms: not for every request.
      [excess + Math.floor(this.capacity / 100)],
    );
  }
}

/** By seekId. */
export interface SeekId {
  readonly digest: Uint8Array;
  readonly originator: Uint8Array;
}

/** Digests, because osid and id may be long. `osid` is folded. */
export function seekId(osid: string, requestId: string): SeekId {
  return { digest: sha256(JSON.stringify([osid, requestId])), originator: sha256(osid) };
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
