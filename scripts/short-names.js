// Which short name each property gets: terser hands them out as it meets the properties, this gives the
// shortest to those that a bundle says most often.

import * as acorn from "acorn";
import { childrenOf } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";

/**
 * @param {string} code before names are mangled
 * @param {string[]} names that may be
 * @returns {Map<string, string>} the short ones by the long ones; names for which no letter is left get none
 */
export function shortNames(code, names) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 }));
  /** @type {Map<string, number>} */
  const counts = new Map();
  count(tree);
  const taken = new Set([...counts.keys()].filter((name) => !names.includes(name)));
  const free = [...letters].filter((letter) => !taken.has(letter));
  const wanted = [...counts].filter(([name]) => names.includes(name)).sort((a, b) => b[1] - a[1]);
  return new Map(free.slice(0, wanted.length).map((letter, index) => [wanted[index][0], letter]));

  /** @param {Node} node */
  function count(node) {
    const key = node.type === "Property" ? node.key : !node.computed && node.property;
    // Names in quotes count as well: they are taken.
    const name = key && (key.name ?? key.value);
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const child of childrenOf(node)) count(child);
  }
}
