// What happens in a month, by its seed alone: which board it is, when its power fails, what its network, its server, its
// ScopeNode and its clocks do.

import type { QueueSettings, SampleSettings } from "../../../src/firmware/configuration.js";
import { Random } from "../../../src/desktop/server/random.js";
import { LINK_FAULTS, type LinkStrike } from "./network.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const MONTH_MS = 30 * DAY_MS;

/** Lanes of chance, each a stream of its own: what one thing does takes no luck from another. */
export const enum Lane {
  Board = 1,
  Lives,
  Links,
  Network,
  Bits,
  Sensors,
  Noise,
  Answers,
  Room,
  /** And those behind it, one for each kind of disturbance. */
  Disturbances = 20,
}

export interface MonthBoard {
  readonly policy: "oldest" | "thin" | "roomy";
  /** Of its flash. */
  readonly pages: number;
  readonly pageBytes: number;
  readonly queue: QueueSettings;
  readonly samples: SampleSettings;
  readonly samplePeriodS: number;
  readonly linkTimeoutS: number;
  readonly isSigned: boolean;
  /** Its server knows stream management, and keeps sessions so long. */
  readonly isManaged: boolean;
  readonly resumeTimeoutMs: number;
  /** Its server tells the time. */
  readonly isServerTelling: boolean;
  /** Somebody sets its machine's clock (SNTP). */
  readonly isMachineSet: boolean;
  /** Its memory is short at times. */
  readonly isShort: boolean;
}

const POLICIES = ["oldest", "thin", "roomy"] as const;
/** A page of 256 bytes takes 7 samples; one of 2,048 takes 63, and all of them a month's at one in half an hour. */
const SMALL_PAGE_BYTES = 256;
const ROOMY = { pages: 26, pageBytes: 2048 };

export function boardOf(seed: number): MonthBoard {
  const random = new Random(seed, Lane.Board);
  const policy = POLICIES[seed % POLICIES.length] as MonthBoard["policy"];
  const pages = 3 + random.below(6);
  const small = { pages, pageBytes: SMALL_PAGE_BYTES };
  // Where samples wait for their dates nobody outside can say which of them made room by never being written.
  const isWaiting = policy !== "thin" && random.coin();
  return {
    policy,
    ...(policy === "roomy" ? ROOMY : small),
    queue: policy === "roomy" ? {} : { pages, whenFull: policy },
    samples: isWaiting
      ? random.pick([{ withoutFix: "last-known" }, { location: "none" }])
      : random.pick([{}, { location: "coarse" }]),
    samplePeriodS: 1800 + random.below(5400),
    linkTimeoutS: 3600 + random.below(10_800),
    isSigned: random.below(6) === 0,
    isManaged: random.below(5) > 0,
    resumeTimeoutMs: random.pick([0, MINUTE_MS, 10 * MINUTE_MS, 5 * HOUR_MS]),
    isServerTelling: random.coin(),
    isMachineSet: random.below(4) === 0,
    isShort: policy !== "thin" && random.below(4) === 0,
  };
}

/** When the power of one life of the board fails: in the midst of a byte of its flash, or between all. */
export type End = { readonly flashBytes: number } | { readonly afterMs: number };

/** A sample written, acknowledged and erased is some 65 bytes of work. */
const MOST_FLASH_BYTES = 5000;
/** What a start has to put in order, and little more. */
const BOOT_FLASH_BYTES = 40;
const BOOT_MS = 5 * SECOND_MS;

export function endOf(random: Random): End {
  const kind = random.below(10);
  if (kind === 0) return { afterMs: random.below(BOOT_MS) };
  if (kind < 3) return { afterMs: random.below(3 * DAY_MS) };
  return { flashBytes: random.below(kind < 5 ? BOOT_FLASH_BYTES : MOST_FLASH_BYTES) };
}

/** How long a board is without power. */
export function darknessMs(random: Random): number {
  return durationMs(random, [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS]);
}

/** A login takes some 1,600 octets of the server's, and an answer some hundred. */
const LOGIN_BYTES = 2600;
const LATEST_BYTES = 20_000;

/** Every second connection stays whole. */
export function strikeOf(random: Random): LinkStrike | undefined {
  if (random.coin()) return undefined;
  const fault = random.pick(LINK_FAULTS);
  return { fault, afterBytes: random.below(random.coin() ? LOGIN_BYTES : LATEST_BYTES) };
}

/** Longer than the board waits, now and then. */
export function answerDelayMs(random: Random, isSlow: boolean): number {
  if (isSlow) return random.below(3) === 0 ? random.below(10 * MINUTE_MS) : random.below(MINUTE_MS);
  return random.below(30) === 0 ? random.below(2 * MINUTE_MS) : random.below(SECOND_MS);
}

/** Of a length up to one of these, each as likely. */
function durationMs(random: Random, mostMs: readonly number[]): number {
  return 1 + random.below(random.pick(mostMs));
}

export const DISTURBANCES = [
  "wifi",
  "partition",
  "server",
  "node",
  "slow",
  "no-fix",
  "jump",
  "rollover",
  "server-time",
] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

/** How long it is well at most, and the lengths up to which it then is not. */
const RHYTHMS: Readonly<Record<Disturbance, readonly [number, readonly number[]]>> = {
  wifi: [8 * DAY_MS, [MINUTE_MS, HOUR_MS, 5 * DAY_MS]],
  partition: [6 * DAY_MS, [30 * SECOND_MS, 5 * MINUTE_MS, HOUR_MS]],
  server: [6 * DAY_MS, [SECOND_MS, 10 * MINUTE_MS, 6 * HOUR_MS]],
  node: [8 * DAY_MS, [SECOND_MS, MINUTE_MS, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS]],
  slow: [8 * DAY_MS, [HOUR_MS, 6 * HOUR_MS]],
  "no-fix": [5 * DAY_MS, [HOUR_MS, 6 * HOUR_MS, 2 * DAY_MS]],
  jump: [15 * DAY_MS, [HOUR_MS, DAY_MS]],
  rollover: [15 * DAY_MS, [HOUR_MS, 3 * DAY_MS]],
  "server-time": [15 * DAY_MS, [HOUR_MS, 3 * DAY_MS]],
};

export function calmMs(kind: Disturbance, random: Random): number {
  return 1 + random.below(RHYTHMS[kind][0]);
}

export function lastsMs(kind: Disturbance, random: Random): number {
  return durationMs(random, RHYTHMS[kind][1]);
}

/** A clock that jumps does so by days, either way, and by no whole sample period. */
export function jumpMs(random: Random): number {
  return random.below(6 * DAY_MS) - 3 * DAY_MS;
}
