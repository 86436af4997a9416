// The public keys of those who sign, fetched from certification services and kept. A signature that does
// not verify with a kept key makes it ask again: the originator may have a new one.

import type { KeyObject } from "node:crypto";
import { BoundedMap } from "./bounded-map.js";
import { refuse } from "./conditions.js";
import type { Parsed } from "./conditions.js";

/** The key that a certification service has for an originator, or why there is none. */
export type FetchKey = (certifier: string, osid: string) => Promise<Parsed<KeyObject>>;

export interface KeyRingOptions {
  readonly fetchKey: FetchKey;
  readonly nowMs: () => number;
  /** Default 1,000. */
  readonly capacity?: number;
}

/** A key that its owner has withdrawn is believed no longer than this. */
const KEY_LIFE_MS = 3_600_000;

/** After a refresh that brought nothing new: else each bad signature would cost a query. */
const REFRESH_PAUSE_MS = 10_000;

/** Bounds what a crowd of unknown originators can have under way. */
const MAX_FETCHES = 100;

interface Kept {
  readonly key: KeyObject;
  readonly untilMs: number;
  /** Not asked again before, whatever does not verify. */
  readonly pauseUntilMs: number;
}

const CORRUPTED = "signature-error-public-key-corrupted";

export class KeyRing {
  private readonly kept: BoundedMap<string, Kept>;
  private readonly fetches = new Map<string, Promise<Parsed<KeyObject>>>();

  constructor(private readonly options: KeyRingOptions) {
    this.kept = new BoundedMap(options.capacity ?? 1000);
  }

  /** The key with which the check succeeds, or a fault. Addresses are folded: they are compared as text. */
  async verify(
    certifier: string,
    osid: string,
    check: (key: KeyObject) => boolean,
  ): Promise<Parsed<KeyObject>> {
    const id = `${certifier} ${osid}`;
    const kept = this.alive(id);
    if (kept && check(kept.key)) return { value: kept.key };
    if (kept && this.options.nowMs() < kept.pauseUntilMs) return refuseSignature(osid);
    const fetched = await this.fetch(id, certifier, osid);
    if ("fault" in fetched) return fetched;
    return check(fetched.value) ? fetched : refuseSignature(osid);
  }

  private alive(id: string): Kept | undefined {
    const kept = this.kept.get(id);
    if (kept === undefined || this.options.nowMs() < kept.untilMs) return kept;
    this.kept.delete(id);
    return undefined;
  }

  /** Those who want the same key at the same time share one query. */
  private async fetch(id: string, certifier: string, osid: string): Promise<Parsed<KeyObject>> {
    const running = this.fetches.get(id);
    if (running) return running;
    if (this.fetches.size >= MAX_FETCHES) {
      return refuse("internal-server-error", "too many keys are being fetched");
    }
    const fetch = this.options.fetchKey(certifier, osid);
    this.fetches.set(id, fetch);
    try {
      const fetched = await fetch;
      if ("value" in fetched) this.keep(id, fetched.value);
      else if (fetched.fault.condition !== "internal-server-error") this.kept.delete(id);
      return fetched;
    } finally {
      this.fetches.delete(id);
    }
  }

  private keep(id: string, key: KeyObject): void {
    const nowMs = this.options.nowMs();
    const isNews = !this.kept.get(id)?.key.equals(key);
    const pauseUntilMs = isNews ? nowMs : nowMs + REFRESH_PAUSE_MS;
    this.kept.set(id, { key, untilMs: nowMs + KEY_LIFE_MS, pauseUntilMs });
  }
}

function refuseSignature(osid: string) {
  return refuse(CORRUPTED, `does not verify with the key of ${osid}`);
}
