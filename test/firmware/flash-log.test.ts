// The log in flash when power fails: in each single byte that is written or erased, and again after that. The same log in
// files of a host, a page each, when power fails in any of their writes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Random } from "../../src/desktop/server/random.js";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import {
  BODY_BYTES,
  flashLog,
  flashLogState,
  type FlashLogState,
} from "../../src/firmware/store/flash-log.js";
import type { HostStore } from "../../src/firmware/ports/host-contract.js";
import { flashInFiles } from "../../src/firmware/ports/pages-in-files.js";
import { createFakeFlash, POWER_CUT, type FakeFlash } from "../portable/fake-flash.js";

const HASH: Hash = {
  name: "SHA-256",
  digest: (bytes) =>
    createHash("sha256").update(Buffer.from(bytes, "latin1")).digest().toString("latin1"),
  pbkdf2: () => "",
};
/** Settled.Delivered: a const enum is not there for tests of the desktop. */
const DELIVERED = 0;
const PAGES = 4;
const PAGE_BYTES = 256;
const PER_PAGE = PAGE_BYTES / 32 - 1;
/** A page is free for the next records. */
const ROOM = (PAGES - 1) * PER_PAGE;

type Policy = "oldest" | "thin";

const bodyOf = (id: number) => String(id).padStart(BODY_BYTES, "0");

/** A board with its flash, and what an onlooker knows of its records. */
class Bench {
  readonly flash: FakeFlash;
  /** Records whose `append` has come back, and all that were ever begun. */
  readonly appended = new Set<number>();
  begun = 0;
  /** Records for which `settle` was called. */
  readonly settled = new Set<number>();
  dropped = 0;
  private log!: FlashLogState;

  constructor(
    private readonly policy: Policy,
    private readonly chance: Random,
    createFlash = createFakeFlash,
  ) {
    this.flash = createFlash(PAGES, PAGE_BYTES, () => chance.below(256));
    this.start();
  }

  start(pages?: number): void {
    const settings = { whenFull: this.policy, ...(pages !== undefined && { pages }) };
    this.log = flashLogState(() => this.flash, HASH, settings);
    flashLog(this.log).begin();
  }

  append(): void {
    const id = this.begun++;
    flashLog(this.log).append(bodyOf(id));
    this.appended.add(id);
  }

  settleOldest(count: number): void {
    const log = flashLog(this.log);
    for (const place of log.waiting(count)) {
      this.settled.add(Number(log.bodyAt(place)));
      log.settle(place, DELIVERED);
    }
  }

  waiting(): number[] {
    const log = flashLog(this.log);
    const ids = log.waiting(Infinity).map((place) => Number(log.bodyAt(place)));
    assert.equal(ids.length, this.log.size, "the count of what waits");
    return ids;
  }

  takeDropped(): number {
    const { dropped } = this.log;
    this.log.dropped = 0;
    return dropped;
  }

  /** Some records come, and now and then some go. */
  play(steps: number, settles: boolean): void {
    for (let step = 0; step < steps; step++) {
      this.append();
      if (settles && this.chance.below(4) === 0) this.settleOldest(1 + this.chance.below(6));
    }
  }
}

/** What has been appended and not settled waits, once; the one in which power failed may, too. */
function checkWhole(bench: Bench): void {
  const waiting = bench.waiting();
  const seen = new Set(waiting);
  assert.equal(seen.size, waiting.length, `twice: ${waiting.join()}`);
  for (const id of bench.appended) {
    if (!bench.settled.has(id)) assert.ok(seen.has(id), `${id} is lost: ${waiting.join()}`);
  }
  for (const id of waiting) assert.ok(id < bench.begun && !Number.isNaN(id));
}

/** Power fails after so many bytes; whether it did. */
function cut(bench: Bench, bytes: number, play: () => void): boolean {
  bench.flash.cutAfter(bytes);
  try {
    play();
  } catch (error) {
    assert.equal((error as Error).message, POWER_CUT);
  }
  const isCut = bench.flash.worked() > bytes;
  bench.flash.cutAfter(Infinity);
  return isCut;
}

/** Each byte of the work in turn, until the work is over before the cut. */
function eachCut(run: (bytes: number) => boolean): number {
  let bytes = 0;
  while (run(bytes)) bytes++;
  return bytes;
}

/** Power fails before a file is written or erased, never within: `cutAfter` counts files. */
function createFlashInFiles(pages: number, pageBytes: number): FakeFlash {
  const files = new Map<string, Uint8Array>();
  const area = { pages, pageBytes };
  const erased = new Array<number>(pages).fill(0);
  let [left, count, isOff] = [Infinity, 0, false];

  function spend(): void {
    count++;
    if (left-- > 0) return;
    isOff = true;
    throw new Error(POWER_CUT);
  }

  const store: HostStore = {
    read: (name) => files.get(name)?.slice(),
    write(name, bytes) {
      spend();
      files.set(name, bytes.slice());
    },
    erase(name) {
      spend();
      files.delete(name);
    },
  };
  let flash = flashInFiles(store, area);

  /** The port takes an error of the store for no room. */
  function whilePowerLasts(action: () => void): void {
    try {
      action();
    } catch (error) {
      assert.equal((error as Error).message, POWER_CUT);
    }
    if (!isOff) return;
    isOff = false;
    flash = flashInFiles(store, area);
    throw new Error(POWER_CUT);
  }

  return {
    area,
    erased,
    read: (at, length) => flash.read(at, length),
    write: (at, text) => whilePowerLasts(() => flash.write(at, text)),
    erase(page) {
      erased[page]!++;
      whilePowerLasts(() => flash.erase(page));
    },
    cutAfter: (limit) => void (left = limit),
    worked() {
      const before = count;
      count = 0;
      return before;
    },
  };
}

describe("the log in files of a host", function () {
  this.timeout(120_000);

  it("loses nothing to a power cut, before whichever file it comes", () => {
    const cuts = eachCut((files) => {
      const bench = new Bench("oldest", new Random(1), createFlashInFiles);
      const isCut = cut(bench, files, () => {
        for (let round = 0; round < 12; round++) {
          bench.play(4, false);
          bench.settleOldest(3 + (round % 3));
        }
      });
      bench.start();
      checkWhole(bench);
      bench.play(3, false);
      checkWhole(bench);
      return isCut;
    });
    assert.ok(cuts > 100, `${cuts} cuts`);
  });

  for (const policy of ["oldest", "thin"] as const) {
    it(`full, it stays sound through a cut, and another in the start after it (${policy})`, () => {
      const cuts = eachCut((files) => {
        const bench = new Bench(policy, new Random(files), createFlashInFiles);
        const isCut = cut(bench, files, () => bench.play(5 * ROOM, false));
        cut(bench, files % 5, () => bench.start());
        bench.start();
        const waiting = bench.waiting();
        // One with each cut at most: the ScopeNode takes it once.
        assert.ok(waiting.length - new Set(waiting).size <= 2, `twice: ${waiting.join()}`);
        bench.play(2 * ROOM, true);
        assert.ok(bench.waiting().length <= ROOM + PER_PAGE);
        return isCut;
      });
      assert.ok(cuts > 100, `${cuts} cuts`);
    });
  }

  it("has each bit go from 1 to 0 alone, as in flash, and what is in no file erased", () => {
    const flash = createFlashInFiles(2, 64);
    assert.equal(flash.read(60, 4), "\xff\xff\xff\xff");
    flash.write(61, "\x0f\xf0");
    flash.write(61, "\xf3");
    assert.equal(flash.read(60, 4), "\xff\x03\xf0\xff");
    flash.erase(0);
    assert.equal(flash.read(61, 2), "\xff\xff");
  });

  it("takes files that are too short, or of something else, for pages that are none of its own", () => {
    const files = new Map([["microspime.queue1", Uint8Array.of(1, 2, 3)]]);
    const flash = flashInFiles(
      { read: (name) => files.get(name), write: () => {}, erase: () => {} },
      { pages: 3, pageBytes: 64 },
    );
    assert.equal(flash.read(64, 5), "\x01\x02\x03\xff\xff");
  });

  it("shows what the store has not taken", () => {
    const flash = flashInFiles(
      {
        read: () => undefined,
        write() {
          throw new Error("no room");
        },
        erase: () => {},
      },
      { pages: 3, pageBytes: 64 },
    );
    flash.write(0, "abc");
    assert.equal(flash.read(0, 3), "\xff\xff\xff");
  });
});

describe("the log in flash", function () {
  this.timeout(120_000);

  for (const seed of [1, 2, 3]) {
    it(`loses nothing to a power cut, whichever byte it comes in (seed ${seed})`, () => {
      const cuts = eachCut((bytes) => {
        const bench = new Bench("oldest", new Random(seed));
        // So few wait that none has to go.
        const play = () => {
          for (let round = 0; round < 12; round++) {
            bench.play(4, false);
            bench.settleOldest(3 + (round % 3));
          }
        };
        bench.flash.worked();
        const isCut = cut(bench, bytes, play);
        bench.start();
        checkWhole(bench);
        bench.play(3, false);
        checkWhole(bench);
        return isCut;
      });
      assert.ok(cuts > 2000, `${cuts} cuts`);
    });
  }

  for (const policy of ["oldest", "thin"] as const) {
    it(`full, it stays sound through a cut in any byte, and in the start after it (${policy})`, () => {
      const cuts = eachCut((bytes) => {
        const bench = new Bench(policy, new Random(bytes));
        bench.flash.worked();
        const isCut = cut(bench, bytes, () => bench.play(5 * ROOM, false));
        cut(bench, bytes % 300, () => bench.start());
        bench.start();
        const waiting = bench.waiting();
        const doubles = waiting.length - new Set(waiting).size;
        assert.ok(doubles <= 1, `twice: ${waiting.join()}`);
        assert.ok(waiting.every((id) => id < bench.begun));
        const before = bench.appended.size;
        if (before > 0 && policy === "oldest")
          assert.ok(waiting.includes(Math.max(...bench.appended)));
        bench.play(2 * ROOM, true);
        assert.ok(bench.waiting().length <= ROOM + PER_PAGE);
        return isCut;
      });
      assert.ok(cuts > 3000, `${cuts} cuts`);
    });
  }

  it("counts each record that made room", () => {
    for (const policy of ["oldest", "thin"] as const) {
      const bench = new Bench(policy, new Random(7));
      for (let round = 0; round < 40; round++) {
        bench.play(1 + (round % 17), true);
        bench.dropped += bench.takeDropped();
        const left = bench.waiting().length + bench.settled.size + bench.dropped;
        assert.equal(left, bench.begun, `${policy}, round ${round}`);
      }
    }
  });

  it("thins out evenly: a long outage keeps its shape", () => {
    const bench = new Bench("thin", new Random(1));
    bench.play(20 * ROOM, false);
    const waiting = bench.waiting().sort((one, other) => one - other);
    assert.ok(waiting.length > ROOM / 2, `${waiting.length} are left`);
    const gaps = waiting.slice(1).map((id, index) => id - waiting[index]!);
    assert.ok(Math.max(...gaps) <= (20 * ROOM) / 8, `gaps ${gaps.join()}`);
    assert.ok(waiting[0]! < (20 * ROOM) / 8, `it begins at ${waiting[0]}`);
    // Delivered, all that comes is kept again.
    bench.settleOldest(Infinity);
    bench.takeDropped();
    bench.play(PER_PAGE, false);
    assert.equal(bench.takeDropped(), 0);
  });

  it("erases all pages alike", () => {
    const bench = new Bench("oldest", new Random(1));
    for (let round = 0; round < 400; round++) {
      bench.play(5, false);
      bench.settleOldest(5);
    }
    const { erased } = bench.flash;
    assert.ok(Math.max(...erased) - Math.min(...erased) <= 1, erased.join());
  });

  it("takes flash that is full of something else for empty", () => {
    const chance = new Random(5);
    const bench = new Bench("oldest", chance);
    for (let page = 0; page < PAGES; page++) {
      bench.flash.erase(page);
      const bytes = Array.from({ length: PAGE_BYTES }, () =>
        String.fromCharCode(chance.below(256)),
      );
      bench.flash.write(page * PAGE_BYTES, bytes.join(""));
    }
    bench.start();
    assert.deepEqual(bench.waiting(), []);
    bench.play(ROOM, false);
    assert.equal(bench.waiting().length, ROOM);
  });

  it("gives up a record that is damaged while it waits", () => {
    const bench = new Bench("oldest", new Random(1));
    bench.play(3, false);
    bench.flash.write(2 * 32 + 9, "\0");
    assert.deepEqual(bench.waiting(), [0, 2]);
    bench.flash.write(1 * 32 + 9, "\0");
    bench.flash.write(3 * 32 + 9, "\0");
    assert.deepEqual(bench.waiting(), []);
    assert.equal(bench.takeDropped(), 3);
  });

  for (const pages of [2, 3, 8]) {
    it(`with ${pages} pages instead of ${PAGES}, counts what can be told, and goes on`, () => {
      for (let before = 1; before < 3 * ROOM; before++) {
        const bench = new Bench("oldest", new Random(before), () =>
          createFakeFlash(8, PAGE_BYTES, () => 0),
        );
        bench.start(PAGES);
        bench.play(before, true);
        const waited = bench.waiting();
        bench.start(pages);
        const left = bench.waiting();
        assert.ok(pages < PAGES || left.length >= waited.length - PER_PAGE, `${before}: ${left}`);
        bench.play(PER_PAGE, false);
        const newest = Math.max(...bench.waiting());
        assert.equal(newest, bench.begun - 1);
        bench.settleOldest(Infinity);
        assert.deepEqual(bench.waiting(), []);
      }
    });
  }

  it("tells what it could not write, and keeps what it could not mark", () => {
    let isFull = false;
    const bench = new Bench("oldest", new Random(1), (...given) => {
      const flash = createFakeFlash(...given);
      return { ...flash, write: (at, bytes) => void (isFull || flash.write(at, bytes)) };
    });
    bench.play(3, false);
    isFull = true;
    bench.play(2, false);
    assert.deepEqual([bench.waiting(), bench.takeDropped()], [[0, 1, 2], 2]);
    bench.settleOldest(2);
    assert.deepEqual(bench.waiting(), [0, 1, 2]);
    isFull = false;
    bench.settleOldest(2);
    bench.append();
    assert.deepEqual([bench.waiting(), bench.takeDropped()], [[2, 5], 0]);
  });

  it("gives up a damaged record, and that one alone", () => {
    const bench = new Bench("oldest", new Random(1));
    bench.play(5, false);
    bench.flash.write(3 * 32 + 9, "\0");
    bench.start();
    assert.deepEqual(bench.waiting(), [0, 1, 3, 4]);
    assert.equal(bench.takeDropped(), 1);
  });
});
