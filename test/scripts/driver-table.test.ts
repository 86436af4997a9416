// The table of docs/sensors.md: what it says of a driver, and which drivers there are.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import {
  driverSection,
  isWithinTarget,
  TARGET_BYTES,
} from "../../../../scripts/bench/driver-table.js";

const MACHINE = { date: "2026-11-25", model: "a processor", cores: 2, node: "v20" };
const ROW = { driver: "x", isOnBus: false, own: 850, shared: 1700, bundle: 30_100, gzip: 14_600 };
const SOURCES = "src/firmware/sensors";

/** Who has a `DRIVER`. */
function driversThere(): string[] {
  const files = readdirSync(SOURCES).filter((file) =>
    readFileSync(`${SOURCES}/${file}`, "utf8").includes("export const DRIVER:"),
  );
  return files.map((file) => file.replace(".ts", ""));
}

describe("the table of CO2 drivers", () => {
  it("has a driver's bytes", () => {
    const section = driverSection([ROW], MACHINE);
    assert.match(section, /^\| `x` \| 850 \| 1,700 \| 30,100 \| 14,600 \|$/m);
  });

  it("knows a driver on a UART that is too large", () => {
    const withBytes = (own: number, isOnBus = false) => isWithinTarget({ ...ROW, own, isOnBus });
    assert.equal(withBytes(TARGET_BYTES), true);
    assert.equal(withBytes(TARGET_BYTES + 1), false);
    assert.equal(withBytes(TARGET_BYTES + 1, true), true);
  });

  it("is in the document, between its comments, with every driver that there is", () => {
    const [, rest] = readFileSync("docs/sensors.md", "utf8").split(
      "<!-- npm run bench, drivers -->",
    );
    const [figures = ""] = rest?.split("<!-- end of npm run bench, drivers -->") ?? [];
    const named = [...figures.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    assert.deepEqual(named.sort(), driversThere().sort());
  });
});
