// What goes wrong between a sensor and a board, by name: the same names for every simulated sensor, so
// that a test or a scenario can ask for one without knowing which sensor it is.

import { Random } from "../../server/random.js";

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

/** All but those that a sensor cannot have. */
export function faultsBut(...names: readonly FaultName[]): readonly FaultName[] {
  return FAULT_NAMES.filter((name) => !names.includes(name));
}

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

/** Faults that a test or a scenario names, in the order asked for; in between all is well. */
export class NamedFaults implements Faults {
  private readonly waiting: FaultName[] = [];
  private readonly random: Random;

  constructor(seed = 1) {
    this.random = new Random(seed);
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
    return this.random.below(below);
  }
}

/** One answer in `oneIn` goes wrong, in one of the ways named; the same ones for the same seed. */
export class RandomFaults implements Faults {
  private readonly random: Random;

  constructor(
    private readonly names: readonly FaultName[],
    private readonly oneIn: number,
    seed: number,
  ) {
    if (names.length === 0) throw new RangeError("names: no fault to choose from");
    if (!(oneIn >= 1)) throw new RangeError("oneIn: less than 1");
    this.random = new Random(seed);
  }

  next(): FaultName | undefined {
    if (this.random.below(this.oneIn) > 0) return undefined;
    return this.random.pick(this.names);
  }

  pick(below: number): number {
    return this.random.below(below);
  }
}
