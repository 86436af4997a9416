// What every family of rules needs: the parsed bundle, its tokens and scopes, and a way to walk it.
// Espruino language notes 2v29, part 1.

import * as acorn from "acorn";
import * as eslintScope from "eslint-scope";

/** @typedef {acorn.Node & Record<string, any>} Node a syntax tree node as ESTree describes it */
/** @typedef {{line: number, column: number, rule: string, message: string}} Offence */
/** @typedef {(rule: string, position: number, detail?: string) => void} Report */

/**
 * @typedef {object} Bundle
 * @property {string} source
 * @property {Node} tree
 * @property {acorn.Token[]} tokens
 * @property {Map<Node, any>} variables the eslint-scope variable each identifier stands for
 * @property {Map<Node, any>} declarations the variable that each declaring identifier creates
 * @property {Map<Node, any>} scopes the eslint-scope scope each function opens
 */

/**
 * @param {string} source
 * @returns {Bundle}
 */
export function parseBundle(source) {
  /** @type {acorn.Token[]} */
  const tokens = [];
  const tree = /** @type {Node} */ (
    acorn.parse(source, {
      ecmaVersion: "latest",
      allowReturnOutsideFunction: true,
      onToken: tokens,
      ranges: true,
    })
  );
  restoreAliases(tree);
  // Scopes are those of ES5: to Espruino a function in a block belongs to the function around it.
  const manager = eslintScope.analyze(/** @type {any} */ (tree), { ecmaVersion: 5 });
  const [variables, declarations] = [resolveNames(manager), declarationsOf(manager)];
  return { source, tree, tokens, variables, declarations, scopes: scopesOf(manager) };
}

/**
 * Undoes bundle-aliases.js in the tree: `a[A]` is `a.length` again where the alias A says so.
 * @param {Node} tree
 */
function restoreAliases(tree) {
  const names = aliasesIn(tree);
  walk(tree, (node) => {
    const name = node.type === "MemberExpression" && node.computed && names.get(node.property.name);
    if (typeof name !== "string") return;
    node.computed = false;
    node.property = { ...node.property, name };
  });
}

/** @param {Pick<Node, "body">} tree @returns {Node | undefined} the call of the one function that a bundle is: `!function(…){…}(…)` */
export function wrapperOf({ body }) {
  const call = body.length === 1 ? body[0].expression?.argument : undefined;
  const isWrapper = call?.type === "CallExpression" && call.callee.type === "FunctionExpression";
  return isWrapper ? call : undefined;
}

/**
 * What the wrapper's arguments say, or where there is no wrapper any more (bundle-unwrapping.js) the first declaration.
 * @param {Node} tree
 * @returns {Map<string, unknown>} values by name
 */
function aliasesIn({ body }) {
  const [first] = body;
  if (first?.type === "VariableDeclaration")
    return new Map(
      first.declarations.map((/** @type {Node} */ { id, init }) => [id.name, init?.value]),
    );
  const call = wrapperOf({ body });
  return new Map(
    call?.callee.params.map((/** @type {Node} */ { name }, /** @type {number} */ index) => [
      name,
      call.arguments[index]?.value,
    ]),
  );
}

/**
 * @param {any} manager
 * @returns {Map<Node, any>}
 */
function declarationsOf(manager) {
  const variables = manager.scopes.flatMap((/** @type {any} */ scope) => scope.variables);
  return new Map(
    variables.flatMap((/** @type {any} */ variable) =>
      variable.defs.map((/** @type {any} */ definition) => [definition.name, variable]),
    ),
  );
}

/**
 * eslint-scope leaves references to global variables unresolved; those the bundle declares are
 * resolved here.
 * @param {any} manager
 * @returns {Map<Node, any>}
 */
function resolveNames(manager) {
  const variables = new Map();
  for (const scope of manager.scopes) {
    for (const reference of scope.references) {
      const declared = manager.globalScope.set.get(reference.identifier.name);
      const variable = reference.resolved ?? declared;
      if (variable) variables.set(reference.identifier, variable);
    }
  }
  return variables;
}

/**
 * @param {any} manager
 * @returns {Map<Node, any>}
 */
function scopesOf(manager) {
  const own = manager.scopes.filter((/** @type {any} */ s) => /^(function|global)$/.test(s.type));
  return new Map(own.map((/** @type {any} */ scope) => [scope.block, scope]));
}

/**
 * The direct children of a node, in the order of the source for everything a bundle contains.
 * @param {Node} node
 * @returns {Node[]}
 */
export function childrenOf(node) {
  return Object.values(node)
    .flat()
    .filter((value) => value && typeof value.type === "string");
}

/**
 * @param {Node} node
 * @param {(node: Node, parents: Node[]) => void} visit
 * @param {Node[]} parents nearest first
 */
export function walk(node, visit, parents = []) {
  visit(node, parents);
  for (const child of childrenOf(node)) walk(child, visit, [node, ...parents]);
}

/**
 * @param {Node | null | undefined} node
 * @returns {boolean}
 */
export function isFunction(node) {
  return !!node && /^(Function|ArrowFunction)/.test(node.type);
}

/**
 * The name of a property where the source shows it: `a.b` and `a["b"]`, not `a[b]`.
 * @param {Node} member
 * @returns {string | undefined}
 */
export function propertyName(member) {
  if (!member.computed) return member.property.name;
  return typeof member.property.value === "string" ? member.property.value : undefined;
}

/**
 * Whether an identifier is the name of a property, in `a.b` or `{b: 1}`, and not a variable.
 * @param {Node} identifier
 * @param {Node} parent
 * @returns {boolean}
 */
export function isPropertyName(identifier, parent) {
  if (parent.computed) return false;
  return parent.type === "MemberExpression"
    ? parent.property === identifier
    : parent.type === "Property" && parent.key === identifier;
}

/**
 * Whether a node is a name that the bundle itself does not declare: `Math`, but not a local `Math`.
 * @param {Bundle} bundle
 * @param {Node | null | undefined} node
 * @param {string | RegExp} name
 * @returns {boolean}
 */
export function isGlobal(bundle, node, name) {
  if (node?.type !== "Identifier" || isDeclared(bundle, node)) return false;
  return typeof name === "string" ? node.name === name : name.test(node.name);
}

/**
 * @param {Bundle} bundle
 * @param {Node} identifier
 * @returns {boolean}
 */
function isDeclared(bundle, identifier) {
  return (bundle.variables.get(identifier)?.defs.length ?? 0) > 0;
}
