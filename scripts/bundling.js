// How firmware becomes a bundle: for rollup.config.js (the boards) and rollup.suites.config.js (the tests).
import MagicString from "magic-string";
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

/** Before each compiler: what the one has marked the other has rewritten. */
const KEEP_LASTING = { name: "keep-lasting", renderChunk: keepLasting };
const DECLARE_LATE = { name: "declare-late", renderChunk: declareLate };
const DECLARE_FIRST = { name: "declare-first", renderChunk: declareFirst };
const SEPARATE_TEXTS = { name: "separate-texts", renderChunk: separateTexts };
/** Where the engine is JerryScript: Kaluma parses a program as strict code. */
export function isStrict(port) {
  return port === "host" || port === "kaluma";
}

const STRICT = {
  name: "strict",
  renderChunk(code) {
    const text = new MagicString(code).prepend('"use strict";');
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
};
/** For a program without the other passes: its names at the top are left as they are. */
const MINIFY_ALONE = {
  name: "minify",
  renderChunk: (code) => minify(code, { ...lastPass, mangle: true }),
};

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
  // JerryScript keeps a program as byte code: those passes save bytes of its text, and cost 5 KB of its heap.
  const isText = !isStrict(port);
  return [
    ...(isText ? nesting : []),
    { name: "short-names", renderChunk: (code) => minify(code, shortNamesPass(names, code)) },
    KEEP_LASTING,
    { name: "inline-functions", renderChunk: compile },
    KEEP_LASTING,
    { name: "simplify", renderChunk: (code) => minify(code, middlePass) },
    KEEP_LASTING,
    { name: "inline-the-rest", renderChunk: compile },
    DECLARE_FIRST,
    KEEP_LASTING,
    { name: "minify", renderChunk: (code) => minify(code, lastPass) },
    DECLARE_LATE,
    { name: "join-locals", renderChunk: joinLocals },
    ...(isText
      ? [
          {
            name: `alias-names-${bytesPerVariable}`,
            renderChunk: (code) => aliasNames(code, bytesPerVariable),
          },
        ]
      : []),
    SEPARATE_TEXTS,
    ...(port === "espruino" ? [{ name: "unwrap", renderChunk: unwrap }] : []),
    ...(isText ? [] : [STRICT]),
  ];
}

/** The loader's: `eval` has to stay at the top, where the program's names are global. */
export const minifyLoader = [MINIFY_ALONE, DECLARE_LATE];

/** The self-test's, which wants its names left as they are: no other pass is worth it for what is sent once. */
export const minifySelftest = [DECLARE_FIRST, MINIFY_ALONE, SEPARATE_TEXTS];
