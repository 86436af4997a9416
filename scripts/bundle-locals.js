// `var r,t,o;for(r=[],t=0;…)` becomes `for(var o,r=[],t=0;…)`: terser lifts every variable to the top of
// its function, because Espruino hoists nothing, and leaves its first value where it was. When that comes
// next, it can be said with the declaration.

import * as acorn from "acorn";
import * as eslintScope from "eslint-scope";
import MagicString from "magic-string";
import { walk } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */

/**
 * @param {string} code a minified bundle
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function joinLocals(code) {
  const tree = /** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5, ranges: true }));
  const scopes = eslintScope.analyze(/** @type {any} */ (tree), { ecmaVersion: 5 });
  const text = new MagicString(code);
  walk(tree, (node) => {
    const statements = /^Function/.test(node.type) ? node.body.body : [];
    const at = statements.findIndex(
      (/** @type {Node} */ one) => one.type === "VariableDeclaration",
    );
    const head = at >= 0 && headOf(statements[at + 1]);
    if (head)
      join(text, statements[at], head, firstValues(scopes.acquire(node), statements[at], head));
  });
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}

/** @typedef {{start: number, parts: Node[], isFor: boolean}} Head what a statement does first, and where it begins */

/** @param {Node | undefined} statement @returns {Head | undefined} */
function headOf(statement) {
  const fields = /** @type {Record<string, string>} */ ({
    ForStatement: "init",
    ExpressionStatement: "expression",
    ReturnStatement: "argument",
    IfStatement: "test",
  });
  const first = statement?.[fields[statement.type]];
  if (!first) return undefined;
  const parts = first.type === "SequenceExpression" ? first.expressions : [first];
  return { start: statement.start, parts, isFor: statement.type === "ForStatement" };
}

/**
 * The assignments in front that can go into the declaration: to variables that nothing mentions before.
 * @param {any} scope
 * @param {Node} declaration
 * @param {Head} head
 * @returns {Node[]}
 */
function firstValues(scope, declaration, { parts }) {
  const empty = declaration.declarations.filter((/** @type {Node} */ { init }) => !init);
  const names = empty.map((/** @type {Node} */ { id }) => id.name);
  const end = parts.findIndex(({ type, operator, left }) => {
    const references = type === "AssignmentExpression" ? scope.set.get(left.name)?.references : [];
    const starts = (references ?? []).map((/** @type {any} */ { identifier }) => identifier.start);
    return operator !== "=" || !names.includes(left.name) || Math.min(...starts) !== left.start;
  });
  return parts.slice(0, end < 0 ? parts.length : end);
}

/** @param {MagicString} text @param {Node} declaration @param {Head} head @param {Node[]} taken of its parts */
function join(text, declaration, { start, parts, isFor }, taken) {
  if (taken.length === 0) return;
  const names = taken.map(({ left }) => left.name);
  const { declarations } = declaration;
  const isKept = (/** @type {Node} */ { id }) => !names.includes(id.name);
  const first = declarations.findIndex(isKept);
  if (first < 0) text.remove(declarations[0].start, parts[0].start);
  else {
    if (first > 0) text.remove(declarations[0].start, declarations[first].start);
    declarations.forEach((/** @type {Node} */ one, /** @type {number} */ at) => {
      if (at > first && !isKept(one)) text.remove(declarations[at - 1].end, one.end);
    });
    text.update(declaration.end - 1, parts[0].start, ",");
  }
  const rest = parts[taken.length];
  const keyword = text.original.slice(start, parts[0].start);
  if (rest) text.update(taken[taken.length - 1].end, rest.start, ";" + keyword);
  else if (isFor) text.appendLeft(declaration.start, keyword);
}
