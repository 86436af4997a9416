// The board `espruino` in the real engine: it knows nothing of Wi-Fi and of chips, takes the network as it is, and keeps
// its samples in memory. ESPRUINO_SMALL is a build with an ESP32's few variables.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { recordingPath } from "../../src/desktop/paths.js";
import { readBundle } from "../../src/desktop/sim/bundle.js";
import { simulate } from "../../src/desktop/sim/simulation.js";

const lacksSocat = spawnSync("socat", ["-V"]).error !== undefined;
const REPORTS = 3;
const TIMEOUT_MS = 60_000;

/** On Linux a UART is a file, which this board's configuration does not know; a chip has its own. */
const UARTS =
  'var paths=JSON.parse(require("Storage").read("microspime.json")).uartPaths;' +
  "Serial1.setup(9600,{path:paths.gps});Serial2.setup(9600,{path:paths.co2});";

function lackOf(variable: string): string {
  if (!process.env[variable]) return ` (skipped: set ${variable})`;
  return lacksSocat ? " (skipped: install socat)" : "";
}

for (const variable of ["ESPRUINO", "ESPRUINO_SMALL"]) {
  const lack = lackOf(variable);

  describe(`the board espruino, ${variable}`, function () {
    this.timeout(TIMEOUT_MS);
    const binary = process.env["ESPRUINO"];
    before(() => (process.env["ESPRUINO"] = process.env[variable]));
    after(() => {
      if (binary === undefined) delete process.env["ESPRUINO"];
      else process.env["ESPRUINO"] = binary;
    });

    (lack ? it.skip : it)(`reports over a network that is there${lack}`, async () => {
      const said: string[] = [];
      const outcome = await simulate(
        {
          ...{ engine: "espruino", speed: 5, port: 0, tls: false, outside: undefined },
          ...{ reports: REPORTS, samplePeriodS: 3, patienceS: 30, keys: undefined },
          ...{ gpsFile: recordingPath("mt3339.nmea"), co2File: recordingPath("co2-morning.csv") },
          ...{ bundle: readBundle("espruino"), probe: UARTS },
        },
        {
          ...{ onScene: () => {}, onNote: () => {}, onAcknowledged: () => {}, traffic: undefined },
          onAgent: (_event, line) => void said.push(line),
        },
        new AbortController().signal,
      );
      assert.deepEqual([outcome.acknowledged, outcome.refused], [REPORTS, 0], said.join("\n"));
      assert.ok(
        said.some((line) => line.startsWith("info hello board=espruino ")),
        said.join("\n"),
      );
    });
  });
}
