// One report of the agent in the real JerryScript, the bundle of the board `jerry` in the simulation: what it takes of the
// engine's heap, by the engine's own statistics, and of its time.
import { recordingPath } from "../../build/tsc/src/desktop/paths.js";
import { simulate } from "../../build/tsc/src/desktop/sim/simulation.js";
import { median, NO_STOP, wireBytesOf, pem } from "./report.js";

/** The first asks for the ScopeNode's key. */
const REPORTS = 5;
/** So long that each has one sample; so short that the recording is not over. */
const PERIOD_S = 4;

function optionsOf(bits) {
  return {
    engine: "jerry",
    speed: 1,
    port: 0,
    tls: false,
    outside: undefined,
    reports: REPORTS,
    samplePeriodS: PERIOD_S,
    gpsFile: recordingPath("mt3339.nmea"),
    co2File: recordingPath("co2-morning.csv"),
    patienceS: 120,
    keys: bits ? { spime: pem("spime", bits), scopenode: pem("scopenode", bits) } : undefined,
  };
}

async function measure(bits) {
  const found = { wireBytes: [], sealMs: [] };
  const audience = {
    onScene: () => {},
    onNote: () => {},
    onAgent: () => {},
    onAcknowledged: ({ sealMs }) => found.sealMs.push(sealMs),
    traffic: wireBytesOf(found.wireBytes),
  };
  const { refused, memory } = await simulate(optionsOf(bits), audience, NO_STOP);
  if (refused > 0) throw new Error("a report was refused");
  if (!memory) throw new Error("this JerryScript was built without statistics (--mem-stats=ON)");
  const [firstMs, ...others] = found.sealMs;
  const wireBytes = Math.max(...found.wireBytes);
  return { bits, wireBytes, firstMs, ms: median(others), ...memory };
}

/** @param {string} binary @param {(line: string) => void} say */
export async function measureJerryReports(binary, say) {
  const before = process.env.JERRY;
  const rows = [];
  // The simulation finds its engine there.
  process.env.JERRY = binary;
  try {
    for (const bits of [0, 1024, 2048]) {
      const row = await measure(bits);
      const { wireBytes, ms, peakBytes, totalBytes } = row;
      say(
        `JerryScript (${totalBytes} bytes), a report, RSA-${bits || "none"}: ${wireBytes} bytes, ${ms} ms, ${peakBytes} bytes at most`,
      );
      rows.push(row);
    }
  } finally {
    process.env.JERRY = before ?? "";
  }
  return rows;
}
