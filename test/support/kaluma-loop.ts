// The loop of a Pico with Kaluma (its src/io.c), for tests: own code, with what is strange about it. Timers are reckoned
// from the moment at which the loop came round last; an exception in a callback is not told to anybody; who clears the
// timer that is just firing has it freed twice.

export interface Waiting {
  readonly id: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

export class KalumaLoop {
  /** Exceptions that nobody on the board hears of. */
  readonly lost: unknown[] = [];
  readonly misuses: string[] = [];
  private readonly parts: (() => void)[] = [];
  private timers: Waiting[] = [];
  private roundMs = 0;
  private lastId = 0;
  private firing = 0;
  private blockedMs = 0;
  private isInRound = false;

  /** `clockMs`: goes on by itself, or is led by a test. */
  constructor(private readonly clockMs: () => number) {
    this.roundMs = this.nowMs();
  }

  nowMs(): number {
    return Math.floor(this.clockMs()) + this.blockedMs;
  }

  /** Nothing runs for so long. */
  block(durationMs: number): void {
    this.blockedMs += durationMs;
  }

  /** What else happens in each round, after the timers. */
  add(part: () => void): void {
    this.parts.push(part);
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const id = ++this.lastId;
    this.timers.push({ id, callback, dueMs: this.roundMs + Math.floor(delayMs) });
    return id;
  }

  clearTimeout(id: number): void {
    if (id === this.firing) this.misuses.push(`timer ${id} is freed twice`);
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  /** One round. Those who call from the outside find nothing of the program running. */
  run(): void {
    if (this.isInRound) throw new Error("a round inside a round");
    this.isInRound = true;
    this.roundMs = this.nowMs();
    for (let next = this.nextDue(0); next; next = this.nextDue(next.id)) this.fire(next);
    for (const part of this.parts) part();
    this.isInRound = false;
  }

  /** As Kaluma calls back: what is thrown is lost. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.lost.push(error);
    }
  }

  /** In their order, those that were started meanwhile too. */
  private nextDue(after: number): Waiting | undefined {
    return this.timers.find(({ id, dueMs }) => id > after && dueMs < this.roundMs);
  }

  private fire({ id, callback }: Waiting): void {
    this.firing = id;
    this.guard(callback);
    this.firing = 0;
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }
}

/** `events` of Kaluma: an error that nobody listens to is thrown. */
export class Emitter {
  private readonly handlers: [event: string, handler: (argument: never) => void][] = [];

  on(event: string, handler: (argument: never) => void): this {
    this.handlers.push([event, handler]);
    return this;
  }

  emit(event: string, argument?: unknown): void {
    const handlers = this.handlers.filter(([name]) => name === event);
    if (event === "error" && handlers.length === 0) throw argument;
    for (const [, handler] of handlers) handler(argument as never);
  }
}

/** Octets in an array that is used for something else afterwards. */
export function lend(bytes: Uint8Array, take: (lent: Uint8Array) => void): void {
  const lent = new Uint8Array(bytes);
  take(lent);
  lent.fill(0x3f);
}
