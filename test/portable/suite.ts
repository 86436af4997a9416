// Suites that run on every engine: under mocha on Node, and minified in duk, Espruino and Jerry. Like
// firmware they are ES5 without a platform, and all texts in them are byte strings.

export interface Test {
  name: string;
  run(): void;
}

export interface Suite {
  name: string;
  tests: Test[];
}

export type AddTest = (name: string, run: () => void) => void;

export function suite(name: string, define: (test: AddTest) => void) {
  const tests: Test[] = [];
  define(function (testName, run) {
    tests.push({ name: testName, run: run });
  });
  return { name: name, tests: tests };
}

function show(value: unknown): string {
  return value === undefined ? "undefined" : JSON.stringify(value);
}

/** Equal, or equal when written as JSON. */
export function equal(actual: unknown, expected: unknown, what?: string): void {
  if (actual === expected || show(actual) === show(expected)) return;
  throw new Error(
    (what ? what + ": " : "") + "got " + show(actual) + ", expected " + show(expected),
  );
}

export function ok(value: unknown, what: string): void {
  if (!value) throw new Error(what);
}

/** The message of the error that `run` throws. */
export function thrownBy(run: () => void): string {
  let message: string | undefined;
  try {
    run();
  } catch (error) {
    message = (error as Error).message;
  }
  // Not `return` where it is caught: in its place the minifier would need a label.
  if (message === undefined) throw new Error("nothing was thrown");
  return message;
}

/** Where firmware would wait until memory is free again. */
export function atOnce(next: () => void): void {
  next();
}
