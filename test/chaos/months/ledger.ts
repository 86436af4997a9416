// What becomes of each sample, known by its number, which it carries as its CO2 value: what the board has put into its
// queue, where its record lies in flash, and why it is not there any more. Nothing of this is told by the board but that
// there was a gap, and how many it gave up: the rest is seen in its flash.

/** What the first byte of a record says, as in store/flash-log.ts. */
const SETTLED = { delivered: 0, refused: 0x0f, dropped: 0x3f };

/** Why a sample never came, for good reason. */
export const FATES = ["dropped", "torn", "refused", "unwritten"] as const;
/**
 * `dropped`: to make room, in flash, or in memory where it had no date; `torn`: power failed while it was written; `refused`: its date was none that the ScopeNode
 * can believe; `unwritten`: in memory only when power failed, without a date or without room to be
 * written.
 */
export type Fate = (typeof FATES)[number];

export interface Reading {
  readonly serial: number;
  /** When it was, Unix time. */
  readonly trueMs: number;
  /** What the receiver said that it was; absent without a fix. */
  readonly fixMs?: number;
}

export interface Sample extends Reading {
  /** As its record has it. */
  dateMs?: number;
  isDelivered: boolean;
  fate?: Fate;
}

interface Copy {
  readonly serial: number;
  /** False: it has been torn. */
  readonly isWhole: boolean;
}

/** As in report/queue.ts. */
const PENDING_LIMIT = 30;

export class Ledger {
  /** Those that the board has taken. */
  readonly samples = new Map<number, Sample>();
  /** Given up, as the log says. */
  told = 0;
  /** Given up since the log last said so, when power failed. */
  untold = 0;
  /** Where log and flash disagree. */
  readonly faults: string[] = [];
  /** Records that may wait, by the place of their slot. */
  private readonly copies = new Map<number, Copy>();
  /** Given up since the log last said how many. */
  private unsaid = 0;
  /** Not in flash yet. */
  private memory: number[] = [];
  /** The sample that is being taken, and how many were in memory before. */
  private taking: { readonly sample: Sample; readonly inMemory: number } | undefined;
  /** A record that has just been written once more: what follows is no loss. */
  private moving: number | undefined;

  /** `isThinning`: no sample waits for a date there. */
  constructor(private readonly isThinning: boolean) {}

  /** Whether anything that is whole waits to be delivered. */
  get isEmpty(): boolean {
    return this.memory.length === 0 && ![...this.copies.values()].some(({ isWhole }) => isWhole);
  }

  begin(): void {
    this.unsaid = 0;
    this.memory = [];
    this.taking = undefined;
    this.moving = undefined;
  }

  onSample(reading: Reading): void {
    const sample = { ...reading, isDelivered: false };
    this.samples.set(reading.serial, sample);
    this.taking = { sample, inMemory: this.memory.length };
  }

  /** It was none after all. */
  onGap(): void {
    if (this.taking) this.samples.delete(this.taking.sample.serial);
    this.taking = undefined;
  }

  /** The board has done with it what it does at once. */
  onTaken(): void {
    if (!this.taking) return;
    const { sample, inMemory } = this.taking;
    this.taking = undefined;
    if (inMemory >= PENDING_LIMIT) this.giveUp(this.memory.shift() as number);
    if (sample.dateMs !== undefined) return;
    if (this.isThinning) this.giveUp(sample.serial);
    else this.memory.push(sample.serial);
  }

  /** `count`: what the log says. */
  onDropped(count: number): void {
    this.onTaken();
    if (count !== this.unsaid)
      this.faults.push(`The log says that ${count} were given up, and ${this.unsaid} were.`);
    this.told += count;
    this.unsaid = 0;
  }

  /** A record is in its slot; `isWhole` is false where power failed in it. */
  onWritten(at: number, serial: number, dateMs: number, isWhole: boolean): void {
    const sample = this.samples.get(serial);
    this.moving = this.hasCopy(serial) ? serial : undefined;
    this.copies.set(at, { serial, isWhole });
    if (!sample) this.faults.push(`A record has the number ${serial}, which no sample has.`);
    if (!sample || !isWhole) return;
    this.memory = this.memory.filter((other) => other !== serial);
    if (sample.dateMs !== undefined && sample.dateMs !== dateMs)
      this.faults.push(`Sample ${serial} got two dates.`);
    sample.dateMs = dateMs;
  }

  /** A record does not wait any more. */
  onSettled(at: number, as: number): void {
    const copy = this.copies.get(at);
    const isMove = as === SETTLED.dropped && copy !== undefined && copy.serial === this.moving;
    this.moving = undefined;
    this.copies.delete(at);
    if (as === SETTLED.dropped && !isMove) this.unsaid += 1;
    const sample = copy?.isWhole ? this.samples.get(copy.serial) : undefined;
    if (!sample || isMove) return;
    if (as === SETTLED.delivered) sample.isDelivered = true;
    else if (as === SETTLED.refused) sample.fate = "refused";
    else if (!this.hasCopy(sample.serial)) sample.fate ??= "dropped";
  }

  /** Whatever lay there, up to `endAt`. */
  onErased(startAt: number, endAt: number): void {
    for (const at of [...this.copies.keys()])
      if (at >= startAt && at < endAt) this.copies.delete(at);
  }

  /** `isWriting`: in the work of putting one into flash. */
  onPowerCut(isWriting: boolean): void {
    const { taking } = this;
    const inMemory = [...this.memory];
    if (taking && taking.inMemory >= PENDING_LIMIT) this.giveUp(inMemory.shift() as number);
    if (taking && taking.sample.dateMs === undefined) inMemory.push(taking.sample.serial);
    inMemory.forEach((serial, index) => {
      const isTorn = index === 0 && (isWriting || taking !== undefined);
      this.sample(serial).fate = isTorn ? "torn" : "unwritten";
    });
    this.untold += this.unsaid;
    this.begin();
  }

  private giveUp(serial: number): void {
    this.sample(serial).fate = "dropped";
    this.unsaid += 1;
  }

  private sample(serial: number): Sample {
    return this.samples.get(serial) as Sample;
  }

  private hasCopy(serial: number): boolean {
    for (const copy of this.copies.values())
      if (copy.serial === serial && copy.isWhole) return true;
    return false;
  }
}
