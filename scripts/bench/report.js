// One report of the agent in the real Espruino: the bundle of the board `linux` in the simulation, with the
// ScopeNode and the certification service; plain, and signed and encrypted.
import { Buffer } from "node:buffer";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { recordingPath } from "../../build/tsc/src/desktop/paths.js";
import { simulate } from "../../build/tsc/src/desktop/sim/simulation.js";
import { createTrace } from "../../build/tsc/src/desktop/sim/trace.js";
import { espruinoVersion } from "./engines.js";

/** The first has to ask for the ScopeNode's key and to prepare it; the second has it in flash. */
const REPORTS = 2;

/** Seconds between samples: more than a report takes, so that each has one sample. */
const SETTINGS = [
  { bits: 0, periodS: 5 },
  { bits: 1024, periodS: 10 },
  { bits: 2048, periodS: 40 },
];

/** Of how long a time a line of the probe tells. */
const WINDOW_MS = 200;

/**
 * Looks when the event loop runs, which the arithmetic lets it do between multiplications; after a garbage
 * collection, because an engine with room lets garbage lie.
 */
const PROBE =
  `;(function(){var peak=0;setInterval(function(){` +
  `peak=Math.max(peak,process.memory().usage)},5);` +
  `setInterval(function(){print("info probe used="+peak);peak=0},${WINDOW_MS})})();`;

/** Nobody ends it early. */
export const NO_STOP = { aborted: false, addEventListener: () => {} };

export function pem(name, bits) {
  return createPrivateKey(readFileSync(`test/vectors/openspime/${name}-${bits}.pem`));
}

function optionsOf({ bits, periodS }) {
  return {
    engine: "espruino",
    speed: 1,
    port: 0,
    tls: false,
    outside: undefined,
    reports: REPORTS,
    samplePeriodS: periodS,
    gpsFile: recordingPath("mt3339.nmea"),
    co2File: recordingPath("co2-morning.csv"),
    patienceS: 120,
    keys: bits ? { spime: pem("spime", bits), scopenode: pem("scopenode", bits) } : undefined,
  };
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Of each report that is sent, into the list. */
export function wireBytesOf(list) {
  return createTrace((direction, text) => {
    if (direction === "sent" && text.includes("<openspime")) list.push(Buffer.byteLength(text));
  });
}

/** One run. What the simulation's own log says of it is in the events. */
async function runOf(setting, probe) {
  const found = { wireBytes: [], sealMs: [], used: [] };
  let isOnline = false;
  const audience = {
    onScene: () => {},
    onNote: () => {},
    onAcknowledged: ({ sealMs, entries }) => {
      if (entries !== 1) found.trouble = { entries };
      found.sealMs.push(sealMs);
    },
    onAgent: ({ name, values }) => {
      if (name === "online") isOnline = true;
      if (name === "probe" && isOnline) found.used.push(Number(values.used));
      if (name === "refused" || name === "unsealed") found.trouble = values;
    },
    traffic: wireBytesOf(found.wireBytes),
  };
  const outcome = await simulate({ ...optionsOf(setting), probe }, audience, NO_STOP);
  if (outcome.refused > 0 || found.trouble)
    throw new Error(`a report was not one that counts: ${JSON.stringify(found.trouble)}`);
  return found;
}

/** What could not be measured is a row too: an engine may be too small for it. */
async function measure(setting) {
  try {
    const { wireBytes, sealMs } = await runOf(setting, "");
    const { used } = await runOf(setting, PROBE);
    return {
      bits: setting.bits,
      wireBytes: Math.max(...wireBytes),
      firstMs: sealMs[0],
      ms: sealMs[1],
      peak: Math.max(...used),
      // Most of the time the agent waits.
      idle: median(used),
    };
  } catch (error) {
    return { bits: setting.bits, failure: error.message };
  }
}

/** @param {string} binary @param {(line: string) => void} say */
export async function measureReports(binary, say) {
  const before = process.env.ESPRUINO;
  const { version, total } = await espruinoVersion(binary);
  const rows = [];
  // The simulation finds its engine there.
  process.env.ESPRUINO = binary;
  try {
    for (const setting of SETTINGS) {
      const row = await measure(setting);
      const { failure, wireBytes, ms, peak } = row;
      const outcome = failure ?? `${wireBytes} bytes, ${ms} ms, ${peak} variables`;
      say(`Espruino (${total} variables), a report, RSA-${row.bits || "none"}: ${outcome}`);
      rows.push(row);
    }
  } finally {
    process.env.ESPRUINO = before ?? "";
  }
  return { version, total, rows };
}
