// `!function(A,b){…}("length")` becomes `var A="length",b;…`. Espruino gives a function that is made inside of others a list
// of their scopes, of its own: none outside, one variable inside of one, and from two on a list of 2 + n (jspeiGetScopesAsVar
// in its src/jsparse.c, 2v29). So a wrapper costs each function inside it one to three variables for as long as it exists: an
// ESP32's agent 280 of 3,400. What a bundle has at its top is global then; the minifier keeps off the engine's own names.

import * as acorn from "acorn";
import MagicString from "magic-string";
import { wrapperOf } from "./bundle-rules/tree.js";

/** Names of the engine's as short as the minifier's: its object and its pins (`A0` to `K9`). */
export const engineNames = [
  "E",
  ...[..."ABCDEFGHIJK"].flatMap((port) => Array.from({ length: 10 }, (_, pin) => port + pin)),
];

/**
 * @param {string} code a minified bundle: `!function(…){…}(…);`, or anything else, which stays as it is
 * @returns {{code: string, map: import("magic-string").SourceMap}}
 */
export function unwrap(code) {
  const text = new MagicString(code);
  const tree = /** @type {import("./bundle-rules/tree.js").Node} */ (
    acorn.parse(code, { ecmaVersion: 5 })
  );
  const call = wrapperOf(tree);
  if (call) {
    const { params, body } = call.callee;
    const given = call.arguments.map(({ start, end }) => code.slice(start, end));
    const declarations = params.map(({ name }, index) =>
      index < given.length ? `${name}=${given[index]}` : name,
    );
    const head = declarations.length > 0 ? `var ${declarations.join()};` : "";
    text.overwrite(0, body.start + 1, head);
    text.overwrite(body.end - 1, code.length, "\n");
  }
  return { code: text.toString(), map: text.generateMap({ hires: true }) };
}
