// The portable suites minified as firmware is, on Node with nothing else than what firmware may use.

import { runInNewContext } from "node:vm";
import assert from "node:assert/strict";
import { checkBundle } from "../../../../scripts/bundle-rules.js";
import { suites } from "../portable/index.js";
import { assertPassed, findSuiteBundles } from "../support/suites.js";

describe("minified suites on Node", () => {
  it("are all there", () => assert.equal(findSuiteBundles().length, suites.length));

  for (const { name, source } of findSuiteBundles()) {
    it(name, () => {
      const lines: string[] = [];
      const log = (line: string) => lines.push(line);
      runInNewContext(source, { btoa, atob, console: { log } }, { timeout: 15_000 });
      assertPassed(lines);
    });

    it(`${name} is fit for Espruino`, () => {
      const offences = checkBundle(source);
      // What looks whether there is a BigInt may name it.
      const isGuarded = name.startsWith("rsa-big-int");
      assert.deepEqual(
        offences.filter(({ message }) => !(isGuarded && message.includes("has no BigInt"))),
        [],
      );
    });
  }
});
