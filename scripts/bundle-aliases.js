// Names that a bundle says again and again (`length`, `slice`, `undefined`) become parameters of its
// wrapper, each said once: `a.length` turns into `a[L]` and `!function(){…}()` into
// `!function(L){…}("length")`. A minifier leaves them, because gzip does as well; on a board nothing is
// compressed. Parameters come first in their scope, where Espruino finds them fastest.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { childrenOf } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */
/** @typedef {{name: string, nodes: Node[]}} Use a name, and where `.name` stands */

/** Free for aliases: the minifier is told not to use them. `E` is an object of Espruino. */
export const aliasLetters = [..."ABCDFGHIJKLMNOPQRSTUVWXYZ"];

/** `,"name"` in the wrapper's arguments, and `,A` in its parameters. */
const costOf = (/** @type {string} */ name) => name.length + 5;
/** `.name` becomes `[A]`. */
const gainOf = (/** @type {string} */ name) => name.length - 2;

/**
 * @param {string} code a minified bundle: `!function(){…}();`
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function aliasNames(code) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 }));
  const text = new MagicString(code);
  const wrapper = wrapperOf(tree);
  const undefineds = nodesOf(tree, isVoidZero);
  const uses = worthwhile(usesOf(tree)).slice(0, aliasLetters.length - 1);
  uses.forEach(({ nodes }, index) => {
    for (const { property } of nodes)
      text.update(property.start - 1, property.end, `[${aliasLetters[index]}]`);
  });
  const letters = aliasLetters.slice(0, uses.length);
  if (undefineds.length > 0) {
    // The last parameter, for which there is no argument.
    const letter = aliasLetters[uses.length];
    for (const node of undefineds) text.update(node.start, node.end, letter);
    letters.push(letter);
  }
  text.appendLeft(wrapper.callee.body.start - 1, letters.join());
  text.appendLeft(wrapper.end - 1, uses.map(({ name }) => JSON.stringify(name)).join());
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}

/** @param {Node} tree @returns {Node} the call of the bundle's one function */
function wrapperOf(tree) {
  const call = tree.body.length === 1 ? tree.body[0].expression?.argument : undefined;
  if (call?.type !== "CallExpression" || call.callee.params?.length !== 0)
    throw new Error("a bundle is one call of a function without parameters");
  return call;
}

/** @param {Node} node @returns {boolean} */
function isVoidZero(node) {
  return node.type === "UnaryExpression" && node.operator === "void" && node.argument.value === 0;
}

/** @param {Node} node @param {(node: Node) => boolean} isWanted @returns {Node[]} */
function nodesOf(node, isWanted) {
  const inside = childrenOf(node).flatMap((child) => nodesOf(child, isWanted));
  return isWanted(node) ? [node, ...inside] : inside;
}

/** @param {Node} tree @returns {Use[]} */
function usesOf(tree) {
  /** @type {Map<string, Node[]>} */
  const found = new Map();
  const members = nodesOf(tree, (node) => node.type === "MemberExpression" && !node.computed);
  for (const node of members) {
    const { name } = node.property;
    found.set(name, [...(found.get(name) ?? []), node]);
  }
  return [...found].map(([name, nodes]) => ({ name, nodes }));
}

/** @param {Use[]} uses @returns {Use[]} those that save bytes, most first */
function worthwhile(uses) {
  const saved = (/** @type {Use} */ { name, nodes }) => nodes.length * gainOf(name) - costOf(name);
  return uses.filter((use) => saved(use) > 0).sort((a, b) => saved(b) - saved(a));
}
