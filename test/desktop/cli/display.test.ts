// Places as a person sees them: none, coarse, old.

import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { entryLines } from "../../../src/desktop/cli/claimer-display.js";
import { reportLines } from "../../../src/desktop/cli/display.js";
import { logEventOf } from "../../../src/desktop/sim/agent-log.js";
import { readReport } from "../../../src/desktop/sim/acknowledgement.js";
import type { SpimeEntry } from "../../../src/desktop/openspime/entry.js";

const date = new Date("2008-04-02T16:54:22Z");

describe("microspime seek: the place of an entry", () => {
  const place = { lat: 45.475841199050905, lon: 9.172725677490234 };
  const rows: [name: string, place: Partial<SpimeEntry>, lines: string[]][] = [
    [
      "exact",
      { ...place, eleM: 120 },
      ["  2008-04-02 16:54:22   45.475841     9.172726   120.0 m    400 ppm  outdoor"],
    ],
    ["none", {}, ["  2008-04-02 16:54:22           –            –         –    400 ppm  outdoor"]],
    [
      "coarse",
      { lat: 45.48, lon: -9.17 },
      ["  2008-04-02 16:54:22   45.480000    -9.170000         –    400 ppm  outdoor"],
    ],
    [
      "old",
      { ...place, eleM: 120, placeAgeS: 340 },
      [
        "  2008-04-02 16:54:22   45.475841     9.172726   120.0 m    400 ppm  outdoor",
        "                       (340 s old)",
      ],
    ],
  ];
  for (const [name, changes, lines] of rows) {
    it(name, () => {
      assert.deepEqual(entryLines({ date, exposure: "outdoor", ppm: 400, ...changes }), lines);
    });
  }
});

describe("microspime sim: the place of a report", () => {
  const head = "  7  2008-04-02 16:54:22  ";
  const tail = "   400 ppm  12 ms";
  const rows: [name: string, logged: string, json: object, lines: string[]][] = [
    [
      "exact",
      " lat=45.475841199 lon=9.172725677 ele=120.000",
      { lat: "45.475841199", lon: "9.172725677", ele: "120.000" },
      [`${head} 45.475841     9.172725   120.0 m${tail}`],
    ],
    ["none", "", {}, [`${head}         –            –         –${tail}`]],
    [
      "coarse",
      " lat=45.480000000 lon=9.170000000",
      { lat: "45.480000000", lon: "9.170000000" },
      [`${head} 45.480000     9.170000         –${tail}`],
    ],
    [
      "old",
      " lat=45.475841199 lon=9.172725677 ele=120.000 age=340",
      { lat: "45.475841199", lon: "9.172725677", ele: "120.000", placeAgeS: 340 },
      [`${head} 45.475841     9.172725   120.0 m${tail}`, "                          (340 s old)"],
    ],
  ];
  for (const [name, place, json, lines] of rows) {
    it(name, () => {
      const line = `info report id=q1 entries=1 time=2008-04-02T16:54:22Z${place} ppm=400 sealMs=0`;
      const report = readReport(logEventOf(line)?.values ?? assert.fail("not of the agent"));
      const others = { entries: 1, time: "2008-04-02T16:54:22Z", ppm: "400", sealMs: 0 };
      assert.deepEqual(report, { ...others, ...json });
      const shown = reportLines({ number: 7, ...report, tookMs: 12.3 });
      assert.deepEqual(shown.map(stripVTControlCharacters), lines);
    });
  }
});
