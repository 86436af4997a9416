// One sentence per rule: what breaks on Espruino and what to write instead.
// Espruino language notes 2v29, part 1; rules marked "measured" were found on the engine itself.

/** @type {Record<string, string>} */
export const messages = {
  "parse-error": "This is not a script any engine can read; fix the syntax or the build step.",
  "new-syntax":
    "Espruino runs ES5 at most; compile to ES5 or write the older form instead of DETAIL.",
  "function-before-declaration":
    "Espruino does not hoist functions, so DETAIL is undefined here; declare it above its first use.",
  "var-leak":
    "Espruino does not hoist var, so DETAIL is read or written as a global here; declare it above, on every path.",
  "undeclared-global":
    "Nothing declares DETAIL, so the assignment leaks into the global scope; declare it with var.",
  label:
    "Espruino has no labels and throws a ReferenceError; use a flag or a function with return.",
  "default-not-last":
    "Espruino throws a SyntaxError at a case after default; move default to the end of the switch.",
  "case-sequence":
    "Espruino throws a SyntaxError at a comma in a case; compute the value before the switch.",
  "index-sequence":
    "Espruino throws a SyntaxError at a comma inside [ ]; compute the index in a statement before.",
  "in-within-for":
    "Espruino throws a SyntaxError at `in` in the first part of a for, even in parentheses; move the test above the loop.",
  "finally-exit":
    "Espruino swallows what finally throws and throws on what its return should end; leave after the try statement instead.",
  "unsupported-statement": "Espruino has no DETAIL; leave it out.",
  "text-behind-block":
    "Espruino reads a text right behind a block that it skips as the empty one; put a semicolon between (measured).",
  "line-continuation":
    "Espruino keeps the line break of a continued string; join two strings with + instead.",
  "prefix-on-new-line":
    "Espruino reads ++ or -- at the start of a line as the end of the line before; end that line with a semicolon.",
  "return-newline":
    "Espruino returns the value of the line after a bare return; write `return;` instead.",
  "division-misread":
    "Espruino takes the / after DETAIL for the start of a regular expression; put the left side in parentheses or a variable.",
  "regexp-misread":
    "Espruino takes a regular expression after DETAIL for a division; put it in a variable first.",
  "reserved-name": "DETAIL is a reserved word on Espruino and cannot name a variable; rename it.",
  "method-in-parentheses":
    "Espruino loses `this` when the method is in parentheses; call it as a.b() instead of (a.b)().",
  "non-ascii":
    "Espruino reads a bundle as bytes and takes this character apart; write it with \\x escapes of its UTF-8 bytes.",
  "wide-character":
    "Strings on the board hold bytes, so a character above 255 is cut; write the bytes of its UTF-8 form.",
  regexp:
    "Espruino's regular expressions do not support DETAIL; use indexOf, split or charCodeAt instead.",
  "missing-builtin": "Espruino has no DETAIL; write a small function of your own instead.",
  "array-length-assignment":
    "Espruino throws when an array's length is assigned; use splice instead.",
  "math-pow":
    "Math.pow is inexact on Espruino, already for powers of two; multiply or use a table instead.",
  "extends-helper":
    "The TypeScript helper DETAIL does not work on Espruino; write it without class inheritance, spread or async.",
  "split-limit":
    "Espruino ignores the limit of split and returns every part; use indexOf and slice.",
  "arguments-length":
    "arguments.length counts declared parameters on Espruino, not passed ones; pass an array or compare with undefined.",
  "arguments-callee":
    "arguments.callee is undefined on Espruino; give the function a name instead.",
  "error-subclass":
    "Errors cannot be subclassed on Espruino; throw new Error(message) and tell errors apart by message.",
  "error-name":
    "The name of an error is undefined on Espruino; look at e.message or at a property of your own.",
  "error-instanceof":
    "On Espruino a TypeError is no instance of Error and the engine's own errors are of other classes; look at e.message.",
  "builtin-prototype-method":
    "Methods of built-in prototypes read undefined on Espruino; take them from a value, as in [].slice.call(x).",
  "object-create-with-properties":
    "Espruino throws when Object.create gets a second argument; assign the properties afterwards.",
  "object-create-null":
    "Object.create(null) still inherits toString and constructor on Espruino; use {} and hasOwnProperty.",
  "to-string-call":
    "toString.call(x) returns an empty string on Espruino; use Array.isArray, typeof or instanceof.",
  "replace-argument":
    "Espruino replaces a string only by a string and does not know $& or $$; use indexOf and slice.",
  "match-global":
    "match with a g flag returns [] instead of null on Espruino when nothing matches; use test or exec.",
  "json-callback": "Espruino ignores DETAIL; transform the value before or after the call instead.",
  "new-bound":
    "new on a bound function loses `this` on Espruino; call the constructor itself with its arguments.",
};
