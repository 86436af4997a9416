// What a bundle says again and again (`.length`, `undefined`, "modify", `Uint32Array`) becomes a parameter
// of its wrapper, said once: `a.length` turns into `a[A]` and `!function(){…}()` into
// `!function(A){…}("length")`. Minifiers leave that to gzip; on a board nothing is compressed. Parameters
// come first in their scope, where Espruino finds them fastest.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { childrenOf, isPropertyName, walk, wrapperOf } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */
/** @typedef {{start: number, end: number, isMember: boolean}} Place */
/** @typedef {{argument: string, places: Place[]}} Use source of the argument, and where it can stand */

/** `E` is an object of Espruino. */
const single = [..."ABCDFGHIJKLMNOPQRSTUVWXYZ"];

const double = single.map((letter) => letter + letter);

/** Free for aliases: the minifier is told not to use them. */
export const aliasLetters = [...single, ...double];

/** A parameter is a block; a text is one more for each dozen of characters. */
function blocksOf(/** @type {string} */ argument) {
  return argument.startsWith('"') ? 2 + Math.floor((argument.length - 2) / 12) : 1;
}

/** Values that need no `this` and that nobody replaces while a bundle runs. */
const sharedValues = [
  "Uint32Array",
  "String.fromCharCode",
  ...["floor", "round", "max", "min"].map((name) => `Math.${name}`),
  ...["NaN", "isNaN", "parseInt", "!0", "!1"],
  // Of Espruino, and only where a bundle uses them.
  ...["E.toString", "require"],
];

/**
 * @param {string} code a minified bundle: `!function(){…}();`
 * @param {number} bytesPerBlock what each block of memory that an alias takes has to save in the bundle
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function aliasNames(code, bytesPerBlock) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 }));
  const text = new MagicString(code);
  const wrapper = wrapperOf(tree);
  // Small ones have none: nothing in them needed a name.
  if (!wrapper || wrapper.callee.params.length > 0)
    return { code, map: text.generateMap({ hires: true }) };
  const chosen = worthwhile(usesOf(tree, code), bytesPerBlock);
  refuseTaken(tree, chosen);
  for (const { letters, places } of chosen)
    for (const { start, end, isMember } of places)
      text.update(start, end, isMember ? `[${letters}]` : separate(code, start, end, letters));
  // `undefined` has no argument: its parameter is the last.
  chosen.sort((a, b) => Number(a.argument === "") - Number(b.argument === ""));
  const parameters = chosen.map(({ letters }) => letters);
  const given = chosen.map(({ argument }) => argument).filter((argument) => argument !== "");
  text.appendLeft(wrapper.callee.body.start - 1, parameters.join());
  text.appendLeft(wrapper.end - 1, given.join());
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}

/** A variable of the same name would hide the parameter. @param {Node} tree @param {{letters: string}[]} chosen */
function refuseTaken(tree, chosen) {
  const names = new Set(chosen.map(({ letters }) => letters));
  walk(tree, (node, [parent]) => {
    if (node.type === "Identifier" && names.has(node.name) && !isPropertyName(node, parent))
      throw new Error(`the bundle has a variable ${node.name}, which is the name of an alias`);
  });
}

/**
 * `return"a"` needs no blank, `return A` does; the same behind it.
 * @param {string} code
 * @param {number} start
 * @param {number} end
 * @param {string} name
 * @returns {string}
 */
function separate(code, start, end, name) {
  const isWord = (/** @type {string} */ character) => /[\w$]/.test(character);
  return `${isWord(code[start - 1]) ? " " : ""}${name}${isWord(code[end]) ? " " : ""}`;
}

/** @param {Node} tree @param {string} code @returns {Use[]} */
function usesOf(tree, code) {
  /** @type {Map<string, Place[]>} */
  const found = new Map();
  collect(tree, undefined, (argument, place) => {
    found.set(argument, [...(found.get(argument) ?? []), place]);
  });
  return [...found].map(([argument, places]) => ({ argument, places }));

  /** @param {Node} node @param {Node | undefined} parent @param {(argument: string, place: Place) => void} add */
  function collect(node, parent, add) {
    const source = code.slice(node.start, node.end);
    const isMember = parent?.type === "MemberExpression" && !parent.computed;
    const isKey = parent?.type === "Property" && parent.key === node;
    const isName = isKey || (isMember && parent.property === node);
    if (sharedValues.includes(source) && !isName) {
      add(source, { start: node.start, end: node.end, isMember: false });
      return;
    }
    if (node.type === "MemberExpression" && !node.computed) {
      const { name, start, end } = node.property;
      add(JSON.stringify(name), { start: start - 1, end, isMember: true });
    }
    if (isVoidZero(node)) add("", { start: node.start, end: node.end, isMember: false });
    if (typeof node.value === "string" && node.type === "Literal" && !isName)
      add(source, { start: node.start, end: node.end, isMember: false });
    for (const child of childrenOf(node)) collect(child, node, add);
  }
}

/** @param {Node} node @returns {boolean} */
function isVoidZero(node) {
  return node.type === "UnaryExpression" && node.operator === "void" && node.argument.value === 0;
}

/**
 * Bytes that an alias of so many letters saves.
 * @param {Use} use
 * @param {number} letters
 * @returns {number}
 */
function savingOf({ argument, places }, letters) {
  const gains = places.map(
    ({ start, end, isMember }) => end - start - letters - (isMember ? 2 : 0),
  );
  // A parameter, an argument, and a comma before each.
  const cost = letters + 1 + (argument === "" ? 0 : argument.length + 1);
  return gains.reduce((sum, gain) => sum + gain, -cost);
}

/** @param {Use[]} uses @param {number} bytesPerBlock @returns {(Use & {letters: string})[]} those worth it, with their alias */
function worthwhile(uses, bytesPerBlock) {
  const worthOf = (/** @type {Use} */ use, /** @type {number} */ letters) => {
    const saving = savingOf(use, letters);
    return saving < bytesPerBlock * blocksOf(use.argument) ? 0 : saving;
  };
  const withTwo = (/** @type {Use} */ use) => worthOf(use, 2);
  // The short ones go where they save most against a long one, or none.
  const gain = (/** @type {Use} */ use) => worthOf(use, 1) - withTwo(use);
  const sorted = uses.filter((use) => gain(use) > 0).sort((a, b) => gain(b) - gain(a));
  const short = sorted.slice(0, single.length);
  const long = uses
    .filter((use) => !short.includes(use) && withTwo(use) > 0)
    .sort((a, b) => withTwo(b) - withTwo(a));
  return [
    ...short.map((use, index) => ({ ...use, letters: single[index] })),
    ...long.slice(0, double.length).map((use, index) => ({ ...use, letters: double[index] })),
  ];
}
