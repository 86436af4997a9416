import assert from "node:assert/strict";
import { titlesIn } from "./titles.js";

describe("Tests: titles", () => {
  const rows: [name: string, source: string, titles: string[]][] = [
    ["a test", 'describe("a", () => { it("b", () => {}); });', ["b"]],
    [
      "one of a portable suite",
      'suite("a", function (test) { test("b", function () {}); });',
      ["b"],
    ],
    ["other quotes", "it(`b`, f); it('c', f)", ["b", "c"]],
    ["a comment", '// it("b", f)\n/* it("c", f) */', []],
    ["another text", 'assert.equal("b", text); it("c", () => ask("d"));', ["c"]],
    ["one that is skipped", 'it.skip("b", f); xit("c", f); it("d", f);', ["d"]],
    ["one in what is skipped", 'describe.skip("a", () => { it("b", f); });', []],
    ["one that skips itself", 'it("b", function () { this.skip(); });', []],
    ["one that may be skipped", 'it("b", function () { if (x) this.skip(); });', ["b"]],
    ["what may be skipped", '(x ? describe : describe.skip)("a", () => it("b", f));', ["b"]],
    [
      "a row of a table",
      'const rows = [["b", 1], ["c", 2]]; for (const [name, x] of rows) it(`is ${name}`, f);',
      ["b", "c"],
    ],
    [
      "another column of it",
      'for (const [x, name] of [["b", "c"]] as const) { it(name, () => x); }',
      ["c"],
    ],
    ["a table that no test is made of", 'const rows = [["b", 1]]; it("c", f);', ["c"]],
    ["a table that no title is made of", 'for (const [x] of [["b"]]) it("c", () => x);', ["c"]],
    [
      "the nearest table of that name",
      'const t = [["b"]]; { const t = [["c"]]; for (const [name] of t) it(name, f); }',
      ["c"],
    ],
    ["what cannot be read off", "for (const name of names()) it(name, f); it(title(), f);", []],
  ];
  for (const [name, source, titles] of rows) {
    it(`of ${name}`, () => assert.deepEqual([...titlesIn(source)], titles));
  }
});
