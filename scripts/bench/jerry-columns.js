// npm run bench -- jerry: what the firmware takes on JerryScript, time and heap, beside its peers; into docs/benchmarks.md.
import { readFileSync } from "node:fs";
import { sizeAsByteCode } from "../../build/tsc/src/desktop/flashing/byte-code.js";
import { findProgram } from "../../build/tsc/test/support/suites.js";
import { markdownTable } from "../markdown-table.js";
import { bundleOf } from "./bundle.js";
import { FILE, machineNow, writeSection } from "./document.js";
import { jerryVersion, onJerry } from "./engines.js";
import { measureJerryReports } from "./jerry-report.js";
import { benchKey } from "./key.js";

/** Ours, the peer's and what both do. */
const PAIRS = [
  ["RSA-1024 private", "jerry-big-int", "jerry-jsbn", "jsbn 1.1.0", 1024],
  ["RSA-2048 private", "jerry-big-int", "jerry-jsbn", "jsbn 1.1.0", 2048],
  ["AES-256-CBC, 1 KB", "jerry-aes", "jerry-aes-js", "aes-js 3.1.2", 1024],
];
const ALONE = [
  ["SHA-256, 1 KB", "jerry-hash"],
  ["PBKDF2, 4,096 rounds", "jerry-login"],
];
/** By variable: the heap of which board it has. */
const HEAPS = [
  ["JERRY_180", "180 KB, as Kaluma on a Pico W"],
  ["JERRY_384", "384 KB, as Kaluma on a Pico 2 W"],
];

const count = (value) => value.toLocaleString("en");
const time = (ms) => `${ms < 100 ? ms.toFixed(1) : count(Math.round(ms))} ms`;
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

async function runProgram(binary, name, bits) {
  return onJerry(binary, await bundleOf(name), benchKey(bits));
}

async function partRows(binary, say) {
  const rows = [];
  for (const [what, own, peer, peerName, bits] of PAIRS) {
    const ours = await runProgram(binary, own, bits);
    const theirs = await runProgram(binary, peer, bits);
    say(`JerryScript, ${what}: ${time(ours.ms)}, ${peerName} ${time(theirs.ms)}`);
    rows.push({ what, ours, theirs, peerName });
  }
  for (const [what, own] of ALONE) {
    const ours = await runProgram(binary, own, 1024);
    say(`JerryScript, ${what}: ${time(ours.ms)}`);
    rows.push({ what, ours });
  }
  return rows;
}

/** Byte code where there is a `jerry-snapshot`. */
function sizesOf(boards) {
  return boards.map((board) => {
    const file = `build/${board}.js`;
    const bytes = readFileSync(file).length;
    return { board, bytes, snapshot: sizeAsByteCode(file)?.byteCodeBytes };
  });
}

function partTable(rows) {
  const cells = rows.map(({ what, ours, theirs, peerName }) => [
    what,
    time(ours.ms),
    kilobytes(ours.peakBytes),
    theirs ? `${peerName}: ${time(theirs.ms)}` : "",
    theirs ? kilobytes(theirs.peakBytes) : "",
    theirs ? `${(theirs.ms / ours.ms).toFixed(1)} ×` : "",
  ]);
  return markdownTable(["", "ours", "heap", "peer", "its heap", "faster by"], cells);
}

function reportTable(heaps) {
  const cells = heaps.flatMap(({ title, rows, lack }) =>
    lack
      ? [[title, `not measured: ${lack}`, "", "", "", ""]]
      : rows.map(({ bits, wireBytes, ms, firstMs, peakBytes, totalBytes }) => [
          title,
          bits ? `signed and encrypted, RSA-${bits}` : "plain",
          count(wireBytes),
          `${ms} ms`,
          `${firstMs} ms`,
          `${count(peakBytes)} of ${count(totalBytes)}`,
        ]),
  );
  return markdownTable(
    ["heap", "report", "bytes on the wire", "engine", "the first one", "heap, peak"],
    cells,
  );
}

function sizeTable(sizes) {
  const cells = sizes.map(({ board, bytes, snapshot }) => [
    `\`build/${board}.js\``,
    count(bytes),
    snapshot === undefined ? "not measured: no jerry-snapshot" : count(snapshot),
    snapshot === undefined ? "" : `${(snapshot / bytes).toFixed(2)} ×`,
  ]);
  return markdownTable(["", "text", "byte code", "of the text"], cells);
}

function documentOf({ machine, version, parts, heaps, sizes }) {
  return [
    "## JerryScript",
    `${machine.date}, ${machine.model}, ${machine.cores} cores (load of the last quarter of an hour: ${machine.load}), JerryScript ${version}.`,
    "A Pico has a 150 MHz Cortex-M33 or a 133 MHz Cortex-M0+: its times are others, and some hundred times as long. The heap is the engine's own count of the most that was taken, of a program that does nothing else. aes-js is the quicker one, and its tables take half of a Pico W's heap: that is why the bundle has a cipher of its own.",
    partTable(parts),
    "One report at a time of the bundle of the board `jerry`, in the engine from start to end: login, the ScopeNode's key, five reports. The heap's peak holds the bundle, the host (`stdio-host.js`), and the files that the host keeps there.",
    reportTable(heaps),
    "Byte code of `jerry-snapshot` needs no parser on the board, and is longer than the text of a minified bundle:",
    sizeTable(sizes),
  ].join("\n\n");
}

async function heapOf([variable, title], say) {
  const named = process.env[variable];
  const binary = named && findProgram(named);
  if (!binary) return { title, lack: `set ${variable}` };
  return { title, rows: await measureJerryReports(binary, say) };
}

/** @param {(line: string) => void} say */
export async function benchJerry(say) {
  const binary = process.env.JERRY && findProgram(process.env.JERRY);
  if (!binary) {
    say("skipped: set JERRY");
    return { isMet: true };
  }
  const heaps = [];
  const parts = await partRows(binary, say);
  for (const heap of HEAPS) heaps.push(await heapOf(heap, say));
  const boards = ["jerry", "pico2w"];
  const figures = {
    machine: machineNow(),
    version: jerryVersion(binary),
    parts,
    heaps,
    sizes: sizesOf(boards),
  };
  await writeSection("npm run bench, jerry", documentOf(figures));
  say(`${FILE} is written`);
  return { isMet: true, ...figures };
}
