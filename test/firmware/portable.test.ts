// The portable suites on Node, as the compiler wrote them.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { suites } from "../portable/index.js";

for (const { name, tests } of suites) {
  describe(name, () => {
    for (const test of tests) it(test.name, () => test.run());
  });
}

describe("portable suites", () => {
  it("have a name each, and their tests too", () => {
    assertDistinct(suites.map(({ name }) => name));
    for (const { tests } of suites) assertDistinct(tests.map(({ name }) => name));
  });

  it("are all in the list", () => {
    const files = readdirSync("test/portable").filter((file) => file.endsWith(".suite.ts"));
    assert.ok(suites.length >= files.length, "one is missing in test/portable/index.ts");
  });
});

function assertDistinct(names: string[]) {
  assert.deepEqual(names, [...new Set(names)]);
}
