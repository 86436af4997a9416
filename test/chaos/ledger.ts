// What becomes of each sample, known by the time of its fix, which is the date of its entry.

export interface SampleFigures {
  /** Put into the board's queue. */
  readonly taken: number;
  readonly stored: number;
  /** Power failed while they were written. */
  readonly torn: number;
  /** Given up, as the log says: for room, or because they were damaged. */
  readonly dropped: number;
  /** Given up in the very work in which power failed, before the log could say so. */
  readonly untold: number;
  /** Neither stored nor torn nor given up. */
  readonly lost: number;
  /** Stored twice, or of nobody knows which sample. */
  readonly surplus: number;
  /** Sent again, and recognised. */
  readonly repeated: number;
}

export class Ledger {
  private readonly taken = new Set<number>();
  private readonly torn = new Set<number>();
  private dropped = 0;
  private untold = 0;
  /** Records given up since the log last said how many. */
  private marked = 0;
  /** Of the sample that is being taken. */
  private dateMs: number | undefined;

  onSample(dateMs: number): void {
    this.dateMs = dateMs;
    this.taken.add(dateMs);
  }

  /** No sample after all. */
  onGap(): void {
    if (this.dateMs !== undefined) this.taken.delete(this.dateMs);
    this.dateMs = undefined;
  }

  /** What the board had to do at once is done. */
  onRest(): void {
    this.dateMs = undefined;
  }

  onMarked(): void {
    this.marked += 1;
  }

  onDropped(count: number): void {
    this.dropped += count;
    this.marked = 0;
  }

  onPowerCut(): void {
    if (this.dateMs !== undefined) this.torn.add(this.dateMs);
    this.dateMs = undefined;
    this.untold += this.marked;
    this.marked = 0;
  }

  /** `dates` of all that is stored; `received`: entries that came in, those that were there already too. */
  figures(dates: readonly number[], received: number): SampleFigures {
    const { taken, dropped, untold } = this;
    const stored = new Set(dates);
    const missing = [...taken].filter((date) => !stored.has(date));
    const torn = missing.filter((date) => this.torn.has(date)).length;
    const strangers = [...stored].filter((date) => !taken.has(date)).length;
    return {
      ...{ taken: taken.size, stored: stored.size, torn, dropped, untold },
      // One that was given up may be stored all the same: then only its answer was lost.
      lost: Math.max(0, missing.length - torn - dropped - untold),
      surplus: dates.length - stored.size + strangers,
      repeated: received - dates.length,
    };
  }
}
