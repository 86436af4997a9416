// terser moves declarations of variables to the top of a function where there are several, and leaves a
// single one where it stands. Espruino needs that one at the top, too, where it stands in a branch: here
// such a function gets a second declaration at its top, and terser then makes one of both.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { childrenOf, isFunction } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */

/**
 * @param {string} code
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function declareFirst(code) {
  return declareAtTop(code, ({ body }) => {
    const [single, second] = declarationsIn(body);
    return single && !second && !body.body.includes(single) ? [single] : [];
  });
}

/**
 * What terser makes of an inlined function it may declare behind the return of the one around it.
 * @param {string} code minified
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function declareLate(code) {
  return declareAtTop(code, ({ body }) => {
    const end = body.body.findIndex(({ type }) => type === "ReturnStatement");
    return end < 0 ? [] : body.body.slice(end).flatMap(declarationsIn);
  });
}

/**
 * Declares again, at the top of each function, what `chosen` tells of it.
 * @param {string} code
 * @param {(fn: Node) => Node[]} chosen
 */
function declareAtTop(code, chosen) {
  const text = new MagicString(code);
  visit(/** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 })));
  return { code: text.toString(), map: text.generateMap({ hires: true }) };

  /** @param {Node} node */
  function visit(node) {
    if (isFunction(node)) {
      const names = chosen(node).flatMap(({ declarations }) =>
        declarations.map(({ id }) => id.name),
      );
      if (names.length > 0) text.appendLeft(node.body.start + 1, `var ${names.join()};`);
    }
    childrenOf(node).forEach(visit);
  }
}

/** @param {Node} node @returns {Node[]} those of functions inside left out */
function declarationsIn(node) {
  const inside = childrenOf(node).filter((child) => !isFunction(child));
  const own = node.type === "VariableDeclaration" ? [node] : [];
  return [...own, ...inside.flatMap(declarationsIn)];
}
