// Refuses in a finished ES5 bundle what Espruino cannot run, as far as a parser can decide it.
// Espruino language notes 2v29, part 1: the engine is not an ES5 engine, and a bundle that passes on
// Node can be dead on the board. The final bundle is checked because minifiers move declarations.

import { parseBundle } from "./bundle-rules/tree.js";
import { messages } from "./bundle-rules/messages.js";
import { checkOrder } from "./bundle-rules/order.js";
import { checkSyntax } from "./bundle-rules/syntax.js";
import { checkTokens } from "./bundle-rules/tokens.js";
import { checkBuiltins } from "./bundle-rules/builtins.js";

/** @typedef {import("./bundle-rules/tree.js").Offence} Offence */

/** Every rule there is, by its stable name. */
export const ruleNames = Object.keys(messages);

/**
 * The offences in a bundle in the order of the source; lines and columns count from 1.
 * @param {string} source
 * @returns {Offence[]}
 */
export function checkBundle(source) {
  /** @type {(Offence & {position: number})[]} */
  const found = [];
  /** @type {import("./bundle-rules/tree.js").Report} */
  const report = (rule, position, detail = "") => {
    const message = messages[rule].replace("DETAIL", () => detail);
    found.push({ ...placeOf(source, position), rule, message, position });
  };
  checkEverything(source, report);
  found.sort((a, b) => a.position - b.position);
  return found.map(({ line, column, rule, message }) => ({ line, column, rule, message }));
}

/** @param {string} source @param {import("./bundle-rules/tree.js").Report} report */
function checkEverything(source, report) {
  let bundle;
  try {
    bundle = parseBundle(source);
  } catch (error) {
    report("parse-error", /** @type {{pos?: number}} */ (error).pos ?? 0);
    return;
  }
  for (const check of [checkOrder, checkSyntax, checkTokens, checkBuiltins]) check(bundle, report);
}

/** @param {string} source @param {number} position */
function placeOf(source, position) {
  const lines = source.slice(0, position).split(/\r\n|[\r\n\u2028\u2029]/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}
