// What goes wrong between a sensor and a board, by name: the same names for every simulated sensor, so
// that a test or a scenario can ask for one without knowing which sensor it is.

export const FAULT_NAMES = [
  /** One bit of the answer is wrong. */
  "bit-flip",
  /** One byte of the answer is lost. */
  "drop",
  /** The answer ends halfway. */
  "cut",
  /** No answer. */
  "silence",
  /** The command comes back before the answer. */
  "echo",
  /** A frame of a Plantower PMS5003 comes before the answer. */
  "foreign",
  /** The device does not acknowledge (I2C). */
  "nack",
  /** The value of the answer before comes again, as of a new measurement. */
  "stuck",
  /** The value, or the status, of a sensor that still warms up. */
  "plateau",
  /** The sensor's own way to say that it is out of order. */
  "error",
  /** A check that does not fit. */
  "bad-check",
  /** On a serial line the answer comes after the next question; on I2C the clock is held too long. */
  "late",
  /** The sensor starts again instead of answering, and warms up again. */
  "reset",
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Asked once for each answer. */
export interface Faults {
  /** What goes wrong with the next answer, if anything. */
  next(): FaultName | undefined;
  /** Where: a whole number from 0 to `below` − 1. */
  pick(below: number): number;
}

export const NO_FAULTS: Faults = { next: () => undefined, pick: () => 0 };

/** So many may wait; a scenario that asks for more has gone wrong. */
export const MOST_WAITING = 1000;

/** Bits by a 32-bit xorshift (Marsaglia 2003), the same for the same seed. */
class Dice {
  private state: number;

  constructor(seed: number) {
    // Zero would stay zero.
    this.state = seed | 0 || 1;
  }

  roll(below: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % below;
  }
}

/** Faults that a test or a scenario names, in the order asked for; in between all is well. */
export class NamedFaults implements Faults {
  private readonly waiting: FaultName[] = [];
  private readonly dice: Dice;

  constructor(seed = 1) {
    this.dice = new Dice(seed);
  }

  /** Lets the next `answers` answers go wrong so. Throws for a name that is none, and beyond the bound. */
  inject(name: FaultName, answers = 1): void {
    if (!FAULT_NAMES.includes(name)) throw new RangeError(`name: no such fault: ${name}`);
    if (this.waiting.length + answers > MOST_WAITING) {
      throw new RangeError(`answers: more than ${MOST_WAITING} faults waiting`);
    }
    for (let i = 0; i < answers; i++) this.waiting.push(name);
  }

  next(): FaultName | undefined {
    return this.waiting.shift();
  }

  pick(below: number): number {
    return this.dice.roll(below);
  }
}

/** One answer in `oneIn` goes wrong, in one of the ways named; the same ones for the same seed. */
export class RandomFaults implements Faults {
  private readonly dice: Dice;

  constructor(
    private readonly names: readonly FaultName[],
    private readonly oneIn: number,
    seed: number,
  ) {
    if (names.length === 0) throw new RangeError("names: no fault to choose from");
    if (!(oneIn >= 1)) throw new RangeError("oneIn: less than 1");
    this.dice = new Dice(seed);
  }

  next(): FaultName | undefined {
    if (this.dice.roll(this.oneIn) > 0) return undefined;
    return this.names[this.dice.roll(this.names.length)];
  }

  pick(below: number): number {
    return this.dice.roll(below);
  }
}
