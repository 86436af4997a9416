// One ES5 bundle a portable suite, minified as firmware is: build/suites/NAME.js runs `NAMESuite` of
// test/portable/*.suite.ts, as tsc -b has compiled it.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { bundleFormat, minifiersFor } from "./scripts/bundling.js";
import { tweetnaclModule } from "./scripts/tweetnacl-module.js";

const COMPILED = "build/tsc/test/portable";
const ENTRY = "\0suite-entry";

/** The suites that a file exports; `tsc` writes each as `export var …Suite =`. */
function suitesIn(file) {
  const source = readFileSync(`${COMPILED}/${file}`, "utf8");
  const names = [...source.matchAll(/^export var (\w+)Suite\b/gm)].map(([, name]) => name);
  if (names.length === 0) throw new Error(`${file} exports no …Suite`);
  return names.map((name) => ({ name, file }));
}

/** A source that would have been removed since leaves its output behind: only what has a source counts. */
function findSuites() {
  const files = readdirSync("test/portable").filter((file) => file.endsWith(".suite.ts"));
  return files.flatMap((file) => suitesIn(file.replace(/ts$/, "js")));
}

function runSuiteEntry({ name, file }) {
  const imported = (module) => JSON.stringify(resolve(COMPILED, module));
  return {
    name: "suite-entry",
    resolveId: (id) => (id === ENTRY ? id : null),
    load: (id) =>
      id === ENTRY
        ? `import { runSuite } from ${imported("run.js")};
           import { ${name}Suite } from ${imported(file)};
           runSuite(${name}Suite);`
        : null,
  };
}

function bundleFor(suite) {
  const fileName = suite.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    input: ENTRY,
    output: { file: `build/suites/${fileName}.js`, ...bundleFormat },
    plugins: [runSuiteEntry(suite), tweetnaclModule, ...minifiers],
  };
}

// The platform of an Espruino board is inside its bundle: all its names are mangled.
const minifiers = minifiersFor("espruino");

rmSync("build/suites", { recursive: true, force: true });

/** Not a suite: a program that a test kills. */
const flashWorker = {
  input: `${COMPILED}/flash-worker.js`,
  output: { file: "build/programs/flash-worker.js", ...bundleFormat },
  plugins: minifiers,
};

export default findSuites().map(bundleFor).concat(flashWorker);
