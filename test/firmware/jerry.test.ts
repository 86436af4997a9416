// The minified suites on JerryScript: JERRY=/path/to/jerry.

import { assertPassed, findProgram, findSuiteBundles, runEngine } from "../support/suites.js";

const PRELUDE = "test/support/jerry-prelude.js";
const named = process.env.JERRY;
const jerry = named === undefined ? undefined : findProgram(named);

if (jerry === undefined) {
  describe("minified suites on JerryScript", () => {
    it.skip(named === undefined ? "skipped: set JERRY" : `skipped: there is no ${named} (JERRY)`);
  });
} else {
  describe("minified suites on JerryScript", function () {
    this.timeout(60_000);
    for (const { name, file } of findSuiteBundles()) {
      it(name, () => assertPassed(runEngine(jerry, [PRELUDE, file])));
    }
  });
}
