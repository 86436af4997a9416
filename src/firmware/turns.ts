// One envelope at a time is sealed or opened, or one claim key made: two would take twice the memory, and the
// arithmetic is one. Who comes meanwhile waits in line. Envelopes of others cost the board seconds and their
// senders nothing: each kind of sender has a purse of its own to pay from, and fills none of another's.

/** Calls `done` once, when its work is over. */
export type Work = (done: () => void) => void;

/** Who pays for work that others bring. */
export const enum Payer {
  Stranger,
  /** Has claimed the board, or may. */
  Owner,
  /** Answers what the board has sought. */
  ScopeNode,
}

export interface Turns {
  /** Does the board's own work when all before it is done; false, and never, when too many wait. */
  take(work: Work): boolean;
  /** The same for others' work, which leaves two places for the board's own; false also when `payer` cannot pay. */
  takeFor(payer: Payer, work: Work): boolean;
}

/** Ends the turn, and hands the outcome on. By itself: nothing else of the work has to be kept for it. */
export function ending<First, Second>(
  done: () => void,
  onOutcome: (first: First, second: Second) => void,
): (first: First, second: Second) => void {
  return function (first, second) {
    done();
    onOutcome(first, second);
  };
}

/** Of the board's own are a report, and what came in while RSA had the memory. */
const WAITING = 4;
const OTHERS_WAITING = 2;
/** A purse pays for one in that time, for six at once: against guessing of codes, and against work. */
const WORK_MS = 10000;
const BURST_MS = 50000;

/** `later`: calls when all that goes on now is over, and has given its memory back. */
export function createTurns(monotonicMs: () => number, later: (next: () => void) => void): Turns {
  const line: Work[] = [];
  let isTaken = false;
  /** By payer: until when it has paid. */
  const paidUntilMs = [0, 0, 0];

  /** Outside of `next`: there it would keep the work, with all that it was given, for as long as that lasts. */
  function end(): void {
    later(next);
  }

  function next(): void {
    const work = line.shift();
    isTaken = !!work;
    if (work) work(end);
  }

  function take(work: Work): boolean {
    if (line.length >= WAITING) return false;
    line.push(work);
    if (!isTaken) next();
    return true;
  }

  return {
    take: take,
    takeFor: function (payer, work) {
      const nowMs = monotonicMs();
      const paidMs = Math.max(paidUntilMs[payer], nowMs);
      if (line.length >= OTHERS_WAITING || paidMs > nowMs + BURST_MS) return false;
      paidUntilMs[payer] = paidMs + WORK_MS;
      return take(work);
    },
  };
}
