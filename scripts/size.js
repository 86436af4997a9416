// node scripts/size.js [--json]: minified bytes per module group and per board against budgets.json.
// Every byte of a bundle belongs to the source that its source map names (ECMA-426, "Mappings"): the
// last mapping at or before it. Exit code 0: within budget, 1: over budget, 2: nothing to measure.

import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { TraceMap, decodedMappings } from "@jridgewell/trace-mapping";
import { BundleMissing, findBundles, readBundleFile, runScript } from "./bundle-files.js";

/** @typedef {{bundle?: number, groups?: Record<string, number>}} Budget */
/** @typedef {{name: string, bytes: number, budget?: number}} Row */
/** @typedef {{bytes: number, gzip: number, groups: Record<string, number>, files: Record<string, Record<string, number>>, budget: Budget}} Size `files` by group */
/** @typedef {{bundle: string, group: string, bytes: number, budget: number}} Excess */

const wrapper = "(wrapper)";

if (process.argv[1] && import.meta.url.endsWith(`/${basename(process.argv[1])}`)) runScript(main);

/** @returns {number} the exit code */
function main() {
  const sizes = measureAll("build", readBudgets());
  const excesses = findExcesses(sizes);
  const report = JSON.stringify({ bundles: sizes, over: excesses }, null, 2);
  writeFileSync(join("build", "size.json"), `${report}\n`);
  console.log(process.argv.includes("--json") ? report : tables(sizes));
  for (const excess of excesses) console.error(complaint(excess));
  return excesses.length > 0 ? 1 : 0;
}

/** @returns {Record<string, Budget>} */
function readBudgets() {
  return JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
}

// Measuring

/**
 * @param {string} directory
 * @param {Record<string, Budget>} budgets by board
 * @returns {Record<string, Size>} by board
 */
function measureAll(directory, budgets) {
  const entries = findBundles(directory).map((file) => {
    const board = basename(file, ".js");
    const map = parseMap(`${file}.map`);
    return [board, measure(readBundleFile(file), map, budgets[board] ?? {})];
  });
  return Object.fromEntries(entries);
}

/** @param {string} file @returns {any} */
function parseMap(file) {
  try {
    return JSON.parse(readBundleFile(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BundleMissing(`${file} is not a source map.\nBuild it again: npm run build`);
  }
}

/**
 * @param {string} code
 * @param {any} map a source map of version 3
 * @param {Budget} budget
 * @returns {Size}
 */
export function measure(code, map, budget) {
  /** @type {Record<string, number>} */
  const groups = {};
  /** @type {Record<string, Record<string, number>>} */
  const files = {};
  const add = (sums, name, text) => (sums[name] = (sums[name] ?? 0) + Buffer.byteLength(text));
  const end = wrapperEnd(code);
  const found = pieces(code.slice(0, end), new TraceMap(map));
  for (const { source, text } of [...found, { source: undefined, text: code.slice(end) }]) {
    const group = groupOf(source);
    add(groups, group, text);
    if (source) add((files[group] ??= {}), basename(source), text);
  }
  const bytes = Buffer.byteLength(code);
  return { bytes, gzip: gzipSync(code).length, groups, files, budget };
}

/**
 * Where the function around the bundle ends, if there is one: what it is called with (scripts/bundle-aliases.js) is of all sources, and
 * no mapping starts there.
 * @param {string} code @returns {number}
 */
function wrapperEnd(code) {
  return code.startsWith("!function") ? code.lastIndexOf("}(") : code.length;
}

/**
 * The bundle cut wherever a mapping starts; a line's beginning belongs to the mapping before it.
 * @param {string} code
 * @param {TraceMap} map
 * @returns {{source: string | undefined, text: string}[]}
 */
function pieces(code, map) {
  const mappings = decodedMappings(map);
  /** @type {{source: string | undefined, text: string}[]} */
  const found = [];
  /** @type {string | undefined} */
  let source;
  code.split(/(?<=\n)/).forEach((line, index) => {
    let start = 0;
    for (const [column, sourceIndex] of mappings[index] ?? []) {
      found.push({ source, text: line.slice(start, column) });
      start = column;
      source = sourceIndex === undefined ? undefined : (map.sources[sourceIndex] ?? undefined);
    }
    found.push({ source, text: line.slice(start) });
  });
  return found;
}

/**
 * The first folder under src/firmware, the name of a file directly there, or the package.
 * @param {string | undefined} source
 * @returns {string}
 */
export function groupOf(source) {
  if (!source) return wrapper;
  const inFirmware = /(?:^|\/)src\/firmware\/([^/]+)/.exec(source);
  const inPackage = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source);
  const found = inFirmware ?? inPackage;
  return found ? found[1] : basename(dirname(source)) || basename(source);
}

// Budgets

/**
 * @param {Record<string, Size>} sizes
 * @returns {Excess[]}
 */
export function findExcesses(sizes) {
  return Object.entries(sizes).flatMap(([bundle, size]) =>
    budgetRows(size).flatMap(({ name, bytes, budget }) =>
      budget !== undefined && bytes > budget ? [{ bundle, group: name, bytes, budget }] : [],
    ),
  );
}

/** @param {Size} size @returns {Row[]} the budgets of a bundle and what they are for: groups and files, with + between */
function budgetRows({ bytes, groups, files, budget }) {
  const whole = { name: "(bundle)", bytes, budget: budget.bundle };
  const known = { ...Object.assign({}, ...Object.values(files)), ...groups };
  const parts = Object.entries(budget.groups ?? {}).map(([name, limit]) => {
    const summed = name.split("+").reduce((sum, part) => sum + (known[part] ?? 0), 0);
    return { name, bytes: summed, budget: limit };
  });
  return [...parts, whole];
}

/** @param {Excess} excess @returns {string} */
function complaint({ bundle, group, bytes, budget }) {
  const over = bytes - budget;
  return (
    `Over budget: ${bundle}, ${group}: ${bytes} bytes, budget ${budget}.\n` +
    `Save ${over} bytes there, or raise the number in scripts/budgets.json and say why.`
  );
}

// Showing

/** @param {Record<string, Size>} sizes @returns {string} */
function tables(sizes) {
  return Object.entries(sizes)
    .map(([board, size]) => table(board, size))
    .join("\n\n");
}

/** @param {string} board @param {Size} size @returns {string} */
function table(board, size) {
  const lines = [[board, "bytes", "budget", "used"], ...rowsOf(size).map(cells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => alignLine(line, widths)).join("\n");
}

/** @param {Size} size @returns {Row[]} largest group first, then sums, total and gzip */
function rowsOf(size) {
  const limits = budgetRows(size);
  const groups = Object.entries(size.groups)
    .map(([name, bytes]) => ({ name, bytes, budget: size.budget.groups?.[name] }))
    .sort((a, b) => b.bytes - a.bytes)
    .flatMap((row) => withFiles(row, size));
  const sums = limits.filter(({ name }) => !(name in size.groups));
  return [...groups, ...sums, { name: "(bundle, gzip)", bytes: size.gzip }];
}

/** The files of that group, which the board's data file chooses: largest first. @param {Row} row @param {Size} size */
function withFiles(row, { files }) {
  if (row.name !== "sensors") return [row];
  const rows = Object.entries(files.sensors).map(([name, bytes]) => ({ name: `  ${name}`, bytes }));
  return [row, ...rows.sort((a, b) => b.bytes - a.bytes)];
}

/** @param {Row} row @returns {string[]} */
function cells({ name, bytes, budget }) {
  if (budget === undefined) return [name, String(bytes), "", ""];
  return [name, String(bytes), String(budget), `${Math.round((bytes / budget) * 100)} %`];
}

/** @param {string[]} line @param {number[]} widths @returns {string} */
function alignLine([name, ...numbers], [first, ...others]) {
  const columns = numbers.map((number, index) => number.padStart(others[index]));
  return [name.padEnd(first), ...columns].join("  ").trimEnd();
}
