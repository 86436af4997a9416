// One ES5 bundle a portable suite, minified as firmware is: build/suites/NAME.js runs `NAMESuite` of
// test/portable/*.suite.ts, as tsc -b has compiled it.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { bundleFormat, minifiersFor } from "./scripts/bundling.js";
import { tweetnaclModule } from "./scripts/tweetnacl-module.js";

const COMPILED = "build/tsc/test/portable";
const FOLDER = "build/suites";
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

/** Of suites that are gone. */
function removeOthers(kept) {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER).map((name) => `${FOLDER}/${name}`) : [];
  const isGone = (file) => !kept.some((bundle) => file.startsWith(bundle));
  files.filter(isGone).forEach((file) => rmSync(file));
}

function bundleFor(suite) {
  const fileName = suite.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    input: ENTRY,
    output: outputOf(`${FOLDER}/${fileName}.js`),
    plugins: [runSuiteEntry(suite), tweetnaclModule],
  };
}

/** The platform of an Espruino board is inside its bundle: all its names are mangled. */
const plugins = minifiersFor("espruino");
const outputOf = (file) => ({ file, ...bundleFormat, sourcemap: false, plugins });

/** Not a suite: a program that a test kills. */
const flashWorker = {
  input: `${COMPILED}/flash-worker.js`,
  output: outputOf("build/programs/flash-worker.js"),
};

const suites = findSuites().map(bundleFor);
removeOthers(suites.map(({ output }) => output.file));

export default [...suites, flashWorker];
