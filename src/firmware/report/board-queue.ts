// The queue on its board: where memory is short, opening it has to wait until there is room.

import type { QueueSettings } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Platform } from "../platform.js";
import { flashLog, flashLogState, Settled } from "../store/flash-log.js";
import { keepRefused } from "../store/refused.js";
import { addSample, datedCount, sampleQueue } from "./queue.js";
import type { QueueState, SampleQueue } from "./queue.js";
import type { Sample } from "./sample.js";

export interface BoardQueue {
  /** Keeps a sample, in memory until there is room to write it; what was given up for it goes into the log. */
  keep(sample: Sample): void;
  /** How many samples there are to send. */
  waiting(): number;
  /** They leave the queue, as `remove` has it, for the list of those that nobody will take, with a line about them. */
  refuse(places: number[], line: string): boolean;
  /** Takes room in memory for as long as it is used. */
  open(): SampleQueue;
  /** Calls when there is that room, later. */
  whenRoom(next: () => void): void;
}

/** Variables: writing a sample into flash takes some 380 of them, 420 where a page turns, and what looks after them some more. */
const ROOM = 601;
/** What takes the room away, RSA, is over in some seconds. */
const RETRY_MS = 500;

/** What its flash holds waits again. `timeMsAt` as in a `QueueState`. Throws when the board has less flash than is wanted. */
export function createBoardQueue(
  { flash, log, hasRoom, timer, store }: Platform,
  hash: Hash,
  settings: QueueSettings,
  timeMsAt: QueueState["timeMsAt"],
): BoardQueue {
  const state: QueueState = { log: flashLogState(flash, hash, settings), timeMsAt, pending: [] };

  function open(): SampleQueue {
    return sampleQueue(state);
  }

  /** Who has led here gives its memory back first. */
  function whenRoom(next: () => void): void {
    function look(): void {
      if (hasRoom(ROOM)) next();
      else timer.start(RETRY_MS, look);
    }
    timer.start(0, look);
  }

  flashLog(state.log).begin();
  return {
    keep: function (sample) {
      addSample(state, sample);
      if (!hasRoom(ROOM)) return;
      const { flush, takeDropped } = open();
      flush();
      const dropped = takeDropped();
      if (dropped) log.write("error", "dropped count=" + dropped);
    },
    waiting: function () {
      return datedCount(state);
    },
    refuse: function (places, line) {
      keepRefused(hash, store, line);
      return open().remove(places, Settled.Refused);
    },
    open,
    whenRoom,
  };
}
