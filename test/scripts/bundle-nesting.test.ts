// Functions that move into the one that uses them, and those that must not.

import assert from "node:assert/strict";
import { nestFunctions, nestingPasses } from "../../../../scripts/bundle-nesting.js";

/** After all passes, without blanks. */
function nested(code: string): string {
  let result = code;
  for (let pass = 0; pass < nestingPasses; pass++) result = nestFunctions(result).code;
  return result.replace(/\s+/g, " ");
}

const bundle = (body: string) => `(function () { ${body} })();`;

describe("nesting of functions", () => {
  it("moves a function into the only one that uses it, and what that one uses along", () => {
    assert.equal(
      nested(
        bundle("function a() {} function b() { a(); } function c() { b(); b(); } c(); c = c;"),
      ),
      bundle(" function c() {function b() {function a() {} a(); } b(); b(); } c(); c = c;").replace(
        "{  ",
        "{ ",
      ),
    );
  });

  it("moves it as far in as all uses allow", () => {
    const code = nested(
      bundle("function a() {} var f = function () { return function () { a(); a(); }; };"),
    );
    assert.match(code, /return function \(\) \{function a\(\) \{\} a\(\); a\(\); \}/);
  });

  for (const [title, body] of [
    ["two functions use", "function a() {} function b() { a(); } function c() { a(); } b(c);"],
    ["the bundle itself uses", "function a() {} a(); function b() { a(); } b();"],
    ["nobody uses", "function a() {} function b() {} b();"],
    ["only uses itself", "function a() { a(); } function b() {} b();"],
    ["is assigned to", "function a() {} a = 1; function b() { a(); } b();"],
    ["a busy one uses", "function a() {} function createXmlParser() { a(); } createXmlParser(a2);"],
    [
      "would meet a variable of its name",
      "function a() {} function b() { (function (c) { var a; c(); })(x); } b();",
    ],
    [
      "would mean another variable there",
      "var x = 1; function a() { return x; } function b(x) { a(); } b();",
    ],
    [
      "would mean another global there",
      "function a() { return print; } function b() { var print; a(); } b();",
    ],
  ]) {
    it(`leaves alone what ${title}`, () => {
      const code = bundle(body);
      assert.equal(nested(code), code);
    });
  }

  it("means the same afterwards", () => {
    const code = bundle(
      "var log = []; function twice(n) { return 2 * n; } function odd(n) { return n ? even(n - 1) : false; }" +
        "function even(n) { return n ? odd(n - 1) : true; }" +
        "function main(n) { log.push(twice(n), even(n)); return log.join(); } return main(7);",
    ).replace(/^\(/, "return (");
    const run = (text: string) => new Function(text)() as unknown;
    assert.equal(run(code), "14,false");
    const inner = code.replace(/^return /, "");
    assert.equal(run(`return ${nestFunctions(inner).code}`), "14,false");
  });
});
