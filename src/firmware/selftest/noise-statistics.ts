// Whether a source of random words looks like one: how often each bit is set, and words that come again. It cannot show
// that a source is good, only that it is stuck, biased or slow.

import type { Values } from "./values.js";

const BITS = 32;
/** Words that are remembered: one of 32 bits comes again among them by chance once in 250 million. */
const REMEMBERED = 16;

/** `nextWord` gives 32 bits, as a number of either sign. */
export function noiseStatistics(nextWord: () => number, words: number): Values {
  const ones = new Uint32Array(BITS);
  const recent = new Uint32Array(REMEMBERED);
  let inARow = 0;
  let soon = 0;
  for (let count = 0; count < words; count++) {
    const word = nextWord() >>> 0;
    for (let bit = 0; bit < BITS; bit++) ones[bit] += (word >>> bit) & 1;
    for (let ago = 1; ago <= REMEMBERED && ago <= count; ago++) {
      if (recent[(count - ago) % REMEMBERED] === word) {
        if (ago === 1) inARow++;
        else soon++;
      }
    }
    recent[count % REMEMBERED] = word;
  }
  let total = 0;
  let least = words;
  let most = 0;
  for (let bit = 0; bit < BITS; bit++) {
    total += ones[bit];
    least = Math.min(least, ones[bit]);
    most = Math.max(most, ones[bit]);
  }
  const values: Values = {};
  values["words"] = words;
  values["onesPerMille"] = Math.round((total * 1000) / (words * BITS));
  values["leastOnesOfABit"] = least;
  values["mostOnesOfABit"] = most;
  values["repeatsInARow"] = inARow;
  values["repeatsWithin16"] = soon;
  return values;
}
