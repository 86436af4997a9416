// Runs one suite and prints a line a test, then the count: what a suite's bundle does when it is loaded.

import type { Suite, Test } from "./suite.js";

declare const print: ((line: string) => void) | undefined;
declare const console: { log(line: string): void };
declare const process: { memory?: () => { usage: number } } | undefined;

/** Espruino, Jerry and Duktape have `print`; where there is none there is a console. */
const say =
  typeof print === "function"
    ? print
    : function (line: string) {
        console.log(line);
      };

function outcomeOf(test: Test): string {
  try {
    test.run();
    return "";
  } catch (error) {
    const message = (error as Error).message;
    return (message === undefined ? "" + error : message).split("\n").join("\\n");
  }
}

/** Variables in use, on Espruino, whose `process` is a function. */
function usedVariables(): number {
  return typeof process !== "undefined" && process.memory ? process.memory().usage : 0;
}

function report(suite: Suite): void {
  let failed = 0;
  let used = usedVariables();
  suite.tests.forEach(function (test) {
    const problem = outcomeOf(test);
    used = Math.max(used, usedVariables());
    if (problem) failed++;
    say(problem ? "not ok " + test.name + ": " + problem : "ok " + test.name);
  });
  if (used) say("# " + used + " variables between tests");
  say("# " + (suite.tests.length - failed) + " passed " + failed + " failed");
}

declare const setTimeout: ((callback: () => void, delayMs: number) => void) | undefined;

/**
 * Once the bundle has been read, where there are timers: on Espruino an error that is caught inside boot
 * code costs the text of the bundle in memory.
 */
export function runSuite(suite: Suite): void {
  if (typeof setTimeout !== "function") report(suite);
  else {
    setTimeout(function () {
      report(suite);
    }, 0);
  }
}
