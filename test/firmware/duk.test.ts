// The minified suites on Duktape (Debian: duktape), a strict ES5 engine.

import { assertPassed, findProgram, findSuiteBundles, runEngine } from "../support/suites.js";

const PRELUDE = "test/support/duk-prelude.js";
const duk = findProgram("duk");

if (duk === undefined) {
  describe("minified suites on Duktape", () => {
    it.skip("skipped: install duktape");
  });
} else {
  describe("minified suites on Duktape", function () {
    this.timeout(60_000);
    for (const { name, file } of findSuiteBundles()) {
      it(name, () => assertPassed(runEngine(duk, [PRELUDE, file])));
    }
  });
}
