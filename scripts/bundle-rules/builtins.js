// Built-in functions that Espruino lacks or that answer differently.
// Espruino language notes 2v29, part 1, "Numbers and strings" and "Arrays and objects"; what is not
// listed there was measured.

import { isFunction, isGlobal, isPropertyName, propertyName, walk } from "./tree.js";
import { unsupportedInRegExp } from "./regexp.js";
import {
  helperName,
  missingArrayMethods,
  missingGlobals,
  missingMethods,
  missingStatics,
} from "./missing.js";

/** @typedef {import("./tree.js").Node} Node */
/** @typedef {import("./tree.js").Bundle} Bundle */
/** @typedef {import("./tree.js").Report} Report */

/**
 * @typedef {object} Check
 * @property {Bundle} bundle
 * @property {Report} report
 * @property {Set<string>} ownNames properties that the bundle defines itself
 * @property {Set<string>} tested names of globals that it looks for with `typeof` before it uses them
 */

/** @param {Bundle} bundle @param {Report} report */
export function checkBuiltins(bundle, report) {
  const { tree } = bundle;
  const check = { bundle, report, ownNames: definedProperties(tree), tested: testedNames(tree) };
  walk(bundle.tree, (node, parents) => {
    for (const checker of checkers[node.type] ?? []) checker(check, node, parents);
  });
}

/** @param {Node} tree @returns {Set<string>} */
function definedProperties(tree) {
  const names = new Set();
  walk(tree, (node) => {
    if (node.type === "Property") names.add(node.key.name ?? node.key.value);
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression")
      names.add(propertyName(node.left));
  });
  return names;
}

/** @param {Node} tree @returns {Set<string>} */
function testedNames(tree) {
  const names = new Set();
  walk(tree, (node) => {
    if (node.operator === "typeof" && node.argument.type === "Identifier")
      names.add(node.argument.name);
  });
  return names;
}

/** @typedef {(check: Check, node: any, parents: Node[]) => void} Checker */

/** @type {Record<string, Checker[]>} */
const checkers = {
  Identifier: [missingGlobal, helper],
  MemberExpression: [missingStatic, mathPow, argumentsProperty, prototypeMethod, errorName],
  AssignmentExpression: [lengthAssigned, undeclared, errorPrototype],
  UpdateExpression: [lengthAssigned, undeclared],
  ForInStatement: [undeclared],
  BinaryExpression: [errorInstance],
  LogicalExpression: [assignHelper],
  ObjectExpression: [inlinedHelper],
  CallExpression: [missingMethod, methodArguments, objectCreate, errorCall, regExpCall],
  NewExpression: [regExpCall, newBound],
};

// Missing names

/** @type {Checker} */
function missingGlobal({ bundle, report, tested }, node, [parent]) {
  if (!missingGlobals.has(node.name) || !isGlobal(bundle, node, node.name)) return;
  const isDeclaration = bundle.declarations.has(node);
  if (!isDeclaration && !tested.has(node.name) && !isPropertyName(node, parent))
    report("missing-builtin", node.start, node.name);
}

/** @type {Checker} */
function missingStatic({ bundle, report }, node, parents) {
  const owner = node.object.name;
  const name = propertyName(node);
  if (!isGlobal(bundle, node.object, /./) || !Object.hasOwn(missingStatics, owner)) return;
  const isFeatureTest = parents[0]?.operator === "typeof";
  if (!isFeatureTest && name && missingStatics[owner].includes(name))
    report("missing-builtin", node.start, `${owner}.${name}`);
}

/** @type {Checker} */
function missingMethod({ bundle, report, ownNames }, node) {
  const name = calledMethod(node);
  if (!name || ownNames.has(name)) return;
  const isMissing =
    missingMethods.has(name) ||
    (missingArrayMethods.has(name) && isVisiblyArray(bundle, node.callee.object));
  if (isMissing) report("missing-builtin", node.callee.property.start, `.${name}()`);
}

/** @param {Node} call @returns {string | undefined} */
function calledMethod(call) {
  return call.callee.type === "MemberExpression" ? propertyName(call.callee) : undefined;
}

/** @param {Bundle} bundle @param {Node} node @returns {boolean} */
function isVisiblyArray(bundle, node) {
  if (node.type === "ArrayExpression" || isGlobal(bundle, node.callee, "Array")) return true;
  if (node.type === "CallExpression")
    return /^(split|map|filter|splice)$/.test(calledMethod(node) ?? "");
  if (node.type !== "Identifier") return false;
  const variable = bundle.variables.get(node);
  const isParameter = variable?.defs.some((/** @type {any} */ d) => d.type === "Parameter");
  const written = variable?.references.map((/** @type {any} */ r) => r.writeExpr).filter(Boolean);
  return !isParameter && written?.length > 0 && written.every(isArrayLiteral);
}

/** @param {Node} node @returns {boolean} */
function isArrayLiteral(node) {
  return node.type === "ArrayExpression";
}

// Properties

/** @type {Checker} */
function mathPow({ bundle, report }, node) {
  if (isGlobal(bundle, node.object, "Math") && propertyName(node) === "pow")
    report("math-pow", node.start);
}

/** @type {Checker} */
function argumentsProperty({ bundle, report }, node) {
  if (!isGlobal(bundle, node.object, "arguments")) return;
  const name = propertyName(node);
  if (name === "length" || name === "callee") report(`arguments-${name}`, node.start);
}

const builtinClass =
  /^(Array|String|Number|Function|Date|RegExp|Promise|DataView|ArrayBuffer|\w+\d+Array)$/;

/** @type {Checker} */
function prototypeMethod({ bundle, report }, node, parents) {
  const owner = node.object.type === "MemberExpression" ? node.object : undefined;
  const isPrototype = owner && propertyName(owner) === "prototype";
  const isWritten = parents[0]?.type === "AssignmentExpression" && parents[0].left === node;
  if (!isPrototype || isWritten || !isGlobal(bundle, owner.object, builtinClass)) return;
  if (propertyName(node) !== "constructor") report("builtin-prototype-method", node.start);
}

/** @type {Checker} */
function lengthAssigned({ report }, node) {
  const target = node.left ?? node.argument;
  if (target.type !== "MemberExpression" || propertyName(target) !== "length") return;
  // `this` is an object of the bundle's own: a plain property.
  if (target.object.type !== "ThisExpression") report("array-length-assignment", target.start);
}

/** @type {Checker} */
function undeclared({ bundle, report }, node) {
  const target = node.left ?? node.argument;
  if (isGlobal(bundle, target, /./) && target.name !== "arguments")
    report("undeclared-global", target.start, target.name);
}

// Errors

const errorClass = /^(Eval|Range|Reference|Syntax|Type|URI|Internal)?Error$/;

/** @type {Checker} */
function errorName({ bundle, report }, node) {
  const variable = node.object.type === "Identifier" && bundle.variables.get(node.object);
  const isCaught = variable && variable.defs[0]?.type === "CatchClause";
  if (isCaught && propertyName(node) === "name") report("error-name", node.start);
  if (isGlobal(bundle, node.object, errorClass) && propertyName(node) === "prototype")
    report("error-subclass", node.start);
}

/** @type {Checker} */
function errorInstance({ bundle, report }, node) {
  if (node.operator === "instanceof" && isGlobal(bundle, node.right, errorClass))
    report("error-instanceof", node.start);
}

/** @type {Checker} */
function errorPrototype({ bundle, report }, node) {
  const isPrototype =
    node.left.type === "MemberExpression" && propertyName(node.left) === "prototype";
  if (isPrototype && isGlobal(bundle, node.right.callee, errorClass))
    report("error-subclass", node.start);
}

/** @type {Checker} */
function errorCall({ bundle, report }, node) {
  const { callee } = node;
  const isBorrowed =
    callee.type === "MemberExpression" &&
    /^(call|apply)$/.test(propertyName(callee) ?? "") &&
    isGlobal(bundle, callee.object, errorClass);
  const isParent =
    isFunction(callee) &&
    node.arguments.some((/** @type {Node} */ argument) => isGlobal(bundle, argument, errorClass));
  if (isBorrowed || isParent) report("error-subclass", node.start);
}

// Helpers of TypeScript

/** @type {Checker} */
function helper({ report }, node) {
  if (helperName.test(node.name)) report("extends-helper", node.start, node.name);
}

/** The shape of __assign once a minifier has renamed it. @type {Checker} */
function assignHelper({ bundle, report }, node) {
  const { left, right } = node;
  const isAssign = left.type === "MemberExpression" && propertyName(left) === "assign";
  if (isAssign && isGlobal(bundle, left.object, "Object") && isFunction(right))
    report("extends-helper", node.start, "__assign");
}

/** The shapes of __extends and __generator once a minifier has renamed them. @type {Checker} */
function inlinedHelper({ report }, node, parents) {
  const names = node.properties.map(
    (/** @type {Node} */ each) => each.key?.name ?? each.key?.value,
  );
  const isTest = parents[0]?.operator === "instanceof";
  if (isTest && names.includes("__proto__")) report("extends-helper", node.start, "__extends");
  if (["label", "sent", "trys", "ops"].every((name) => names.includes(name)))
    report("extends-helper", node.start, "__generator");
}

// Calls

/** @type {Checker} */
function methodArguments({ bundle, report }, node) {
  const name = calledMethod(node) ?? "";
  if (!Object.hasOwn(callChecks, name)) return;
  const found = callChecks[name](bundle, node);
  if (found) report(found.rule, node.callee.property.start, found.detail);
}

/** @typedef {{rule: string, detail?: string} | undefined} Found */

/** @type {Record<string, (bundle: Bundle, call: Node) => Found>} */
const callChecks = {
  split: (bundle, { arguments: { length } }) => (length > 1 ? { rule: "split-limit" } : undefined),
  match: (bundle, call) =>
    call.arguments[0]?.regex?.flags.includes("g") ? { rule: "match-global" } : undefined,
  replace: (bundle, call) => (misreplaces(call) ? { rule: "replace-argument" } : undefined),
  stringify: (bundle, call) => jsonCallback(bundle, call, "the second argument of JSON.stringify"),
  parse: (bundle, call) => jsonCallback(bundle, call, "the second argument of JSON.parse"),
  call: toStringCall,
  apply: toStringCall,
  fromCharCode: (bundle, call) =>
    call.arguments.some((/** @type {Node} */ each) => each.value > 255)
      ? { rule: "wide-character" }
      : undefined,
};

/** @param {Node} call @returns {boolean} */
function misreplaces({ arguments: [pattern, replacement] }) {
  if (typeof pattern?.value === "string" && isFunction(replacement)) return true;
  return typeof replacement?.value === "string" && /\$[$&`']/.test(replacement.value);
}

/** @param {Bundle} bundle @param {Node} call @param {string} detail @returns {Found} */
function jsonCallback(bundle, call, detail) {
  if (!isGlobal(bundle, call.callee.object, "JSON")) return undefined;
  return isNothing(call.arguments[1]) ? undefined : { rule: "json-callback", detail };
}

/** @param {Node | undefined} node @returns {boolean} */
function isNothing(node) {
  return !node || node.value === null || node.operator === "void" || node.name === "undefined";
}

/** @param {Bundle} bundle @param {Node} call @returns {Found} */
function toStringCall(bundle, call) {
  const { object } = call.callee;
  const isToString = object.type === "MemberExpression" && propertyName(object) === "toString";
  return isToString ? { rule: "to-string-call" } : undefined;
}

/** @type {Checker} */
function objectCreate({ bundle, report }, node) {
  if (calledMethod(node) !== "create" || !isGlobal(bundle, node.callee.object, "Object")) return;
  const [parent, properties] = node.arguments;
  if (properties) report("object-create-with-properties", node.start);
  if (parent?.raw === "null") report("object-create-null", node.start);
}

/** @type {Checker} */
function regExpCall({ bundle, report }, node) {
  if (!isGlobal(bundle, node.callee, "RegExp")) return;
  const [pattern, flags] = node.arguments.map((/** @type {Node} */ each) => each.value);
  if (typeof pattern !== "string") return;
  const problem = unsupportedInRegExp(pattern, typeof flags === "string" ? flags : "");
  if (problem) report("regexp", node.start, problem);
}

/** @type {Checker} */
function newBound({ report }, node) {
  const { callee } = node;
  if (callee.type !== "CallExpression") return;
  const name = calledMethod(callee);
  const inner = callee.callee.object;
  const isBindCall = inner?.type === "MemberExpression" && propertyName(inner) === "bind";
  if (name === "bind" || (isBindCall && /^(call|apply)$/.test(name ?? "")))
    report("new-bound", node.start);
}
