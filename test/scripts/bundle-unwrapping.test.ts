// Bundles without the function around them, and functions that no compiler puts elsewhere.

import assert from "node:assert/strict";
import { keepLasting } from "../../../../scripts/bundle-lasting.js";
import { checkBundle } from "../../../../scripts/bundle-rules.js";
import { unwrap } from "../../../../scripts/bundle-unwrapping.js";

describe("unwrapping of bundles", () => {
  for (const [title, code, expected] of [
    [
      "parameters become variables",
      '!function(A,B){a(A)}("length",!0);',
      'var A="length",B=!0;a(A)\n',
    ],
    ["one without an argument stays undefined", "!function(A,B){a()}(1);", "var A=1,B;a()\n"],
    ["without parameters nothing is declared", "!function(){a()}();", "a()\n"],
    ["another program stays as it is", "a();b();", "a();b();"],
    ["a call of something else too", "!a(1);", "!a(1);"],
  ] as const)
    it(title, () => assert.equal(unwrap(code).code, expected));

  it("leaves what is in texts and behind the call to a function", () => {
    const { code } = unwrap('!function(A){a("}(",function(){})}("}()");');
    assert.equal(code, 'var A="}()";a("}(",function(){})\n');
    assert.doesNotThrow(() => new Function(code));
  });

  it("still lets the rules see through aliases", () => {
    const { code } = unwrap('!function(A){console.log([1][A](1))}("lastIndexOf");');
    const rules = checkBundle(code).map(({ rule }) => rule);
    assert.deepEqual(
      rules,
      checkBundle("console.log([1].lastIndexOf(1))").map(({ rule }) => rule),
    );
    assert.notEqual(rules.length, 0);
  });
});

describe("functions that last", () => {
  it("are marked for Closure Compiler at their declaration, for terser at each call", () => {
    const { code } = keepLasting("function ending(a){return a}ending(b);other(c);");
    assert.equal(
      code,
      "/** @noinline */ function ending(a){return a}/*@__NOINLINE__*/ending(b);other(c);",
    );
  });
});
