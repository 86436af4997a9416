// What a bundle says again and again (`.length`, `undefined`, "modify", `Uint32Array`) becomes a parameter
// of its wrapper, said once: `a.length` turns into `a[A]` and `!function(){…}()` into
// `!function(A){…}("length")`. Minifiers leave that to gzip; on a board nothing is compressed. Parameters
// come first in their scope, where Espruino finds them fastest.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { childrenOf } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */
/** @typedef {{start: number, end: number, isMember: boolean}} Place */
/** @typedef {{argument: string, places: Place[]}} Use source of the argument, and where it can stand */

/** Free for aliases: the minifier is told not to use them. `E` is an object of Espruino. */
export const aliasLetters = [..."ABCDFGHIJKLMNOPQRSTUVWXYZ"];

/** Functions of the language that every engine has and that need no `this`. */
const sharedFunctions = ["Uint32Array", "String.fromCharCode"];

/**
 * @param {string} code a minified bundle: `!function(){…}();`
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function aliasNames(code) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 }));
  const text = new MagicString(code);
  const wrapper = wrapperOf(tree);
  const chosen = worthwhile(usesOf(tree, code)).slice(0, aliasLetters.length);
  // `undefined` has no argument: its parameter is the last.
  chosen.sort((a, b) => Number(a.argument === "") - Number(b.argument === ""));
  chosen.forEach(({ places }, index) => {
    const letter = aliasLetters[index];
    for (const { start, end, isMember } of places)
      text.update(start, end, isMember ? `[${letter}]` : separate(code, start, letter));
  });
  text.appendLeft(wrapper.callee.body.start - 1, aliasLetters.slice(0, chosen.length).join());
  const given = chosen.map(({ argument }) => argument).filter((argument) => argument !== "");
  text.appendLeft(wrapper.end - 1, given.join());
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}

/** `return"a"` needs a blank that `return"a"` did not. @param {string} code @param {number} start @param {string} letter */
function separate(code, start, letter) {
  return /[\w$]/.test(code[start - 1]) ? ` ${letter}` : letter;
}

/** @param {Node} tree @returns {Node} the call of the bundle's one function */
function wrapperOf(tree) {
  const call = tree.body.length === 1 ? tree.body[0].expression?.argument : undefined;
  if (call?.type !== "CallExpression" || call.callee.params?.length !== 0)
    throw new Error("a bundle is one call of a function without parameters");
  return call;
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
    if (sharedFunctions.includes(source)) {
      add(source, { start: node.start, end: node.end, isMember: false });
      return;
    }
    if (node.type === "MemberExpression" && !node.computed) {
      const { name, start, end } = node.property;
      add(JSON.stringify(name), { start: start - 1, end, isMember: true });
    }
    if (isVoidZero(node)) add("", { start: node.start, end: node.end, isMember: false });
    const isKey = parent?.type === "Property" && parent.key === node;
    if (typeof node.value === "string" && node.type === "Literal" && !isKey)
      add(source, { start: node.start, end: node.end, isMember: false });
    for (const child of childrenOf(node)) collect(child, node, add);
  }
}

/** @param {Node} node @returns {boolean} */
function isVoidZero(node) {
  return node.type === "UnaryExpression" && node.operator === "void" && node.argument.value === 0;
}

/** Bytes that an alias saves. @param {Use} use @returns {number} */
function savingOf({ argument, places }) {
  const gains = places.map(({ start, end, isMember }) => end - start - (isMember ? 3 : 1));
  // A parameter, an argument, and a comma before each.
  const cost = argument === "" ? 2 : argument.length + 3;
  return gains.reduce((sum, gain) => sum + gain, -cost);
}

/** @param {Use[]} uses @returns {Use[]} those that save bytes, most first */
function worthwhile(uses) {
  return uses.filter((use) => savingOf(use) > 0).sort((a, b) => savingOf(b) - savingOf(a));
}
