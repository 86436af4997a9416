// A pass of the minifier: Closure Compiler, which puts functions of one use into their place as statements,
// where terser leaves a function around them. It renames no property and writes ES5.
// Its flags: https://github.com/google/closure-compiler/wiki/Flags-and-Options.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getNativeImagePath } from "google-closure-compiler/lib/utils.js";

const flags = [
  "--compilation_level=SIMPLE",
  "--language_in=ECMASCRIPT5",
  "--language_out=ECMASCRIPT5",
  // No browser's names: there is none, and reading them takes two thirds of the time.
  "--env=CUSTOM",
  // All of a bundle is in one function: what is outside it belongs to the engine.
  "--assume_function_wrapper=true",
  // Names are the last pass's matter.
  "--renaming=false",
  "--warning_level=QUIET",
  "--formatting=PRETTY_PRINT",
];

/** The compiler as a program of this machine, or in Java where there is none for it. */
function command() {
  const native = getNativeImagePath();
  if (native) return [native];
  const jar = createRequire(import.meta.url).resolve("google-closure-compiler-java/compiler.jar");
  return ["java", "-jar", jar];
}

/**
 * @param {string} code
 * @returns {Promise<{code: string, map: string}>}
 */
export async function compile(code) {
  const folder = await mkdtemp(join(tmpdir(), "microspime-bundle-"));
  const [source, output] = [join(folder, "in.js"), join(folder, "out.js")];
  const [program, ...args] = command();
  const files = [
    `--js=${source}`,
    `--js_output_file=${output}`,
    `--create_source_map=${output}.map`,
  ];
  try {
    await writeFile(source, code);
    await promisify(execFile)(program, [...args, ...flags, ...files]);
    return { code: await readFile(output, "utf8"), map: await readFile(`${output}.map`, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
