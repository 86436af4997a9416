// How firmware becomes a bundle: for rollup.config.js (the boards) and rollup.suites.config.js (the tests).
import { minify } from "terser";
import { aliasLetters, aliasNames } from "./bundle-aliases.js";
import { declareFirst, declareLate } from "./bundle-hoisting.js";
import { joinLocals } from "./bundle-locals.js";
import { keepLasting } from "./bundle-lasting.js";
import { lasting, nestFunctions, nestingPasses } from "./bundle-nesting.js";
import { separateTexts } from "./bundle-separators.js";
import { engineNames, unwrap } from "./bundle-unwrapping.js";
import { compile } from "./closure-compiler.js";
import { internalNames } from "./internal-names.js";
import { shortNames } from "./short-names.js";

/** What every bundle is written as; `strict: false`, because Espruino ignores "use strict". */
export const bundleFormat = { format: "iife", strict: false, sourcemap: "hidden" };

const compress = { passes: 5, pure_getters: true, hoist_funs: true };

/** First properties get short names, the most frequent the shortest. */
function shortNamesPass(names, code) {
  return {
    nameCache: { props: { props: propertyCache(shortNames(code, names)) } },
    ecma: 5,
    compress: false,
    mangle: {
      // Those are looked for by their names.
      reserved: [...aliasLetters, ...lasting],
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

/** What one compiler leaves, the other may see. */
const middlePass = {
  ecma: 5,
  compress,
  mangle: false,
  format: { beautify: true },
  sourceMap: true,
};

// Espruino hoists nothing, so terser has to: functions, then variables, at the top of their scope.
// scripts/check-bundle.js proves the result.
const lastPass = {
  ecma: 5,
  compress: { ...compress, hoist_vars: true },
  mangle: { toplevel: true, reserved: [...aliasLetters, ...engineNames] },
  format: { comments: false, ascii_only: true },
  sourceMap: true,
};

/** As terser keeps it: names after a "$". */
function propertyCache(names) {
  return Object.fromEntries([...names].map(([long, short]) => [`$${long}`, short]));
}

/** Bytes of flash that a variable of memory is worth, where a board's data file does not say. */
const USUAL_BYTES_PER_VARIABLE = 10;

/**
 * What makes a port's bundles small; good for any number of them. Not @rollup/plugin-terser, which starts
 * a worker for each: that takes longer than the work.
 */
export function minifiersFor(port, bytesPerVariable = USUAL_BYTES_PER_VARIABLE) {
  const names = internalNames(port);
  const nesting = Array.from({ length: nestingPasses }, (_, index) => ({
    name: `nest-functions-${index}`,
    renderChunk: nestFunctions,
  }));
  return [
    ...nesting,
    { name: "short-names", renderChunk: (code) => minify(code, shortNamesPass(names, code)) },
    { name: "keep-lasting", renderChunk: keepLasting },
    { name: "inline-functions", renderChunk: compile },
    { name: "keep-lasting-still", renderChunk: keepLasting },
    { name: "simplify", renderChunk: (code) => minify(code, middlePass) },
    { name: "keep-lasting-yet", renderChunk: keepLasting },
    { name: "inline-the-rest", renderChunk: compile },
    { name: "declare-first", renderChunk: declareFirst },
    { name: "keep-lasting-to-the-end", renderChunk: keepLasting },
    { name: "minify", renderChunk: (code) => minify(code, lastPass) },
    { name: "declare-late", renderChunk: declareLate },
    { name: "join-locals", renderChunk: joinLocals },
    { name: "alias-names", renderChunk: (code) => aliasNames(code, bytesPerVariable) },
    { name: "separate-texts", renderChunk: separateTexts },
    ...(port === "espruino" ? [{ name: "unwrap", renderChunk: unwrap }] : []),
  ];
}
