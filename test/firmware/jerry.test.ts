// The minified suites on JerryScript. JERRY names its `jerry` command, of whatever heap; JERRY_64, JERRY_180 and JERRY_384 such
// with a heap of so many KB: Kaluma has 180 on a Pico W, 384 on a Pico 2 W. 64 is where the parts of the agent still fit.

import { assertPassed, findProgram, findSuiteBundles, runEngine } from "../support/suites.js";

const PRELUDE = "test/support/jerry-prelude.js";
/** With its fakes the whole agent takes more than 64 KB, and so does the suite of docs/nacl.md with its own. */
const LARGE = /^(agent|nacl-envelopes)\b/;

for (const variable of ["JERRY", "JERRY_64", "JERRY_180", "JERRY_384"]) {
  const named = process.env[variable];
  const jerry = named === undefined ? undefined : findProgram(named);
  const [, heap] = variable.split("_");
  const title = `minified suites on JerryScript${heap ? ` with a heap of ${heap} KB` : ""}`;

  describe(title, function () {
    this.timeout(60_000);
    if (jerry === undefined) {
      const lack = named === undefined ? `set ${variable}` : `there is no ${named} (${variable})`;
      it.skip(`skipped: ${lack}`);
      return;
    }
    for (const { name, file } of findSuiteBundles()) {
      if (heap === "64" && LARGE.test(name)) it.skip(`${name} (skipped: more than 64 KB)`);
      else it(name, () => assertPassed(runEngine(jerry, [PRELUDE, file])));
    }
  });
}
