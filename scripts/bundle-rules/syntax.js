// Syntax that Espruino cannot read or reads differently: one small check per kind of node.
// Espruino language notes 2v29, part 1, "Syntax that fails"; what is not listed there was measured.

import { isFunction, isPropertyName, walk } from "./tree.js";
import { unsupportedInRegExp } from "./regexp.js";

/** @typedef {import("./tree.js").Node} Node */
/** @typedef {import("./tree.js").Bundle} Bundle */
/** @typedef {import("./tree.js").Report} Report */

/** Node types past ES5 and what a person calls them. @type {Record<string, string>} */
const newNodes = {
  ArrowFunctionExpression: "an arrow function",
  ClassDeclaration: "a class",
  ClassExpression: "a class",
  TemplateLiteral: "a template string",
  SpreadElement: "... (spread)",
  RestElement: "... (rest)",
  AssignmentPattern: "a default value",
  ObjectPattern: "destructuring",
  ArrayPattern: "destructuring",
  ChainExpression: "?.",
  YieldExpression: "yield",
  AwaitExpression: "await",
  ForOfStatement: "for-of",
  ImportExpression: "import()",
  MetaProperty: "new.target",
};

const newOperators = ["**", "**=", "??", "??=", "||=", "&&="];

/** Words that are no keywords in ES5 but are to Espruino. */
export const reservedOnEspruino = new Set(["of", "let", "static"]);

/** @param {Bundle} bundle @param {Report} report */
export function checkSyntax(bundle, report) {
  walk(bundle.tree, (node, parents) => {
    checkNewSyntax(node, report);
    checkers[node.type]?.(node, report, bundle.source, parents);
  });
}

/** @param {Node} node @param {Report} report */
function checkNewSyntax(node, report) {
  const found =
    newNodes[node.type] ??
    newOperator(node) ??
    newDeclaration(node) ??
    newProperty(node) ??
    newLiteral(node);
  if (found) report("new-syntax", node.start, found);
}

/** @param {Node} node @returns {string | undefined} */
function newOperator(node) {
  return newOperators.find((operator) => operator === node.operator);
}

/** @param {Node} node @returns {string | undefined} */
function newDeclaration(node) {
  if (node.type === "VariableDeclaration" && node.kind !== "var") return node.kind;
  if (node.type === "CatchClause" && !node.param) return "catch without a name";
  if (!isFunction(node)) return undefined;
  if (node.generator) return "a generator function";
  return node.async ? "an async function" : undefined;
}

/** @param {Node} node @returns {string | undefined} */
function newProperty(node) {
  if (node.type !== "Property" || node.kind !== "init") return undefined;
  if (node.shorthand) return "a shorthand property";
  if (node.computed) return "a computed property name";
  return node.method ? "a shorthand method" : undefined;
}

/** @param {Node} node @returns {string | undefined} */
function newLiteral(node) {
  if (node.type !== "Literal") return undefined;
  if (node.bigint) return "a BigInt";
  const escapes = node.raw.match(/\\u\{|\\[\s\S]/g) ?? [];
  if (typeof node.value === "string")
    return escapes.find((/** @type {string} */ each) => each === "\\u{");
  if (typeof node.value !== "number") return undefined;
  return /^0[bo]|_/i.test(node.raw) ? "this form of number" : undefined;
}

/** @type {Record<string, (node: any, report: Report, source: string, parents: Node[]) => void>} */
const checkers = {
  LabeledStatement: (node, report) => report("label", node.start),
  WithStatement: (node, report) => report("unsupported-statement", node.start, "with"),
  DebuggerStatement: (node, report) => report("unsupported-statement", node.start, "debugger"),
  SwitchStatement: checkSwitch,
  MemberExpression: checkIndex,
  ForStatement: checkForStart,
  TryStatement: checkFinally,
  CallExpression: checkParentheses,
  Literal: checkRegExp,
  Identifier: checkName,
};

/** @param {Node} node @param {Report} report @param {string} source */
function checkSwitch(node, report, source) {
  const last = node.cases.length - 1;
  node.cases.forEach((/** @type {Node} */ each, /** @type {number} */ index) => {
    if (!each.test && index < last) report("default-not-last", node.cases[index + 1].start);
    if (isBareSequence(each.test, source)) report("case-sequence", each.start);
  });
}

/** @param {Node} node @param {Report} report @param {string} source */
function checkIndex(node, report, source) {
  if (node.computed && isBareSequence(node.property, source))
    report("index-sequence", node.property.start);
}

/** @param {Node | null} node @param {string} source @returns {boolean} */
function isBareSequence(node, source) {
  return node?.type === "SequenceExpression" && !isInParentheses(node, source);
}

/** @param {Node} node @param {string} source @returns {boolean} */
function isInParentheses(node, source) {
  return /\(\s*$/.test(source.slice(0, node.start)) && /^\s*\)/.test(source.slice(node.end));
}

/** @param {Node} node @param {Report} report */
function checkForStart(node, report) {
  if (!node.init) return;
  walk(node.init, (inner, parents) => {
    if (inner.operator === "in" && !parents.some(isFunction)) report("in-within-for", inner.start);
  });
}

/** @param {Node} node @param {Report} report */
function checkFinally(node, report) {
  if (!node.finalizer) return;
  walk(node.finalizer, (inner, parents) => {
    const isExit = inner.type === "ReturnStatement" || inner.type === "ThrowStatement";
    if (isExit && !parents.some(isFunction)) report("finally-exit", inner.start);
  });
}

/** @param {Node} node @param {Report} report @param {string} source */
function checkParentheses(node, report, source) {
  const isMethod = node.callee.type === "MemberExpression";
  if (isMethod && isInParentheses(node.callee, source))
    report("method-in-parentheses", node.callee.start);
}

/** @param {Node} node @param {Report} report */
function checkRegExp(node, report) {
  if (!node.regex) return;
  const problem = unsupportedInRegExp(node.regex.pattern, node.regex.flags);
  if (problem) report("regexp", node.start, problem);
}

/** @param {Node} node @param {Report} report @param {string} source @param {Node[]} parents */
function checkName(node, report, source, parents) {
  if (!isPropertyName(node, parents[0]) && reservedOnEspruino.has(node.name))
    report("reserved-name", node.start, node.name);
}
