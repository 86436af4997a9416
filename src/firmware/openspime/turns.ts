// One envelope at a time is sealed or opened, or one claim key made: two would take twice the memory, and the
// arithmetic is one. Who comes meanwhile waits in line.

/** Calls `done` once, when its work is over. */
export type Work = (done: () => void) => void;

export interface Turns {
  /** Does the work when all before it is done; false, and never, when too many wait. */
  take(work: Work): boolean;
}

const WAITING = 3;

export function createTurns(): Turns {
  const line: Work[] = [];
  let isTaken = false;

  function next(): void {
    const work = line.shift();
    isTaken = !!work;
    if (work) work(next);
  }

  return {
    take: function (work) {
      if (line.length >= WAITING) return false;
      line.push(work);
      if (!isTaken) next();
      return true;
    },
  };
}
