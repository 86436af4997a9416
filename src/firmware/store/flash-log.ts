// An append-only log of records in flash of its own (not in the engine's files, which a power cut in the middle of their
// compaction can take along): pages in a ring, erased as a whole when their turn comes, so that all wear alike. In NOR
// flash a bit goes from 1 to 0 alone; back it goes with its whole page. Power may fail in any write and any erase: what
// was whole before stays so, and nothing that is half written counts.
//
// A page is slots of 32 bytes, the first of them its header:
//
//   0       what has become of the record: ff it waits, anything else it does not (`Settled`)
//   1 – 4   check of the body: the first bytes of its hash
//   5 – 29  body; of a header: version, sequence number (4 bytes), level, zeros
//   30, 31  not written
//
// A record's place is its page's sequence number times the slots of a page, and its slot: it names no other record,
// however long the log lives.

import { numberBytes, numberFrom, repeated } from "../bytes.js";
import type { QueueSettings } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { ByteString, Flash } from "../platform.js";

export const BODY_BYTES = 25;
const SLOT_BYTES = 32;
const CHECK_BYTES = 4;
const VERSION = "\x01";
const WAITS = "\xff";
const BLANK = repeated(WAITS, SLOT_BYTES);

/** What the first byte says of a record that no longer waits. */
export const enum Settled {
  Delivered = 0,
  /** Its receiver will never take it. */
  Refused = 0x0f,
  /** It made room, or was damaged. */
  Dropped = 0x3f,
}

/** What of a log lasts in memory. */
export interface FlashLogState {
  /** Opens the flash. */
  flash(): Flash;
  hash: Hash;
  /**
   * When all pages are full, every second record goes, and of those that come, so that a long outage keeps its shape;
   * otherwise the oldest page goes.
   */
  isThinning: boolean;
  pages: number;
  /** The newest page, its sequence number, and its next free slot. */
  page: number;
  sequence: number;
  slot: number;
  /** Of two to the power of `level` records that come, one is kept; so it was with those in a page of that level. */
  level: number;
  arrived: number;
  /** How many wait, all of them from the place `oldest` on. */
  size: number;
  oldest: number;
  /** How many were given up since the start: they made room, or were damaged. */
  dropped: number;
}

export interface FlashLog {
  append(body: ByteString): void;
  /** Places of records that wait, oldest page first, `count` at most. */
  waiting(count: number): number[];
  /** Of the last `count` records in the newest page, places of those that wait. */
  newest(count: number): number[];
  /** "" when it is not there any more. */
  bodyAt(place: number): ByteString;
  /** Whether it waits as before: a full store does not take it. Nothing happens when it is not there any more. */
  settle(place: number, as: Settled): boolean;
  /** Finds out what the flash holds; pages that are none of ours are taken for empty. Once, before all else. */
  begin(): void;
}

/** Throws when the flash has fewer pages than the settings want. */
export function flashLogState(
  flash: () => Flash,
  hash: Hash,
  settings: QueueSettings,
): FlashLogState {
  const { area } = flash();
  const { whenFull, pages = area.pages } = settings;
  if (pages > area.pages) throw new Error("queue.pages: the board has " + area.pages);
  return {
    flash,
    hash,
    isThinning: whenFull === "thin",
    pages,
    page: pages - 1,
    sequence: 0,
    slot: area.pageBytes / SLOT_BYTES,
    level: 0,
    arrived: 0,
    size: 0,
    oldest: 0,
    dropped: 0,
  };
}

/** Made anew for each use: between two of them nothing but the state takes memory. */
export function flashLog(state: FlashLogState): FlashLog {
  const { hash, pages } = state;
  const flash = state.flash();
  const { pageBytes } = flash.area;
  const slots = pageBytes / SLOT_BYTES;

  function check(body: ByteString): ByteString {
    return hash.digest(body).slice(0, CHECK_BYTES);
  }

  function read(page: number, slot: number): ByteString {
    return flash.read(page * pageBytes + slot * SLOT_BYTES, SLOT_BYTES);
  }

  /** Of a slot, "" when it is damaged. */
  function bodyOf(bytes: ByteString): ByteString {
    const body = bytes.slice(1 + CHECK_BYTES, 1 + CHECK_BYTES + BODY_BYTES);
    return bytes.slice(1, 1 + CHECK_BYTES) === check(body) ? body : "";
  }

  function writeBody(page: number, slot: number, body: ByteString): void {
    flash.write(page * pageBytes + slot * SLOT_BYTES + 1, check(body) + body);
  }

  function mark(page: number, slot: number, as: Settled): void {
    flash.write(page * pageBytes + slot * SLOT_BYTES, String.fromCharCode(as));
  }

  function giveUp(): void {
    state.dropped++;
    state.size--;
  }

  /** "" for a page that has none of ours. */
  function headerOf(page: number): ByteString {
    const header = bodyOf(read(page, 0));
    return header[0] === VERSION ? header : "";
  }

  /** Whether anything in a page of ours may still wait. */
  function isOpen(page: number): boolean {
    return read(page, 0)[0] === WAITS;
  }

  function sequenceOf(page: number): number {
    return numberFrom(headerOf(page).slice(1, 5));
  }

  function levelOf(page: number): number {
    return headerOf(page).charCodeAt(5);
  }

  /** The body of a record that waits, "" where there is none; one that is damaged is given up. */
  function waitingBody(page: number, slot: number): ByteString {
    const bytes = read(page, slot);
    if (bytes[0] !== WAITS || bytes === BLANK) return "";
    const body = bodyOf(bytes);
    if (!body) {
      mark(page, slot, Settled.Dropped);
      giveUp();
    }
    return body;
  }

  function eachWaiting(page: number, take: (slot: number, body: ByteString) => void): void {
    if (!headerOf(page) || !isOpen(page)) return;
    for (let slot = 1; slot < slots; slot++) {
      const body = waitingBody(page, slot);
      if (body) take(slot, body);
    }
  }

  function countIn(page: number): number {
    let count = 0;
    eachWaiting(page, function () {
      count++;
    });
    return count;
  }

  /** It becomes the newest page. */
  function open(page: number): void {
    const header = VERSION + numberBytes(++state.sequence, 4) + numberBytes(state.level, 1);
    state.page = page;
    state.slot = 1;
    flash.erase(page);
    writeBody(page, 0, header + repeated("\0", BODY_BYTES - header.length));
  }

  /**
   * The page behind the newest will be the next one: nothing may wait there. What is kept of it moves into the newest
   * page; when power fails in between, one record is there twice, and its receiver takes it once.
   */
  function clear(page: number): void {
    const keepsOneOf = 1 << Math.max(state.level - levelOf(page), 0);
    let count = 0;
    eachWaiting(page, function (slot, body) {
      if (state.isThinning && count++ % keepsOneOf === 0 && state.slot < slots) {
        writeBody(state.page, state.slot++, body);
      } else giveUp();
      mark(page, slot, Settled.Dropped);
    });
  }

  function turn(): void {
    const next = (state.page + 1) % pages;
    const behind = (next + 1) % pages;
    if (state.isThinning && countIn(behind) && levelOf(behind) >= state.level) state.level++;
    open(next);
    clear(behind);
  }

  /**
   * -1 when its page is not there any more. It is as far behind the newest as its number, but where the log was written
   * with another number of pages.
   */
  function pageOf(place: number): number {
    const sequence = Math.floor(place / slots);
    const behind = state.sequence - sequence;
    for (let turned = 0; turned < pages; turned++) {
      const page = (state.page + turned + pages * behind - behind) % pages;
      if (sequenceOf(page) === sequence) return page;
    }
    return -1;
  }

  /** The same, and -1 when all of its page has been settled. */
  function waitingPageOf(place: number): number {
    const page = pageOf(place);
    return page >= 0 && isOpen(page) ? page : -1;
  }

  return {
    append: function (body) {
      // Once all is delivered there is room again for all that comes.
      if (!state.size) state.level = 0;
      if (state.arrived++ % (1 << state.level)) {
        state.dropped++;
        return;
      }
      if (state.slot >= slots) turn();
      writeBody(state.page, state.slot, body);
      state.size++;
      // What cannot be read again is damaged, or was not written at all.
      if (read(state.page, state.slot) === BLANK) giveUp();
      else waitingBody(state.page, state.slot++);
    },
    waiting: function (count) {
      const end = state.sequence * slots + state.slot;
      const places: number[] = [];
      let page = -1;
      for (let place = state.oldest; place < end && places.length < count; place++) {
        const slot = place % slots;
        if (page < 0 || !slot) page = waitingPageOf(place);
        if (page < 0) place += slots - 1 - slot;
        else if (slot && waitingBody(page, slot)) places.push(place);
        if (places.length) continue;
        state.oldest = place + 1;
        // Nobody needs to look into it again.
        if (page >= 0 && slot === slots - 1) mark(page, 0, Settled.Delivered);
      }
      return places;
    },
    newest: function (count) {
      const places: number[] = [];
      for (let slot = Math.max(state.slot - count, 1); slot < state.slot; slot++) {
        if (waitingBody(state.page, slot)) places.push(state.sequence * slots + slot);
      }
      return places;
    },
    bodyAt: function (place) {
      const page = pageOf(place);
      return page < 0 ? "" : waitingBody(page, place % slots);
    },
    settle: function (place, as) {
      const page = pageOf(place);
      const slot = place % slots;
      if (page < 0 || !waitingBody(page, slot)) return false;
      mark(page, slot, as);
      if (waitingBody(page, slot)) return true;
      state.size--;
      return false;
    },
    begin: function () {
      let oldest = Infinity;
      for (let page = 0; page < pages; page++) {
        const sequence = sequenceOf(page);
        // NaN where there is no header.
        if (sequence < oldest) oldest = sequence;
        if (sequence > state.sequence) {
          state.sequence = sequence;
          state.page = page;
        }
      }
      if (!state.sequence) return;
      state.level = levelOf(state.page);
      while (state.slot > 1 && read(state.page, state.slot - 1) === BLANK) state.slot--;
      state.oldest = oldest * slots;
      let size = 0;
      for (let page = 0; page < pages; page++) size += countIn(page);
      state.size = size;
      // A turn may have been cut short.
      clear((state.page + 1) % pages);
    },
  };
}
