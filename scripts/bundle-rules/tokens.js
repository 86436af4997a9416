// What goes wrong between neighbouring tokens: line breaks, and / read as division or as a regular
// expression. Espruino language notes 2v29, part 1, "Syntax that fails"; the rules about / were
// measured: the engine's lexer looks at the token before and at nothing else.

// @ts-expect-error: acorn exports keywordTypes without declaring it
import { keywordTypes, tokTypes } from "acorn";
import { reservedOnEspruino } from "./syntax.js";

/** @typedef {import("acorn").Token & {value: any}} Token */
/** @typedef {import("./tree.js").Bundle} Bundle */
/** @typedef {import("./tree.js").Report} Report */

/**
 * @param {Bundle} bundle
 * @param {Report} report
 */
export function checkTokens(bundle, report) {
  const tokens = /** @type {Token[]} */ (bundle.tokens);
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    checkText(bundle.source, token, report);
    if (!before) return;
    checkSlash(bundle.source, tokens, index, report);
    checkLineBreak(bundle.source, tokens, index, report);
    if (token.type === tokTypes.string && before.type === tokTypes.braceR)
      report("text-behind-block", token.start);
    if (token.type === tokTypes.parenR && before.type === tokTypes.comma)
      report("new-syntax", before.start, "a comma after the last argument");
  });
}

/** @param {string} source @param {Token} token @param {Report} report */
function checkText(source, token, report) {
  const text = source.slice(token.start, token.end);
  if ([...text].some((char) => char > "\x7f")) report("non-ascii", token.start);
  if (token.type !== tokTypes.string) return;
  if (/\\(\r|\n|\u2028|\u2029)/.test(text)) report("line-continuation", token.start);
  const isAscii = /^[\0-\x7f]*$/.test(text);
  if (isAscii && [...token.value].some((char) => char > "\xff"))
    report("wide-character", token.start);
}

/** @param {string} source @param {Token[]} tokens @param {number} index @param {Report} report */
function checkSlash(source, tokens, index, report) {
  const token = tokens[index];
  const before = tokens[index - 1];
  const shown = `\`${source.slice(before.start, before.end)}\``;
  const isDivision = source[token.start] === "/" && token.type !== tokTypes.regexp;
  if (isDivision && expectsOperand(tokens, index - 1))
    report("division-misread", token.start, shown);
  if (token.type === tokTypes.regexp && endsOperand(source, before))
    report("regexp-misread", token.start, shown);
}

/**
 * Whether the engine expects an operand after this token although one has just ended.
 * @param {Token[]} tokens
 * @param {number} index
 * @returns {boolean}
 */
function expectsOperand(tokens, index) {
  const { type, value } = tokens[index];
  const isPropertyName = tokens[index - 1]?.type === tokTypes.dot;
  if (isPropertyName) return Object.hasOwn(keywordTypes, value) || reservedOnEspruino.has(value);
  return [tokTypes.incDec, tokTypes.braceR, tokTypes._this].includes(type);
}

/** @param {string} source @param {Token} before @returns {boolean} */
function endsOperand(source, before) {
  return /^[)|^~]$/.test(source.slice(before.start, before.end));
}

/** @param {string} source @param {Token[]} tokens @param {number} index @param {Report} report */
function checkLineBreak(source, tokens, index, report) {
  const token = tokens[index];
  const before = tokens[index - 1];
  if (!/[\r\n\u2028\u2029]/.test(source.slice(before.end, token.start))) return;
  const isOperandEnd = [tokTypes.name, tokTypes.bracketR, tokTypes.parenR].includes(before.type);
  if (token.type === tokTypes.incDec && isOperandEnd) report("prefix-on-new-line", token.start);
  const endsReturn = [tokTypes.semi, tokTypes.braceR].includes(token.type);
  const isProperty = tokens[index - 2]?.type === tokTypes.dot;
  if (before.type === tokTypes._return && !endsReturn && !isProperty)
    report("return-newline", before.start);
}
