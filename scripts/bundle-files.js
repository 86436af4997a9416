// Finding and reading the built bundles, for the scripts that look at them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a person has to know and do when there is nothing to look at. */
export class BundleMissing extends Error {}

/**
 * @param {string} directory
 * @returns {string[]}
 */
export function findBundles(directory) {
  const files = listing(directory).filter((file) => file.endsWith(".js"));
  if (files.length === 0)
    throw new BundleMissing(
      `There is no bundle in ${directory}/.\nBuild them first: npm run build`,
    );
  return files.sort().map((file) => join(directory, file));
}

/** @param {string} directory @returns {string[]} */
function listing(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * @param {string} file
 * @returns {string}
 */
export function readBundleFile(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new BundleMissing(`Cannot read ${file} (${code}).\nBuild it first: npm run build`);
  }
}

/**
 * Runs a script's main function and turns its outcome into an exit code.
 * @param {() => number} main
 */
export function runScript(main) {
  try {
    process.exitCode = main();
  } catch (error) {
    if (!(error instanceof BundleMissing)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
