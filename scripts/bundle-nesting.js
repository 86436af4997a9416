// A function that only one other function uses moves into it. In Espruino every function that could be called
// takes seven or eight blocks of memory, called or not; one inside another takes them only while that one
// runs, at the price of being read anew each time. So what runs for every byte or every multiplication is
// left alone.

import * as acorn from "acorn";
import * as eslintScope from "eslint-scope";
import MagicString from "magic-string";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */
/** @typedef {{node: Node, target: Node}} Move */

/** Functions of src/firmware that nothing moves into: they, or what they return, run too often. */
const busy = new Set([
  ...["replaceEach", "toBase64", "fromBase64"],
  ...[
    "createMontgomery",
    "dotArithmetic",
    "limbFormat",
    "createEsp32Rsa",
    "bigIntRsa",
    "prepareKey",
  ],
  ...["createHmac", "createDrbg", "createRandom"],
  ...["createClock", "connectSocket"],
]);

/** Only these themselves: what they hold runs for a tag or a line, not for every piece of one. */
const lively = new Set(["createXmlParser", "createNmeaReader"]);

/**
 * What stays where it is: it goes on when the one that called it has returned, and inside of that it would
 * keep all its variables.
 */
const lasting = new Set(["grantClaim", "replying"]);

/** How often the pass has to run: what has moved lets others move after it. */
export const nestingPasses = 4;

/**
 * @param {string} code a bundle before it is minified: one function with the functions of all modules in it
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function nestFunctions(code) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5, ranges: true }));
  const scopes = eslintScope.analyze(/** @type {any} */ (tree), { ecmaVersion: 5 });
  const main = scopes.scopes.find(({ type }) => type === "function");
  const text = new MagicString(code);
  const moves = main.variables.flatMap((variable) => moveOf(variable, main));
  const holdsTarget = ({ node }) => moves.some(({ target }) => contains(node, target));
  // Whoever takes something in moves in a later pass.
  for (const { node, target } of moves.filter((move) => !holdsTarget(move)))
    text.move(node.start, node.end, target.body.start + 1);
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}

/** @param {Node} outer @param {Node} inner @returns {boolean} */
function contains(outer, inner) {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** @param {any} variable of the bundle's function @param {any} main @returns {Move[]} one or none */
function moveOf(variable, main) {
  const [definition] = variable.defs;
  if (variable.defs.length !== 1 || definition.type !== "FunctionName") return [];
  const { node } = definition;
  if (lasting.has(node.id.name)) return [];
  const uses = variable.references.filter(({ identifier }) => !contains(node, identifier));
  const target = uses.length > 0 && commonFunction(uses, main);
  return target && !hides(target, node, main) ? [{ node, target: target.block }] : [];
}

/**
 * The innermost function with all these uses in it; none if that is the bundle's, or a busy one.
 * @param {any[]} uses
 * @param {any} main
 */
function commonFunction(uses, main) {
  const [first, ...others] = uses.map(({ from }) => functionsAround(from, main));
  const common = first.filter((scope) => others.every((around) => around.includes(scope)));
  const isBusy =
    common.some(({ block }) => block.id && busy.has(block.id.name)) ||
    lively.has(common[0]?.block.id?.name);
  return isBusy ? undefined : common[0];
}

/** From the inside out, without the bundle's own. @param {any} from @param {any} main @returns {any[]} */
function functionsAround(from, main) {
  const around = [];
  for (let scope = from; scope && scope !== main; scope = scope.upper)
    if (scope.type === "function") around.push(scope);
  return around;
}

/**
 * Whether a name that the function means would be another's there.
 * @param {any} target
 * @param {Node} node
 * @param {any} main
 * @returns {boolean}
 */
function hides(target, node, main) {
  const taken = new Set(
    functionsAround(target, main).flatMap(({ variables }) => variables.map(({ name }) => name)),
  );
  const meant = main.variables
    .filter(({ references }) => references.some(({ identifier }) => contains(node, identifier)))
    .map(({ name }) => name);
  const free = main.through
    .filter(({ identifier }) => contains(node, identifier))
    .map(({ identifier }) => identifier.name);
  return [...meant, ...free, node.id.name].some((name) => name !== "arguments" && taken.has(name));
}
