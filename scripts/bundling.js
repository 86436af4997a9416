// How firmware becomes a bundle: for rollup.config.js (the boards) and rollup.suites.config.js (the tests).
import { minify } from "terser";
import { declareFirst } from "./bundle-hoisting.js";
import { compile } from "./closure-compiler.js";
import { aliasLetters, aliasNames } from "./bundle-aliases.js";
import { internalNames } from "./internal-names.js";

/** What every bundle is written as; `strict: false`, because Espruino ignores "use strict". */
export const bundleFormat = { format: "iife", strict: false, sourcemap: true };

const compress = { passes: 5, pure_getters: true, hoist_funs: true };

/** First everything that can be known is put in its place, and property names get short. */
function firstPass(port) {
  return {
    ecma: 5,
    compress: { ...compress, properties: false },
    mangle: {
      reserved: aliasLetters,
      properties: {
        regex: new RegExp(`^(${internalNames(port).join("|")})$`),
        // Quoted names stay: they are those of XML attributes and of other people's objects.
        keep_quoted: "strict",
        // The list holds no name of the language; those of browsers mean nothing on a board.
        builtins: true,
      },
    },
    // The next pass counts columns up to 4,095 only.
    format: { beautify: true },
    sourceMap: true,
  };
}

// Espruino hoists nothing, so terser has to: functions, then variables, at the top of their scope.
// scripts/check-bundle.js proves the result.
const lastPass = {
  ecma: 5,
  compress: { ...compress, hoist_vars: true },
  mangle: { toplevel: true, reserved: aliasLetters },
  format: { comments: false, ascii_only: true },
  sourceMap: true,
};

function pass(name, options) {
  return { name, renderChunk: (code) => minify(code, options) };
}

/**
 * What makes a port's bundles small; good for any number of them. Not @rollup/plugin-terser, which starts
 * a worker for each: that takes longer than the work.
 */
export function minifiersFor(port) {
  return [
    pass("place-values", firstPass(port)),
    { name: "inline-functions", renderChunk: compile },
    { name: "declare-first", renderChunk: declareFirst },
    pass("minify", lastPass),
    { name: "alias-names", renderChunk: aliasNames },
  ];
}
