// node scripts/build.js [VARIABLE:VALUE…] CONFIGURATION…: what `rollup --config` does, for bundles whose minifying takes most of
// the time. As many at once as there are processors, and one that would be the same again is left as it is: beside it lies what
// it was made of, as a digest. A configuration has its minifiers as plugins of its output.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rollup } from "rollup";
import { allInternalNames } from "./internal-names.js";

const VARIABLE = /^([A-Z]+):(.*)$/;

const args = process.argv.slice(2);
const files = args.filter((arg) => !VARIABLE.test(arg));
for (const setting of args.filter((arg) => VARIABLE.test(arg))) {
  const [, name, value] = VARIABLE.exec(setting);
  process.env[name] = value;
}
const modules = await Promise.all(files.map((file) => import(pathToFileURL(file))));
const bundles = modules.flatMap((module) => module.default);

/** What else than its sources makes a bundle what it is. */
const tools = [
  ...["package-lock.json", ...files].map((file) => readFileSync(file)),
  ...readdirSync("scripts")
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join("scripts", file))),
  allInternalNames(),
];

function digest(texts) {
  const hash = createHash("sha256");
  texts.forEach((text) => hash.update(text).update("\0"));
  return hash.digest("hex");
}

function isMade({ file, sourcemap }, note, madeOf) {
  const made = [file, note, ...(sourcemap ? [`${file}.map`] : [])];
  return made.every((one) => existsSync(one)) && readFileSync(note, "utf8") === madeOf;
}

async function build({ output, ...input }) {
  const bundle = await rollup({ logLevel: "silent", ...input });
  const { output: chunks } = await bundle.generate({ ...output, plugins: [] });
  const passes = output.plugins.map(({ name }) => name).join();
  const madeOf = digest([chunks[0].code, passes, ...tools]);
  const note = `${output.file}.made-of`;
  if (!isMade(output, note, madeOf)) {
    rmSync(note, { force: true });
    await bundle.write(output);
    writeFileSync(note, madeOf);
  }
  await bundle.close();
}

async function buildOneByOne() {
  for (let bundle = bundles.shift(); bundle; bundle = bundles.shift()) await build(bundle);
}

try {
  await Promise.all(Array.from({ length: availableParallelism() }, buildOneByOne));
} catch (error) {
  console.error(error.message);
  console.error(error.frame ?? "");
  process.exit(1);
}
