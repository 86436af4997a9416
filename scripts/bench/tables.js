// What was measured as Markdown, and which targets (issue 3) it misses.

import { markdownTable } from "../markdown-table.js";

const TARGETS = { jsbnOnEspruino: 12, loopOnEspruino: 25, pauses: 50, jsbnOnJerry: 50 };

const ms = (value) =>
  value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value).toLocaleString("en")} ms`;
const ratio = (value) => `${value.toFixed(1)} ×`;

/** @typedef {{what: string, target: number, value: number}} Target */

/** @returns {Target[]} */
export function targetsOf({ espruino, jerry }) {
  return [...espruinoTargets(espruino), ...jerryTargets(jerry)];
}

/** Those of Espruino count from flash, where the board's program lies. */
function espruinoTargets({ rows = [] }) {
  const fromFlash = rows.filter(({ place }) => place === "flash");
  return fromFlash.flatMap(({ bits, dot, loop, jsbn }) => [
    bits === 1024
      ? {
          what: "Espruino, RSA-1024 private: espruino-dot to jsbn",
          target: TARGETS.jsbnOnEspruino,
          value: jsbn.ms / dot.ms,
        }
      : {
          // The primes are part of what espruino-dot does; the table has the loop with them, too.
          what: "Espruino, RSA-2048 private: espruino-dot to the interpreted 25-bit loop without primes",
          target: TARGETS.loopOnEspruino,
          value: loop.withoutPrimesMs / dot.ms,
        },
    {
      what: `Espruino, RSA-${bits} private: the operation to its longest time without yielding`,
      target: TARGETS.pauses,
      value: dot.ms / dot.longestMs,
    },
  ]);
}

function jerryTargets({ rows = [] }) {
  return rows.map(({ bits, bigInt, jsbn }) => ({
    what: `JerryScript, RSA-${bits} private: bigint to jsbn`,
    target: TARGETS.jsbnOnJerry,
    value: jsbn.ms / bigInt.ms,
  }));
}

function espruinoTables({ skipped, version, total, rows }) {
  if (skipped) return skipped;
  const speeds = rows.map(({ place, bits, dot, loop, jsbn }) => [
    `RSA-${bits}, ${place}`,
    ms(dot.ms),
    jsbn ? ms(jsbn.ms) : "not measured",
    jsbn ? ratio(jsbn.ms / dot.ms) : "",
    `${ms(loop.ms)}${loop.isExtrapolated ? " (computed)" : ""}`,
    ratio(loop.ms / dot.ms),
    `${ms(loop.withoutPrimesMs)} (computed)`,
    ratio(loop.withoutPrimesMs / dot.ms),
  ]);
  const manners = rows.map(({ place, bits, dot }) => [
    `RSA-${bits}, ${place}`,
    ms(dot.longestMs),
    `1/${Math.floor(dot.ms / dot.longestMs)}`,
    dot.peak.toLocaleString("en"),
    dot.before.toLocaleString("en"),
  ]);
  return [
    `Espruino ${version}, ${total.toLocaleString("en")} variables. One private power; all but "without`,
    `primes" use the two primes. The loop has limbs of 25 bits and lets carries wait`,
    "(`scripts/bench/loop25.js`); what is computed is its number of multiplications times the time of one.",
    "Espruino's Linux build reads a program in flash with a call of `fread` for every few bytes, which halves",
    "its speed; on an ESP32 flash is mapped into memory. Both sides of a ratio ran from the same place. Times",
    "are the engine's processor time.",
    "",
    markdownTable(
      [
        "",
        "`espruino-dot`",
        "jsbn 1.1.0",
        "faster by",
        "25-bit loop",
        "faster by",
        "25-bit loop without primes",
        "faster by",
      ],
      speeds,
    ),
    "",
    "The longest time in which `espruino-dot` does not let the event loop run, and variables in use (17-byte",
    "blocks): at most, and before with the program loaded.",
    "",
    markdownTable(["", "longest", "of the operation", "variables, peak", "before"], manners),
  ].join("\n");
}

function jerryTable({ skipped, version, rows }) {
  if (skipped) return skipped;
  const cells = rows.map(({ bits, bigInt, jsbn }) => [
    `RSA-${bits}`,
    ms(bigInt.ms),
    ms(jsbn.ms),
    ratio(jsbn.ms / bigInt.ms),
  ]);
  return [
    `JerryScript ${version}. One private power, with the two primes.`,
    "",
    markdownTable(["", "`bigint`", "jsbn 1.1.0", "faster by"], cells),
  ].join("\n");
}

const count = (value) => value.toLocaleString("en");

function reportRow({ bits, failure, wireBytes, ms: sealMs, firstMs, peak, idle }) {
  const what = bits ? `signed and encrypted, RSA-${bits}` : "plain";
  return failure
    ? [what, `not measured: ${failure}`, "", "", "", ""]
    : [what, count(wireBytes), ms(sealMs), ms(firstMs), count(peak), count(idle)];
}

function reportTable({ skipped, version, total, rows }) {
  if (skipped) return skipped;
  return [
    `Espruino ${version}, ${count(total)} variables:`,
    "",
    markdownTable(
      ["", "bytes on the wire", "engine", "the first one", "variables, peak", "waiting"],
      rows.map(reportRow),
    ),
  ].join("\n");
}

const REPORTS = [
  "One sample, by the bundle of the board `linux` from flash, with the certification service and the ScopeNode",
  "of the simulation. The wire's bytes are those of the `<iq>` that carries the report. The engine's time is",
  "that from the sample to the stanza, by its own clock, while GPS and CO2 are read; the first report also asks",
  "for the ScopeNode's key and prepares it. Variables are 17-byte blocks, looked at in a run of its own",
  "every 5 ms that the event loop runs, after a garbage collection; the last column is their median.",
].join("\n");

/** Both engines, where the small one was named. */
function reportTables({ report, reportSmall }) {
  return [REPORTS, reportTable(report), reportTable(reportSmall)].join("\n\n");
}

function targetTable(targets) {
  const rows = targets.map(({ what, target, value }) => [
    what,
    `${target} ×`,
    ratio(value),
    value >= target ? "met" : `missed: ${Math.round((value / target) * 100)} % of it`,
  ]);
  return markdownTable(["target", "at least", "measured", ""], rows);
}

/** Everything under one heading a table. */
export function documentOf(results, machine) {
  const targets = targetsOf(results);
  return [
    `${machine.date}, ${machine.model}, ${machine.cores} cores (load of the last quarter of an hour: ${machine.load}), Node ${machine.node}.`,
    `## RSA on Espruino\n\n${espruinoTables(results.espruino)}`,
    `## RSA on JerryScript\n\n${jerryTable(results.jerry)}`,
    `## One report, signed and encrypted\n\n${reportTables(results)}`,
    ...(targets.length > 0 ? [`## Targets\n\n${targetTable(targets)}`] : []),
  ].join("\n\n");
}
