// node scripts/check-bundle.js [FILES…]: refuses bundles that Espruino cannot run.
// The rules are in bundle-rules.js (Espruino language notes 2v29). Exit code 0: no offence, 1:
// offences, 2: nothing to check.

import { checkBundle } from "./bundle-rules.js";
import { findBundles, readBundleFile, runScript } from "./bundle-files.js";

const excerptLength = 60;

runScript(() => {
  const given = process.argv.slice(2);
  const files = given.length > 0 ? given : findBundles("build");
  const counts = files.map(checkFile);
  console.log(summary(counts));
  return counts.some((count) => count > 0) ? 1 : 0;
});

/** @param {string} file @returns {number} how many offences it has */
function checkFile(file) {
  const source = readBundleFile(file);
  const offences = checkBundle(source);
  for (const { line, column, rule, message } of offences) {
    console.log(`${file}:${line}:${column} ${rule} — ${message}`);
    console.log(`    ${excerpt(source, line, column)}`);
  }
  return offences.length;
}

/**
 * A bundle is one long line: only the surroundings of the offence are worth a look.
 * @param {string} source
 * @param {number} line
 * @param {number} column
 * @returns {string}
 */
function excerpt(source, line, column) {
  const text = source.split(/\r\n|[\r\n\u2028\u2029]/)[line - 1];
  const start = Math.max(0, column - 1 - excerptLength / 3);
  const end = start + excerptLength;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

/** @param {number[]} counts @returns {string} */
function summary(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return `${plural(counts.length, "bundle")} checked, no offence`;
  const guilty = counts.filter((count) => count > 0).length;
  return `${plural(total, "offence")} in ${plural(guilty, "bundle")}`;
}

/** @param {number} count @param {string} noun @returns {string} */
function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
