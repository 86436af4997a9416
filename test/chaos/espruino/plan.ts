// What happens in a run in the real engine, by its seed alone. Its time is the wall clock's: all is shorter than in
// Node (../plan.ts), and more often.

import type { QueueSettings } from "../../../src/firmware/configuration.js";
import { SeededPlan } from "../plan.js";

export interface EspruinoVariant {
  readonly name: string;
  readonly queue: QueueSettings;
  /** It holds all samples that a run has: none has to make room. */
  readonly isRoomy: boolean;
  /** Of the ScopeNode. */
  readonly longestOutageMs: number;
}

/** A page of the Linux build takes 31 samples; three pages are the fewest that are allowed. */
export const ESPRUINO_VARIANTS: readonly EspruinoVariant[] = [
  { name: "roomy", queue: {}, isRoomy: true, longestOutageMs: 20_000 },
  {
    ...{ name: "small, oldest", isRoomy: false, longestOutageMs: 60_000 },
    queue: { pages: 3, whenFull: "oldest" },
  },
  {
    ...{ name: "small, thin", isRoomy: false, longestOutageMs: 60_000 },
    queue: { pages: 3, whenFull: "thin" },
  },
];

/** When the engine is killed: at once when it has said so many lines of its flash's work, or after a time. */
export type EspruinoEnd = { readonly flashLines: number } | { readonly afterMs: number };

/** A sample with its end is four, a page that is turned with all in it some 130. */
const MOST_FLASH_LINES = 150;
const FEW_FLASH_LINES = 30;
const LONGEST_LIFE_MS = 12_000;
/** The engine boots and looks through its flash. */
const BOOT_MS = 400;
const LONGEST_CALM_MS = 12_000;

export class EspruinoPlan extends SeededPlan {
  readonly variant: EspruinoVariant;

  constructor(seed: number) {
    const variant = ESPRUINO_VARIANTS[seed % ESPRUINO_VARIANTS.length] as EspruinoVariant;
    const { longestOutageMs } = variant;
    super(seed, { longestCalmMs: LONGEST_CALM_MS, longestOutageMs, calmOneIn: 2 });
    this.variant = variant;
  }

  /** Of the life with that number, from 1. */
  endOf(life: number): EspruinoEnd {
    const random = this.chanceOfLife(life);
    const kind = random.below(8);
    if (kind === 0) return { afterMs: random.below(BOOT_MS) };
    if (kind < 3) return { afterMs: random.below(LONGEST_LIFE_MS) };
    return { flashLines: 1 + random.below(random.coin() ? MOST_FLASH_LINES : FEW_FLASH_LINES) };
  }
}
