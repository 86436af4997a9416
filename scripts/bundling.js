// How firmware becomes a bundle: for rollup.config.js (the boards) and rollup.suites.config.js (the tests).
import { minify } from "terser";
import { aliasLetters, aliasNames } from "./bundle-aliases.js";
import { declareFirst } from "./bundle-hoisting.js";
import { joinLocals } from "./bundle-locals.js";
import { compile } from "./closure-compiler.js";
import { internalNames } from "./internal-names.js";
import { shortNames } from "./short-names.js";

/** What every bundle is written as; `strict: false`, because Espruino ignores "use strict". */
export const bundleFormat = { format: "iife", strict: false, sourcemap: true };

const compress = { passes: 5, pure_getters: true, hoist_funs: true };

/** First everything that can be known is put in its place, while names and order are the source's. */
const firstPass = {
  ecma: 5,
  // Quotes tell the next pass which names are other people's.
  compress: { ...compress, properties: false },
  mangle: false,
  format: { keep_quoted_props: true },
  sourceMap: true,
};

/** Then properties get short names, the most frequent the shortest. */
function secondPass(names, code) {
  return {
    nameCache: { props: { props: propertyCache(shortNames(code, names)) } },
    ecma: 5,
    compress: false,
    mangle: {
      reserved: aliasLetters,
      properties: {
        regex: new RegExp(`^(${names.join("|")})$`),
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

/** As terser keeps it: names after a "$". */
function propertyCache(names) {
  return Object.fromEntries([...names].map(([long, short]) => [`$${long}`, short]));
}

/**
 * What makes a port's bundles small; good for any number of them. Not @rollup/plugin-terser, which starts
 * a worker for each: that takes longer than the work.
 */
export function minifiersFor(port) {
  const names = internalNames(port);
  return [
    { name: "place-values", renderChunk: (code) => minify(code, firstPass) },
    { name: "short-names", renderChunk: (code) => minify(code, secondPass(names, code)) },
    { name: "inline-functions", renderChunk: compile },
    { name: "declare-first", renderChunk: declareFirst },
    { name: "minify", renderChunk: (code) => minify(code, lastPass) },
    { name: "join-locals", renderChunk: joinLocals },
    { name: "alias-names", renderChunk: aliasNames },
  ];
}
