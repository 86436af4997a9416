// The faults of one played sensor: those that are asked for by count, those that hold until they are taken back, and
// each told when it happens.

import { type FaultName, type Faults, NamedFaults } from "../sim/sensors/faults.js";

interface Held {
  readonly name: FaultName;
  /** One answer in so many. */
  readonly oneIn: number;
}

export class RigFaults implements Faults {
  private readonly named: NamedFaults;
  private held: Held | undefined;
  /** Since one is held. */
  private answers = 0;

  constructor(
    private readonly onFault: (name: FaultName) => void,
    seed = 1,
  ) {
    this.named = new NamedFaults(seed);
  }

  /** The next so many answers. */
  inject(name: FaultName, answers: number): void {
    this.named.inject(name, answers);
  }

  /** All answers, or one in so many, until `release`. */
  hold(name: FaultName, oneIn = 1): void {
    this.held = { name, oneIn };
    this.answers = 0;
  }

  release(): void {
    this.held = undefined;
  }

  next(): FaultName | undefined {
    const name = this.named.next() ?? this.nextHeld();
    if (name !== undefined) this.onFault(name);
    return name;
  }

  pick(below: number): number {
    return this.named.pick(below);
  }

  private nextHeld(): FaultName | undefined {
    if (!this.held) return undefined;
    this.answers += 1;
    return this.answers % this.held.oneIn === 0 ? this.held.name : undefined;
  }
}
