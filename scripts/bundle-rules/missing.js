// Built-in objects and methods that Espruino does not have.
// Espruino language notes 2v29, part 1, "Missing"; the lists are what `typeof` gave on the engine
// for every ES5 to ES2023 name.

/** Objects that are missing altogether. */
export const missingGlobals = new Set(
  (
    "Symbol Map Set WeakMap WeakSet WeakRef Proxy Reflect BigInt Intl RangeError EvalError URIError " +
    "AggregateError BigInt64Array BigUint64Array SharedArrayBuffer Atomics encodeURI decodeURI " +
    "escape unescape setImmediate queueMicrotask structuredClone TextEncoder TextDecoder URL Buffer " +
    "window self performance"
  ).split(" "),
);

/** Methods and constants missing from an object that exists. @type {Record<string, string[]>} */
export const missingStatics = {
  Math: (
    "imul trunc clz32 log10 log2 log1p expm1 cbrt hypot fround sinh cosh tanh " +
    "asinh acosh atanh"
  ).split(" "),
  Object: "freeze is isExtensible isFrozen isSealed preventExtensions seal hasOwn".split(" "),
  Number: (
    "EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER isFinite isInteger isNaN isSafeInteger " +
    "parseFloat parseInt"
  ).split(" "),
  Array: ["from", "of"],
  String: ["fromCodePoint", "raw"],
  Date: ["UTC"],
  Promise: ["race", "allSettled", "any"],
  ArrayBuffer: ["isView"],
};

/** Methods missing from every value; a bundle that defines one of these names means its own. */
export const missingMethods = new Set(
  (
    "toPrecision toExponential search localeCompare reduceRight codePointAt matchAll normalize " +
    "trimStart trimEnd trimLeft trimRight flat flatMap findLast copyWithin isPrototypeOf " +
    "propertyIsEnumerable toLocaleString toLocaleLowerCase toLocaleUpperCase toLocaleDateString " +
    "toLocaleTimeString toDateString toTimeString setUTCDate setUTCFullYear setUTCHours " +
    "setUTCMinutes setUTCMonth setUTCSeconds setUTCMilliseconds"
  ).split(" "),
);

/** Methods that strings have and arrays do not, or that a word of the language shadows. */
export const missingArrayMethods = new Set(["lastIndexOf", "at", "entries", "keys", "values"]);

/** Helpers that TypeScript writes into ES5 output, or imports from tslib. */
export const helperName =
  /^__(extends|assign|rest|decorate|param|metadata|awaiter|generator|values|read|spread\w*|makeTemplateObject|createBinding|exportStar|import\w+|async\w+|classPrivate\w+|await|setFunctionName|propKey|runInitializers|esDecorate)$/;
