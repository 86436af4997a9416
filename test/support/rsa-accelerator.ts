// The RSA accelerator of an ESP32, ESP32-S3 or ESP32-C3 as its registers show it, strictly: what the
// Technical Reference Manuals (chapter "RSA Accelerator") do not allow is a violation and gives garbage.
// The numbers are those of ESP-IDF's headers, written down once more here: the board's data is on trial.

export type ChipName = "esp32" | "esp32s3" | "esp32c3";

interface Registers {
  readonly block: number;
  readonly words: number;
  readonly maxWords: number;
  readonly start: number;
  readonly done: number;
  readonly clearDone: number;
  readonly clean: number;
  readonly clock: number;
  readonly reset: number;
  readonly rsaBit: number;
  readonly power: number;
}

const M = 0x000;
const RB_AND_Z = 0x200;
const Y = 0x400;
const X = 0x600;
const MEMORY_END = 0x800;
const M_PRIME = 0x800;
const LENGTH = 0x804;
const SIGNATURE_BIT = 1 << 4;
const GATED = 0x1000;

const LATER = { block: 0x6003c000, words: 1, start: 0x80c, done: 0x818, clearDone: 0x81c };

const CHIPS: Record<ChipName, Registers> = {
  esp32: {
    block: 0x3ff02000,
    words: 16,
    maxWords: 128,
    start: 0x808,
    done: 0x814,
    clearDone: 0x814,
    clean: 0x818,
    clock: 0x3ff0001c,
    reset: 0x3ff00020,
    rsaBit: 1 << 2,
    power: 0x3ff00490,
  },
  esp32s3: {
    ...LATER,
    maxWords: 128,
    clean: 0x808,
    clock: 0x600c001c,
    reset: 0x600c0024,
    rsaBit: 1 << 3,
    power: 0x600c0040,
  },
  esp32c3: {
    ...LATER,
    maxWords: 96,
    clean: 0x808,
    clock: 0x600c0014,
    reset: 0x600c001c,
    rsaBit: 1 << 3,
    power: 0x600c0038,
  },
};

export interface Faults {
  readonly seed?: number;
  /** The part of all reads that are wrong. */
  readonly wrongReads?: number;
  /** The part of all operations that come to a wrong end. */
  readonly wrongPowers?: number;
  /** An operation that never ends; a memory that is never clean. */
  readonly isNeverDone?: boolean;
  readonly isNeverClean?: boolean;
  /** The access of the block with this number throws, once. */
  readonly throwsAt?: number;
  /** What the block's memory shows never stays the same. */
  readonly isRestless?: boolean;
}

/** Reads of the register that it takes. */
const CLEANING_READS = 5;
const POWER_READS = 9;

export class RsaAccelerator {
  /** What nobody may do, in words. */
  readonly violations: string[] = [];
  /** Reads and writes of the block. */
  accesses = 0;
  /** Operations that came to an end. */
  powers = 0;
  private readonly chip: Registers;
  private readonly memory = new Uint32Array(MEMORY_END / 4);
  private readonly shared: Map<number, number>;
  private readonly atFirst: Map<number, number>;
  private mPrime = 0;
  private length = 0;
  /** Nothing but a write clears it, not even reset. */
  private isDone = true;
  private cleaning = CLEANING_READS;
  /** Reads until the end of the operation; 0 when there is none. */
  private running = 0;
  private result = 0n;
  private isElsewhere = false;
  private state: number;

  constructor(
    name: ChipName,
    private readonly faults: Faults = {},
  ) {
    const chip = (this.chip = CHIPS[name]);
    this.state = (faults.seed ?? 1) * 2 + 1;
    const others = ~(chip.rsaBit | SIGNATURE_BIT);
    this.shared = new Map([
      [chip.clock, (this.nextWord() & others) >>> 0],
      [chip.reset, ((this.nextWord() & others) | chip.rsaBit | SIGNATURE_BIT) >>> 0],
      [chip.power, 1],
    ]);
    this.atFirst = new Map(this.shared);
  }

  /** Another user of the accelerator comes or goes. */
  setElsewhere(isElsewhere: boolean) {
    const { clock, rsaBit } = this.chip;
    const clocks = this.shared.get(clock) ?? 0;
    this.isElsewhere = isElsewhere;
    this.shared.set(clock, (isElsewhere ? clocks | rsaBit : clocks & ~rsaBit) >>> 0);
  }

  /** As nobody uses it: clock off, in reset, memory without power, and all other bits as they were. */
  isReleased(): boolean {
    const { clock, reset, power } = this.chip;
    const now = (register: number) => this.shared.get(register) ?? 0;
    const first = (register: number) => this.atFirst.get(register) ?? 0;
    return (
      now(clock) === first(clock) &&
      now(power) === first(power) &&
      (now(reset) | SIGNATURE_BIT) >>> 0 === first(reset)
    );
  }

  readonly peek = (address: number): number => {
    this.access(address);
    const word = this.read(address);
    return this.happens(this.faults.wrongReads) ? this.wrong(address, word) : word;
  };

  readonly poke = (address: number, word: number): void => {
    this.access(address);
    this.write(address, word);
  };

  private access(address: number) {
    if (this.shared.has(address)) return;
    if (++this.accesses === this.faults.throwsAt) throw new Error("an access that throws");
  }

  private violate(what: string): number {
    this.violations.push(what);
    return this.nextWord();
  }

  /** Numerical Recipes' generator, its upper bits mixed down. */
  private nextWord(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 12)) >>> 0;
  }

  private happens(part = 0): boolean {
    return part > 0 && this.nextWord() < part * 2 ** 32;
  }

  /** A flag is turned over, since that does the most harm; anything else is any word. */
  private wrong(address: number, word: number): number {
    const offset = address - this.chip.block;
    const isFlag = offset === this.chip.clean || offset === this.chip.done;
    return isFlag && this.happens(0.5) ? word ^ 1 : this.nextWord();
  }

  private isOn(register: number, bits: number): boolean {
    return ((this.shared.get(register) ?? 0) & bits) !== 0;
  }

  private isClocked(): boolean {
    return this.isOn(this.chip.clock, this.chip.rsaBit);
  }

  private isAlive(): boolean {
    const { reset, rsaBit, power } = this.chip;
    return this.isClocked() && !this.isOn(reset, rsaBit | SIGNATURE_BIT) && !this.isOn(power, 1);
  }

  /** Where in the block; throws when the clock is off, as a bus that answers nothing. */
  private offsetOf(address: number, what: string): number {
    const offset = address - this.chip.block;
    const place = `${what} ${address.toString(16)}`;
    if (offset < 0 || offset >= GATED || offset % 4 !== 0) {
      this.violate(`${place}: nothing is there`);
      throw new Error(place);
    }
    if (!this.isClocked()) {
      this.violate(`${place}: the clock is off`);
      throw new Error(place);
    }
    if (this.isElsewhere) this.violate(`${place}: somebody else's`);
    return offset;
  }

  private read(address: number): number {
    const shared = this.shared.get(address);
    if (shared !== undefined) return shared;
    const { clean, done } = this.chip;
    const offset = this.offsetOf(address, "read of");
    if (offset === clean) return this.readClean();
    if (offset === done) return this.readDone();
    if (offset < RB_AND_Z || offset >= Y) return this.violate(`${offset} cannot be read`);
    if (!this.isAlive() || this.faults.isRestless) return this.nextWord();
    return this.memory[offset / 4];
  }

  private readClean(): number {
    if (!this.isAlive() || this.faults.isNeverClean) return 0;
    if (this.cleaning > 0 && --this.cleaning === 0) this.memory.fill(0);
    return this.cleaning === 0 ? 1 : 0;
  }

  private readDone(): number {
    if (this.running > 0 && !this.faults.isNeverDone && --this.running === 0) this.finish();
    return this.isDone ? 1 : 0;
  }

  private write(address: number, word: number) {
    if (word < 0 || word >= 2 ** 32 || !Number.isInteger(word)) this.violate(`${word} is no word`);
    if (this.shared.has(address)) this.writeShared(address, word);
    else this.writeBlock(this.offsetOf(address, "write to"), word >>> 0);
  }

  private writeShared(register: number, word: number) {
    const { reset, power, rsaBit } = this.chip;
    const before = this.shared.get(register) ?? 0;
    const changed = before ^ word;
    const ours = register === power ? 1 : rsaBit;
    const isSignature = register === reset && (word & SIGNATURE_BIT) === 0;
    if (changed & ~(isSignature ? ours | SIGNATURE_BIT : ours))
      this.violate("others' bits changed");
    if (this.isElsewhere) this.violate("somebody else's bits changed");
    this.shared.set(register, word >>> 0);
    if (!this.isAlive()) this.stop();
  }

  /** What reset does: the memory has to be cleaned again. */
  private stop() {
    this.cleaning = CLEANING_READS;
    this.running = 0;
  }

  private writeBlock(offset: number, word: number) {
    const { start, clearDone } = this.chip;
    // A flag that was read wrongly leads here, and is to blame for that.
    const isTooEarly = !this.isAlive() || this.cleaning > 0;
    if (isTooEarly && !this.faults.wrongReads) this.violate(`write to ${offset} before CLEAN`);
    if (this.running > 0 && !this.faults.wrongReads) this.violate(`write to ${offset} while busy`);
    if (!this.isAlive()) return;
    if (offset < MEMORY_END) this.memory[offset / 4] = word;
    else if (offset === M_PRIME) this.mPrime = word;
    else if (offset === LENGTH) this.length = word;
    else if (offset === start && word === 1) this.start();
    else if (offset === clearDone && word === 1) this.isDone = false;
    else this.violate(`write of ${word} to ${offset}`);
  }

  private start() {
    if (this.isDone) this.violate("done was not cleared");
    const count = (this.length + 1) * this.chip.words;
    const power = count <= this.chip.maxWords ? this.power(count) : undefined;
    if (power === undefined) this.violate("operands that make no sense");
    const isWrong = power === undefined || this.happens(this.faults.wrongPowers);
    this.result = isWrong ? this.wrongPower(count) : power;
    this.running = POWER_READS;
    // Whoever reads too early finds something half done, or RB.
    if (this.happens(0.5)) this.memory[RB_AND_Z / 4] ^= 0x5a5a;
  }

  private finish() {
    this.isDone = true;
    this.powers++;
    for (let at = 0; at < this.chip.maxWords; at++) {
      this.memory[RB_AND_Z / 4 + at] = Number((this.result >> BigInt(32 * at)) & 0xffffffffn);
    }
  }

  /** Nothing where the operands are none of Montgomery's arithmetic. */
  private power(count: number): bigint | undefined {
    const [m, rb, y, x] = [M, RB_AND_Z, Y, X].map((block) => this.operand(block, count));
    const r = 1n << BigInt(32 * count);
    const isOdd = m % 2n === 1n;
    const isMontgomery = (BigInt(this.mPrime) * m + 1n) % (1n << 32n) === 0n;
    const isInOrder = isOdd && isMontgomery && rb === (r * r) % m;
    if (isInOrder && x < m) return cachedPower(x, y, m);
    // What was written before CLEAN is gone, and a wrong result may come back as a base that is too large.
    return isInOrder || this.faults.wrongReads ? BigInt(this.nextWord()) : undefined;
  }

  /** Another word, the operand that lay there, the modulus, nothing, or one bit turned over. */
  private wrongPower(count: number): bigint {
    const [m, rb] = [M, RB_AND_Z].map((block) => this.operand(block, count));
    const right = this.power(count) ?? 0n;
    const bit = 1n << BigInt(this.nextWord() % (32 * count));
    return [BigInt(this.nextWord()), rb, m, 0n, right ^ bit, right + m][this.nextWord() % 6];
  }

  private operand(block: number, count: number): bigint {
    const words = Array.from(this.memory.subarray(block / 4, block / 4 + count));
    const digits = words.map((word) => word.toString(16).padStart(8, "0")).reverse();
    return BigInt(`0x${digits.join("")}`);
  }
}

const powers = new Map<string, bigint>();

/** The same few powers are asked for thousands of times. */
function cachedPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const name = [base, exponent, modulus].join();
  const known = powers.get(name);
  if (known !== undefined) return known;
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  powers.set(name, result);
  return result;
}
