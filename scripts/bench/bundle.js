// A program of the benchmark as firmware is bundled; jsbn with it.
import { readFileSync } from "node:fs";
import { rollup } from "rollup";
import ts from "typescript";
import { checkBundle } from "../bundle-rules.js";
import { bundleFormat, minifiersFor } from "../bundling.js";
import { tweetnaclModule } from "../tweetnacl-module.js";

/**
 * jsbn's published form wraps everything in a function that uses variables above their `var`, and
 * Espruino does not hoist: its body without the random numbers at its end is a module like any other.
 */
function jsbnModule() {
  const source = readFileSync("node_modules/jsbn/index.js", "utf8");
  const start = source.indexOf("// Bits per digit");
  const end = source.indexOf("// Random number generator - requires a PRNG backend");
  if (start < 0 || end < start)
    throw new Error("jsbn is not the version that was looked at (1.1.0)");
  return `${source.slice(start, end)}\nexport { BigInteger };\n`;
}

const jsbn = {
  name: "jsbn",
  resolveId: (id) => (id === "jsbn" ? "\0jsbn" : null),
  load: (id) => (id === "\0jsbn" ? jsbnModule() : null),
};

/** Published as a script that looks for `exports`. */
const aesJs = {
  name: "aes-js",
  resolveId: (id) => (id === "aes-js" ? "\0aes-js" : null),
  load: (id) =>
    id === "\0aes-js"
      ? `var exports = {}, module = { exports: exports };\n${readFileSync("node_modules/aes-js/index.js", "utf8").replace("})(this);", "})({});")}\nexport default module.exports;`
      : null,
};

/** As the firmware's own sources are: the engine knows ES5 at most. */
const toEs5 = {
  name: "to-es5",
  transform: (code, id) => {
    if (!id.includes("/scripts/bench/")) return null;
    const compilerOptions = {
      target: ts.ScriptTarget.ES5,
      module: ts.ModuleKind.ESNext,
      ignoreDeprecations: "5.0",
    };
    return { code: ts.transpileModule(code, { compilerOptions }).outputText, map: null };
  },
};

async function bundled(name, passes) {
  const plugins = [jsbn, aesJs, tweetnaclModule, toEs5, ...passes];
  const bundle = await rollup({ input: `scripts/bench/${name}.js`, plugins });
  const { output } = await bundle.generate(bundleFormat);
  return output[0].code;
}

/**
 * As firmware is bundled. Closure Compiler puts labels where jsbn returns from within a loop, and Espruino
 * has none: then that pass is left out.
 * @returns {Promise<string>} the bundle of scripts/bench/NAME.js
 */
export async function bundleOf(name) {
  const passes = minifiersFor("espruino");
  const code = await bundled(name, passes);
  const isRunnable = checkBundle(code).every(({ rule }) => rule !== "label");
  return isRunnable
    ? code
    : bundled(
        name,
        passes.filter((pass) => !pass.name.startsWith("inline")),
      );
}
