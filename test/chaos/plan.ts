// What happens in a run, by its seed alone: which board it is, when its power fails, when the ScopeNode and the
// server are away.

import type { QueueSettings } from "../../src/firmware/configuration.js";
import { Random } from "../../src/desktop/server/random.js";
import { seededStrikes, type Strike } from "../support/fault-proxy.js";

export interface Variant {
  readonly name: string;
  /** Flash of the board. */
  readonly pages: number;
  readonly pageBytes: number;
  readonly queue: QueueSettings;
  /** It holds all samples that a run has: none has to make room. */
  readonly isRoomy: boolean;
}

const SMALL = { pages: 16, pageBytes: 256, isRoomy: false };

/** A page of 256 bytes takes 7 samples, one of 1,024 bytes 31. */
export const VARIANTS: readonly Variant[] = [
  { name: "roomy", pages: 16, pageBytes: 1024, queue: {}, isRoomy: true },
  { name: "small, oldest", ...SMALL, queue: { pages: 4, whenFull: "oldest" } },
  { name: "small, thin", ...SMALL, queue: { pages: 4, whenFull: "thin" } },
];

/** When the power of one life of the board fails: in the midst of a byte of its flash, or between all. */
export type End = { readonly flashBytes: number } | { readonly afterMs: number };

export interface Outage {
  /** Since the end of the one before. */
  readonly afterMs: number;
  readonly lastsMs: number;
  /** The server is away as well. */
  readonly isServers: boolean;
}

/** A page of the small flash filled, acknowledged and erased is some 500 bytes of work. */
const MOST_FLASH_BYTES = 2000;
const LONGEST_LIFE_MS = 600_000;
/** The longest outage is 45 samples: the small flash has room for 21 to 28. */
const WEATHER: Weather = { longestCalmMs: 600_000, longestOutageMs: 900_000, calmOneIn: 3 };

/** Lanes of chance beside those of connections, which are small numbers. */
const LIVES = 1e6;
const OUTAGES = 2e6;
const CALM = 3e6;
const BITS = 4e6;

/** How much befalls a run from outside of the board. */
export interface Weather {
  readonly longestCalmMs: number;
  readonly longestOutageMs: number;
  /** One connection in so many stays whole. */
  readonly calmOneIn: number;
}

/** What every run has, in Node and in the real engine. */
export class SeededPlan {
  private readonly strikes: (connection: number) => Strike;

  constructor(
    readonly seed: number,
    private readonly weather: Weather,
  ) {
    this.strikes = seededStrikes(seed);
  }

  outage(number: number): Outage {
    const { longestCalmMs, longestOutageMs } = this.weather;
    const random = new Random(this.seed, OUTAGES + number);
    return {
      afterMs: random.below(longestCalmMs),
      lastsMs: random.below(longestOutageMs),
      isServers: random.below(3) === 0,
    };
  }

  strike(connection: number): Strike | undefined {
    const isCalm = new Random(this.seed, CALM + connection).below(this.weather.calmOneIn) === 0;
    return isCalm ? undefined : this.strikes(connection);
  }

  /** Of the life with that number, from 1. */
  protected chanceOfLife(life: number): Random {
    return new Random(this.seed, LIVES + life);
  }
}

export class Plan extends SeededPlan {
  readonly variant: Variant;

  constructor(seed: number) {
    super(seed, WEATHER);
    this.variant = VARIANTS[seed % VARIANTS.length] as Variant;
  }

  /** Of the life with that number, from 1. */
  endOf(life: number): End {
    const random = this.chanceOfLife(life);
    if (random.below(4) === 0) return { afterMs: random.below(LONGEST_LIFE_MS) };
    // Some fail while they begin.
    return { flashBytes: random.below(random.below(4) === 0 ? 60 : MOST_FLASH_BYTES) };
  }

  /** Bits of a byte in which power failed. */
  bits(): () => number {
    const random = new Random(this.seed, BITS);
    return () => random.below(256);
  }
}
