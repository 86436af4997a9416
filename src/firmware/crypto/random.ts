// The board's random numbers: HMAC_DRBG (NIST SP 800-90A rev. 1 section 10.1.2), and where its seed comes
// from on a chip whose own generator repeats itself at every boot.

import { repeated } from "../bytes.js";
import type { SmallStore } from "../store/durable-file.js";
import { readDurable, writeDurable } from "../store/durable-file.js";
import type { Hash } from "./hash.js";
import { createHmac } from "./hash.js";

/** What gives unpredictable bytes. */
export interface Entropy {
  /** `count` of them, 65,536 at most. */
  bytes(count: number): string;
}

export interface Random extends Entropy {
  /** Mixes in the moment of an event, in milliseconds: its microseconds are nobody's to foresee. */
  stir(momentMs: number): void;
  /** Whether the bytes are fit for keys: the board has its seed, and no other run begins as this one. */
  isSeeded(): boolean;
}

const SEED = "microspime.seed";
/** Section 8.6.7: 256 bits of entropy and 128 of nonce. */
const SEED_BYTES = 48;
const STATE = "microspime.rng";
const STATE_BYTES = 32;
/** Moments that wait until bytes are asked for. */
const POOL_BYTES = 64;
/**
 * Each time costs 70 bytes of flash that nobody gets back until the engine moves its files together, the program that runs
 * among them. What a boot leaves is enough for the next; later ones only bring in what was new since.
 */
const SAVE_MS = 86400000;
/** Where it could not be written. */
const SAVE_AGAIN_MS = 3600000;

/** Section 10.1.2 but for reseeding, which additional input does as well. Both texts may be empty. */
export function createDrbg(
  hash: Hash,
  seed: string,
): (count: number, additional: string) => string {
  let key = "";
  let value = repeated("\x01", 32);

  function update(data: string): void {
    let mac = createHmac(hash, key);

    function mix(tag: string): void {
      key = mac(value + tag + data);
      mac = createHmac(hash, key);
      value = mac(value);
    }

    mix("\0");
    if (data) mix("\x01");
  }

  // HMAC fills a key up with zeros: none is as good as the 32 of section 10.1.2.3.
  update(seed);
  return function (count, additional) {
    let bytes = "";
    if (additional) update(additional);
    // Made anew: between two calls it would take memory.
    const mac = createHmac(hash, key);
    while (bytes.length < count) {
      value = mac(value);
      bytes += value;
    }
    update(additional);
    return bytes.slice(0, count);
  };
}

/**
 * A run (from boot to boot) begins from the seed, what the last one left in the store, noise and clock.
 * Before it gives any byte it leaves the next run something else, so that no two runs begin alike even
 * where all the rest is the same each time.
 */
export function createRandom(
  hash: Hash,
  store: SmallStore,
  noise: () => string,
  nowMs: () => number,
): Random {
  const seed = store.read(SEED) || "";
  const generate = createDrbg(hash, seed);
  const file = { hash, store, name: STATE };
  let isSaved = false;
  let savedMs = NaN;
  // First what was left; then moments.
  let pool = readDurable(file);

  const random: Random = {
    bytes: function (count) {
      /** All that is new since the last time; and what is used only once never follows what may repeat. */
      function takeNews(): string {
        const news = isSaved + pool + noise() + "/" + nowMs();
        pool = "";
        return news;
      }

      if (!(nowMs() - savedMs <= (isSaved ? SAVE_MS : SAVE_AGAIN_MS))) {
        isSaved = writeDurable(file, generate(STATE_BYTES, takeNews()));
        savedMs = nowMs();
      }
      return count ? generate(count, takeNews()) : "";
    },
    stir: function (momentMs) {
      pool = (pool + String.fromCharCode((momentMs * 1000) & 255)).slice(-POOL_BYTES);
    },
    isSeeded: function () {
      return isSaved && seed.length >= SEED_BYTES;
    },
  };
  random.bytes(0);
  return random;
}
