// What goes wrong, and when: what a test arms, or by chance; and what has.

import {
  type FaultName,
  type Faults,
  NamedFaults,
  NO_FAULTS,
} from "../../src/desktop/sim/sensors/faults.js";

export class Mishaps implements Faults {
  /** The owner empties it. */
  recent: FaultName[] = [];
  readonly counts: Partial<Record<FaultName, number>> = {};
  private readonly places = new NamedFaults();
  private armed: { readonly name: FaultName; answersBefore: number } | undefined;

  constructor(private readonly chance: Faults = NO_FAULTS) {}

  /** Lets an answer go wrong, after so many that do not. */
  arm(name: FaultName, answersBefore = 0): void {
    this.armed = { name, answersBefore };
  }

  get isArmed(): boolean {
    return this.armed !== undefined;
  }

  next(): FaultName | undefined {
    const fault = this.armed ? this.fire(this.armed) : this.chance.next();
    if (fault === undefined) return undefined;
    this.recent.push(fault);
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return fault;
  }

  pick(below: number): number {
    return this.places.pick(below);
  }

  private fire(armed: { readonly name: FaultName; answersBefore: number }): FaultName | undefined {
    if (armed.answersBefore-- > 0) return undefined;
    this.armed = undefined;
    return armed.name;
  }
}
