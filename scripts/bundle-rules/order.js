// Names used before or beside their declaration: Espruino hoists neither var nor function.
// Espruino language notes 2v29, part 1, "Hoisting".
//
// The bundle is followed in the order it runs, keeping the set of names declared on every path so
// far. A nested function runs later and may use anything around it, unless it is called on the spot
// or by name while names are still missing: then its body is followed from there.

import { childrenOf, isFunction } from "./tree.js";

/** @typedef {import("./tree.js").Node} Node */
/** @typedef {{declared: Set<any>, live: boolean}} State */
/** @typedef {{breaks: State[], continues: State[], loop: boolean}} Exits */

/**
 * @typedef {object} Run one pass over a function that is not known to be called in order
 * @property {import("./tree.js").Bundle} bundle
 * @property {import("./tree.js").Report} report
 * @property {Set<Node>} later functions whose bodies are followed on their own
 * @property {Set<any>} reported variables
 * @property {any[]} frames scopes whose declarations are being followed
 * @property {Exits[]} exits where break and continue lead, innermost last
 * @property {State[][]} throws states in which an enclosing try may be left, innermost last
 * @property {Map<Node, Set<any>[]>} followed what was declared when a function was followed
 */

/**
 * @param {import("./tree.js").Bundle} bundle
 * @param {import("./tree.js").Report} report
 */
export function checkOrder(bundle, report) {
  const later = new Set([bundle.tree]);
  const reported = new Set();
  for (const node of later) {
    /** @type {Run} */
    const run = {
      ...{ bundle, report, later, reported },
      ...{ frames: [], exits: [], throws: [], followed: new Map() },
    };
    followFunction(run, node, { declared: new Set(), live: true });
  }
}

/**
 * @param {Run} run
 * @param {Node} node a function or the whole program
 * @param {State} state at its start; left as it is, since a function declares nothing outside itself
 */
function followFunction(run, node, state) {
  const inside = { ...run, exits: [], frames: [...run.frames, run.bundle.scopes.get(node)] };
  const inner = copy(state);
  const body = node.type === "Program" ? node.body : [node.body];
  for (const statement of body.flat()) follow(inside, statement, inner);
}

// States

/** @param {State} state @returns {State} */
const copy = (state) => ({ declared: new Set(state.declared), live: state.live });

/**
 * Makes `state` what is certain after any of several paths; a path that never ends here is no path.
 * @param {State} state
 * @param {State[]} paths
 */
function join(state, paths) {
  const live = paths.filter((path) => path.live);
  state.live = live.length > 0;
  if (!state.live) return;
  const [first, ...others] = live;
  const common = [...first.declared].filter((name) => others.every((o) => o.declared.has(name)));
  state.declared = new Set(common);
}

// Statements

/** @type {Record<string, (run: Run, node: any, state: State) => void>} */
const followers = {
  VariableDeclaration: followVar,
  FunctionDeclaration: followDeclaration,
  FunctionExpression: (run, node) => void run.later.add(node),
  ArrowFunctionExpression: (run, node) => void run.later.add(node),
  Identifier: followName,
  UnaryExpression: followUnary,
  CallExpression: followCall,
  NewExpression: followCall,
  MemberExpression: followMember,
  IfStatement: followIf,
  ForStatement: followFor,
  WhileStatement: followFor,
  ForInStatement: followForIn,
  DoWhileStatement: followDo,
  SwitchStatement: followSwitch,
  TryStatement: followTry,
  ThrowStatement: followThrow,
  ReturnStatement: followReturn,
  BreakStatement: (run, node, state) => leave(run.exits.at(-1)?.breaks, state),
  ContinueStatement: (run, node, state) =>
    leave(run.exits.findLast((exits) => exits.loop)?.continues, state),
};

/** @param {Run} run @param {Node | null | undefined} node @param {State} state */
function follow(run, node, state) {
  if (!node) return;
  const follower = followers[node.type];
  if (follower) follower(run, node, state);
  else for (const child of childrenOf(node)) follow(run, child, state);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followVar(run, node, state) {
  for (const { id, init } of node.declarations) {
    // The engine creates the variable before it computes its value.
    if (id.type === "Identifier") declare(run, id, state);
    follow(run, init, state);
  }
}

/** @param {Run} run @param {Node} node @param {State} state */
function followDeclaration(run, node, state) {
  run.later.add(node);
  const variable = declare(run, node.id, state);
  if (!state.live && variable.references.length > 0) misplaced(run, variable, node.start);
}

/** @param {Run} run @param {Node} id @param {State} state */
function declare(run, id, state) {
  const variable = run.bundle.declarations.get(id);
  // After a return a declaration never happens.
  if (state.live) state.declared.add(variable);
  return variable;
}

/** @param {Run} run @param {Node} node @param {State} state */
function followIf(run, node, state) {
  follow(run, node.test, state);
  const otherwise = copy(state);
  follow(run, node.consequent, state);
  follow(run, node.alternate, otherwise);
  join(state, [copy(state), otherwise]);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followFor(run, node, state) {
  follow(run, node.init, state);
  follow(run, node.test, state);
  const skipped = copy(state);
  const exits = followBody(run, node.body, state);
  follow(run, node.update, state);
  const endless = !node.test || node.test.value === true;
  join(state, endless ? exits.breaks : [skipped, ...exits.breaks]);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followForIn(run, node, state) {
  follow(run, node.right, state);
  follow(run, node.left, state);
  const skipped = copy(state);
  const exits = followBody(run, node.body, state);
  join(state, [skipped, ...exits.breaks]);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followDo(run, node, state) {
  const exits = followBody(run, node.body, state);
  follow(run, node.test, state);
  join(state, [copy(state), ...exits.breaks]);
}

/** @param {Run} run @param {Node} body @param {State} state @returns {Exits} */
function followBody(run, body, state) {
  /** @type {Exits} */
  const exits = { breaks: [], continues: [], loop: true };
  follow({ ...run, exits: [...run.exits, exits] }, body, state);
  join(state, [copy(state), ...exits.continues]);
  return exits;
}

/** @param {Run} run @param {Node} node @param {State} state */
function followSwitch(run, node, state) {
  follow(run, node.discriminant, state);
  /** @type {Exits} */
  const exits = { breaks: [], continues: [], loop: false };
  const inside = { ...run, exits: [...run.exits, exits] };
  const entry = copy(state);
  const end = { ...copy(state), live: false };
  for (const each of node.cases) {
    follow(run, each.test, entry);
    join(end, [copy(entry), copy(end)]);
    for (const statement of each.consequent) follow(inside, statement, end);
  }
  const unmatched = node.cases.some((/** @type {Node} */ each) => !each.test) ? [] : [entry];
  join(state, [end, ...exits.breaks, ...unmatched]);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followTry(run, node, state) {
  /** @type {State[]} */
  const thrown = [];
  follow({ ...run, throws: [...run.throws, thrown] }, node.block, state);
  const caught = copy(state);
  join(caught, thrown);
  if (node.handler) follow(run, node.handler.body, caught);
  const after = [copy(state), ...(node.handler ? [caught] : [])];
  join(state, after);
  followFinally(run, node, state, thrown);
}

/** @param {Run} run @param {Node} node @param {State} state @param {State[]} thrown */
function followFinally(run, node, state, thrown) {
  if (!node.finalizer) return;
  const during = copy(state);
  join(during, [copy(state), ...thrown]);
  follow(run, node.finalizer, during);
  for (const name of during.declared) state.declared.add(name);
  if (!during.live) state.live = false;
}

/** @param {Run} run @param {Node} node @param {State} state */
function followThrow(run, node, state) {
  follow(run, node.argument, state);
  mayThrow(run, state);
  state.live = false;
}

/** @param {Run} run @param {Node} node @param {State} state */
function followReturn(run, node, state) {
  follow(run, node.argument, state);
  state.live = false;
}

/** @param {State[] | undefined} exits @param {State} state */
function leave(exits, state) {
  exits?.push(copy(state));
  state.live = false;
}

/** @param {Run} run @param {State} state */
function mayThrow(run, state) {
  run.throws.at(-1)?.push(copy(state));
}

// Expressions

/** @param {Run} run @param {Node} node @param {State} state */
function followUnary(run, node, state) {
  // typeof of a name that does not exist yet is the same "undefined" everywhere.
  const harmless = node.operator === "typeof" && node.argument.type === "Identifier";
  if (!harmless) follow(run, node.argument, state);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followMember(run, node, state) {
  follow(run, node.object, state);
  if (node.computed) follow(run, node.property, state);
  mayThrow(run, state);
}

/** @param {Run} run @param {Node} node @param {State} state */
function followCall(run, node, state) {
  const onTheSpot = calledFunction(node.callee);
  if (!onTheSpot) follow(run, node.callee, state);
  for (const argument of node.arguments) follow(run, argument, state);
  mayThrow(run, state);
  const body = onTheSpot ?? declaredFunction(run, node.callee);
  if (body && state.live && isNews(run, body, state)) followFunction(run, body, state);
}

/**
 * The function in `function(){…}()` and in `function(){…}.call(this)`.
 * @param {Node} callee
 * @returns {Node | undefined}
 */
function calledFunction(callee) {
  if (isFunction(callee)) return callee;
  const called = callee.type === "MemberExpression" && /^(call|apply)$/.test(callee.property.name);
  return called && isFunction(callee.object) ? callee.object : undefined;
}

/**
 * The function in `f()` where a declaration of the code being followed says what f is.
 * @param {Run} run
 * @param {Node} callee
 * @returns {Node | undefined}
 */
function declaredFunction(run, callee) {
  const variable = callee.type === "Identifier" && run.bundle.variables.get(callee);
  if (!variable || !run.frames.includes(variable.scope.variableScope)) return undefined;
  const [definition, ...others] = variable.defs;
  return definition?.type === "FunctionName" && others.length === 0 ? definition.node : undefined;
}

/**
 * Following a function again with more names declared would find nothing new; this also ends
 * recursion.
 * @param {Run} run
 * @param {Node} body
 * @param {State} state
 * @returns {boolean}
 */
function isNews(run, body, state) {
  const known = run.followed.get(body) ?? [];
  if (known.some((earlier) => [...earlier].every((name) => state.declared.has(name)))) return false;
  run.followed.set(body, [...known, new Set(state.declared)]);
  return true;
}

/** @param {Run} run @param {Node} node @param {State} state */
function followName(run, node, state) {
  const variable = run.bundle.variables.get(node);
  if (!variable || !state.live || state.declared.has(variable)) return;
  if (!run.frames.includes(variable.scope.variableScope) || !isHoisted(variable)) return;
  misplaced(run, variable, node.start);
}

/**
 * Whether a name comes into being by var or function alone, and not as a parameter.
 * @param {any} variable
 * @returns {boolean}
 */
function isHoisted(variable) {
  const own = variable.defs.map((/** @type {any} */ definition) => definition.type);
  const ways = ["Variable", "FunctionName"];
  const isExpressionName = variable.scope.type === "function-expression-name";
  return (
    own.length > 0 &&
    !isExpressionName &&
    own.every((/** @type {string} */ type) => ways.includes(type))
  );
}

/** @param {Run} run @param {any} variable @param {number} position */
function misplaced(run, variable, position) {
  if (run.reported.has(variable)) return;
  run.reported.add(variable);
  const isFunctionName = variable.defs.some((/** @type {any} */ d) => d.type === "FunctionName");
  const rule = isFunctionName ? "function-before-declaration" : "var-leak";
  run.report(rule, position, variable.name);
}
