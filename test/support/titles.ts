// The titles of the tests in a file, by its syntax: what stands in a comment, in another text or in a test that is
// skipped whatever happens is none. Of a test for each row of a table, the row's cell that is in the title is one.

import ts from "typescript";

/** What the suites call a test: mocha's name, and that of test/portable/suite.ts. */
const TESTS = ["it", "test"];

/** Of TypeScript. */
export function titlesIn(source: string): Set<string> {
  const file = ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest, true);
  const titles = callsIn(file).filter(isTest).flatMap(titlesOf);
  return new Set(titles);
}

/** But for those inside what is skipped. */
function callsIn(node: ts.Node): ts.CallExpression[] {
  if (ts.isCallExpression(node) && isSkipped(node)) return [];
  const inside: ts.CallExpression[] = [];
  ts.forEachChild(node, (child) => void inside.push(...callsIn(child)));
  return ts.isCallExpression(node) ? [node, ...inside] : inside;
}

/** `it.skip(…)`, `xit(…)`, and one that begins with `this.skip()`. Where a condition chooses, it is not. */
function isSkipped({ expression, arguments: given }: ts.CallExpression): boolean {
  if (ts.isPropertyAccessExpression(expression) && expression.name.text === "skip") return true;
  if (ts.isIdentifier(expression) && /^x(it|describe)$/.test(expression.text)) return true;
  return given.some((one) => ts.isFunctionExpression(one) && one.body.statements.some(isSkip));
}

function isSkip(statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && statement.getText() === "this.skip();";
}

function isTest({ expression }: ts.CallExpression): boolean {
  return ts.isIdentifier(expression) && TESTS.includes(expression.text);
}

function titlesOf(call: ts.CallExpression): string[] {
  const [title] = call.arguments;
  if (title === undefined) return [];
  if (ts.isStringLiteralLike(title)) return [title.text];
  return identifiersIn(title).flatMap((name) => cellsOf(name, call));
}

/** Those of a template, or the one that is the whole title. */
function identifiersIn(title: ts.Expression): string[] {
  const parts = ts.isTemplateExpression(title)
    ? title.templateSpans.map(({ expression }) => expression)
    : [title];
  return parts.filter(ts.isIdentifier).map(({ text }) => text);
}

/** What a name stands for in the rows of the loop around, where the rows are written there or in a constant. */
function cellsOf(name: string, node: ts.Node): string[] {
  const loop = ts.findAncestor(node, (one) => ts.isForOfStatement(one) && columnOf(name, one) >= 0);
  if (loop === undefined || !ts.isForOfStatement(loop)) return [];
  const column = columnOf(name, loop);
  const cells = rowsOf(loop.expression).map((row) => row.elements[column]);
  return cells.filter((cell) => cell && ts.isStringLiteralLike(cell)).map(({ text }) => text);
}

/** `for (const [name, …] of …)`; below 0 if it is not there. */
function columnOf(name: string, { initializer }: ts.ForOfStatement): number {
  if (!ts.isVariableDeclarationList(initializer)) return -1;
  const [pattern] = initializer.declarations.map((one) => one.name);
  if (pattern === undefined || !ts.isArrayBindingPattern(pattern)) return -1;
  return pattern.elements.findIndex(
    (one) => ts.isBindingElement(one) && one.name.getText() === name,
  );
}

function rowsOf(table: ts.Expression): ts.ArrayLiteralExpression[] {
  const written = ts.isAsExpression(table) ? table.expression : table;
  const list = ts.isIdentifier(written) ? constantOf(written.text, written) : written;
  return list && ts.isArrayLiteralExpression(list)
    ? list.elements.filter(ts.isArrayLiteralExpression)
    : [];
}

/** Of the nearest block around it that declares one. */
function constantOf(name: string, node: ts.Node): ts.Expression | undefined {
  for (let block: ts.Node = node.parent; block !== undefined; block = block.parent) {
    if (!ts.isBlock(block) && !ts.isSourceFile(block)) continue;
    const lists = block.statements.filter(ts.isVariableStatement);
    const declarations = lists.flatMap(({ declarationList }) => [...declarationList.declarations]);
    const found = declarations.find((one) => one.name.getText() === name);
    if (found) return found.initializer;
  }
  return undefined;
}
