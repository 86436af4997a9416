// What is done for one spime at a time, in the order in which it came: a report is looked at, handed on and stored, and another
// one that says something else of the same date must not be looked at in between.

/** Who waits for nothing has one or two under way. Each that waits is kept in memory, and takes as long as its handler. */
const MAX_WAITING = 100;

export class Turns {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly maxWaiting: number = MAX_WAITING) {}

  /** How many have something under way. */
  get size(): number {
    return this.lines.size;
  }

  /** The outcome of the work, which begins when all that came before it is over; rejects if too much waits. */
  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(who) ?? { last: undefined, length: 0 };
    if (line.length > this.maxWaiting) throw new Error(`${this.maxWaiting} reports wait already`);
    const turn = line.last ? line.last.then(work, work) : work();
    this.lines.set(who, line);
    line.last = turn;
    line.length += 1;
    try {
      return await turn;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(who);
    }
  }
}

interface Line {
  last: Promise<unknown> | undefined;
  length: number;
}
