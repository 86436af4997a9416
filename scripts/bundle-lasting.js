// What goes on when the one that called it has returned (bundle-nesting.js) has to stay a function of its own: put into its
// place by a compiler, what it returns would keep all the variables there. Closure Compiler heeds a comment before the
// function, terser one before each call.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { lasting } from "./bundle-nesting.js";
import { walk } from "./bundle-rules/tree.js";

/**
 * @param {string} code whose functions still have their names
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function keepLasting(code) {
  const text = new MagicString(code);
  const tree = acorn.parse(code, { ecmaVersion: 5, ranges: true });
  walk(/** @type {import("./bundle-rules/tree.js").Node} */ (tree), (node) => {
    if (node.type === "FunctionDeclaration" && lasting.has(node.id.name))
      text.appendLeft(node.start, "/** @noinline */ ");
    if (node.type === "CallExpression" && lasting.has(node.callee.name))
      text.appendLeft(node.start, "/*@__NOINLINE__*/");
  });
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}
