// Chance that can be had again: the same seed and case, the same throws.

export interface Dice {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** True once in `times`. */
  oneIn(times: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** Of case `index` of a campaign; mulberry32, whose state is one number. */
export function createDice(seed: number, index: number): Dice {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;

  function below(limit: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (choices) => choices[below(choices.length)],
  };
}

/** The results of `make`, `least` to `most` of them, joined. */
export function many(dice: Dice, least: number, most: number, make: () => string): string {
  let text = "";
  for (let count = least + dice.below(most - least + 1); count > 0; count--) text += make();
  return text;
}
