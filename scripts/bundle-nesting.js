// A function that only one other function uses moves into it. In Espruino every function that could be called
// takes seven or eight blocks of memory, called or not; one inside another takes them only while that one
// runs, at the price of being read anew each time. So what runs for every byte or every multiplication is
// left alone.

import * as acorn from "acorn";
import * as eslintScope from "eslint-scope";
import MagicString from "magic-string";
import { walk } from "./bundle-rules/tree.js";

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
export const lasting = new Set([
  "answering",
  "beginUpdate",
  "deliver",
  "ending",
  "grantClaim",
  "signAndWrap",
  "watch",
]);

/** How often the pass has to run: what has moved lets others move after it. */
export const nestingPasses = 4;

/**
 * @param {string} code a bundle before it is minified: one function with the functions of all modules in it
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function nestFunctions(code) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5, ranges: true }));
  const scopes = eslintScope.analyze(/** @type {any} */ (tree), { ecmaVersion: 5 });
  const callees = new Set();
  walk(tree, (node) => {
    if (node.type === "CallExpression") callees.add(node.callee);
  });
  const isCall = ({ identifier }) => callees.has(identifier);
  const main = scopes.scopes.find(({ type }) => type === "function");
  const text = new MagicString(code);
  const moves = scopes.scopes
    .filter(({ type }) => type === "function")
    .flatMap((home) => home.variables.flatMap((variable) => moveOf(variable, home, main, isCall)));
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

/**
 * @param {any} variable of a function
 * @param {any} home that function's scope
 * @param {any} main the bundle's
 * @param {(reference: any) => boolean} isCall
 * @returns {Move[]} one or none
 */
function moveOf(variable, home, main, isCall) {
  const [definition] = variable.defs;
  if (variable.defs.length !== 1 || definition.type !== "FunctionName") return [];
  const { node } = definition;
  if (node.type !== "FunctionDeclaration" || lasting.has(node.id.name)) return [];
  const uses = variable.references.filter(({ identifier }) => !contains(node, identifier));
  // Inside of another function it is mostly called; what is given away would keep the one that it moves into.
  const isInner = home !== main;
  if (isInner && (lively.has(home.block.id?.name) || !uses.every(isCall))) return [];
  const target = uses.length > 0 && commonFunction(uses, home, main);
  return target && !hides(target, node, home) ? [{ node, target: target.block }] : [];
}

/**
 * The innermost function with all these uses in it; none if that is `home`, or a busy one.
 * @param {any[]} uses
 * @param {any} home
 * @param {any} main
 */
function commonFunction(uses, home, main) {
  const [first, ...others] = uses.map(({ from }) => functionsAround(from, home));
  const common = first.filter((scope) => others.every((around) => around.includes(scope)));
  if (!common.length) return undefined;
  const isBusy =
    functionsAround(common[0], main).some(({ block }) => block.id && busy.has(block.id.name)) ||
    lively.has(common[0].block.id?.name);
  return isBusy ? undefined : common[0];
}

/** From the inside out, without the outermost. @param {any} from @param {any} outermost @returns {any[]} */
function functionsAround(from, outermost) {
  const around = [];
  for (let scope = from; scope && scope !== outermost; scope = scope.upper)
    if (scope.type === "function") around.push(scope);
  return around;
}

/**
 * Whether a name that the function means would be another's there.
 * @param {any} target
 * @param {Node} node
 * @param {any} home
 * @returns {boolean}
 */
function hides(target, node, home) {
  const taken = new Set(
    functionsAround(target, home).flatMap(({ variables }) => variables.map(({ name }) => name)),
  );
  const own = home.childScopes.find(({ block }) => block === node);
  const meant = own.through.map(({ identifier }) => identifier.name);
  return [...meant, node.id.name].some((name) => name !== "arguments" && taken.has(name));
}
