// What becomes of each sample, by what the engine says of its flash (probe.ts) and by what is stored in the end. A
// sample is known by its date; while it moves from page to page it is in two places.

import type { LogEvent } from "../../../src/desktop/sim/agent-log.js";
import type { SampleFigures } from "../ledger.js";
import type { FlashWork } from "../powered-flash.js";

const PAGE_BYTES = 1024;
const SLOT_BYTES = 32;
/** What a record's first byte says (store/flash-log.ts). */
const REFUSED = 0x0f;
const DROPPED = 0x3f;

export class Journal {
  /** Lines about the flash, of all lives. */
  lines = 0;
  private readonly places = new Map<number, number>();
  /** Dates of all that was put into the queue. */
  private readonly taken = new Set<number>();
  /** The engine was killed while it wrote them. */
  private readonly torn = new Set<number>();
  /** Marked as given up, in their last place. */
  private readonly given = new Set<number>();
  private dropped = 0;
  private untold = 0;
  /** Records given up since the log last said how many. */
  private marked = 0;
  /** Of the record that is being written. */
  private dateMs: number | undefined;
  private work: FlashWork | "between" = "between";

  /** Nothing happens for an event of something else. */
  hear({ name, values }: LogEvent): void {
    const at = Number(values["at"]);
    if (name === "dropped") this.onDropped(Number(values["count"]));
    else if (name === "flashed") this.onRest();
    else if (name === "writing") this.onWriting(at, Number(values["date"]));
    else if (name === "marking") this.onMarking(at, Number(values["as"]));
    else if (name === "erasing") this.onErasing(at);
    else return;
    this.lines += 1;
  }

  /** What was being done to the flash. */
  onKill(): FlashWork | "between" {
    const { work } = this;
    if (this.dateMs !== undefined) this.torn.add(this.dateMs);
    this.onRest();
    this.untold += this.marked;
    this.marked = 0;
    return work;
  }

  /** `dates` of all that is stored; `received`: entries that came in, those that were there already too. */
  figures(dates: readonly number[], received: number): SampleFigures {
    const stored = new Set(dates);
    const missing = [...this.taken].filter((date) => !stored.has(date));
    const torn = missing.filter((date) => this.torn.has(date));
    const given = missing.filter((date) => this.given.has(date) && !this.torn.has(date));
    const strangers = [...stored].filter((date) => !this.taken.has(date)).length;
    const { dropped, untold } = this;
    return {
      ...{ taken: this.taken.size, stored: stored.size, torn: torn.length, dropped, untold },
      // Those that were given up have to be told as well.
      lost: missing.length - torn.length - Math.min(given.length, dropped + untold),
      surplus: dates.length - stored.size + strangers,
      repeated: received - dates.length,
    };
  }

  private onRest(): void {
    this.dateMs = undefined;
    this.work = "between";
  }

  private onDropped(count: number): void {
    this.dropped += count;
    this.marked = 0;
  }

  private onWriting(at: number, dateMs: number): void {
    const place = at - (at % SLOT_BYTES);
    this.work = "write";
    // A header.
    if (place % PAGE_BYTES === 0) return;
    // One that moves is in its old place still.
    if (!this.taken.has(dateMs)) this.dateMs = dateMs;
    this.taken.add(dateMs);
    this.given.delete(dateMs);
    this.places.set(place, dateMs);
  }

  private onMarking(place: number, as: number): void {
    const dateMs = this.places.get(place);
    this.work = "write";
    this.places.delete(place);
    if (as !== DROPPED && as !== REFUSED) return;
    // One that has moved is given up in its old place alone.
    if (dateMs !== undefined && [...this.places.values()].includes(dateMs)) return;
    if (as === DROPPED) this.marked += 1;
    if (dateMs !== undefined) this.given.add(dateMs);
  }

  /** What waited there is not given up: it is lost. */
  private onErasing(page: number): void {
    this.work = "erase";
    for (let place = page; place < page + PAGE_BYTES; place += SLOT_BYTES)
      this.places.delete(place);
  }
}
