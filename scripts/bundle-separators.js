// Espruino reads the token behind a block that it skips without keeping its text: after `catch(e){}` a statement that
// begins with "function" begins with "" (measured; rule text-behind-block). Behind a semicolon it is read again.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { walk } from "./bundle-rules/tree.js";

/** @typedef {import("./bundle-rules/tree.js").Node} Node */

/**
 * @param {string} code a minified bundle
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function separateTexts(code) {
  const text = new MagicString(code);
  walk(/** @type {Node} */ (acorn.parse(code, { ecmaVersion: 5 })), ({ type, start }) => {
    const isText = type === "ExpressionStatement" && /["']/.test(code[start]);
    if (isText && code[start - 1] === "}") text.appendLeft(start, ";");
  });
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}
