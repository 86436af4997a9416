// A board's bundle has the drivers that its data file names, and no others.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { OutputOptions, RollupOptions } from "rollup";
import { chosenDrivers } from "../../../../scripts/chosen-drivers.js";
import { bundleOf, configurationsOf } from "../support/board-bundles.js";

const DRIVERS = ["mhz19", "senseair-s8", "t6713", "cm1106", "scd30", "scd4x"];
const BUS = ["scd30", "scd4x"];
const ESP32 = JSON.parse(readFileSync("boards/esp32.json", "utf8")) as {
  uarts: Record<string, object>;
  i2c: object;
  button: string;
};

/** The data file of an ESP32 with that sensor. */
function boardWith(driver: string): object {
  const { i2c, uarts, ...rest } = ESP32;
  const lines = BUS.includes(driver) ? { i2c, uarts: { gps: uarts["gps"] } } : { uarts };
  return { ...rest, ...lines, name: driver, sensors: { co2: driver } };
}

function withUblox(): object {
  return { ...ESP32, name: "ublox", sensors: { co2: "mhz19", gps: "ublox" } };
}

describe("a board's sensors", function () {
  this.timeout(90_000);
  let folder: string;
  let configurations: RollupOptions[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "microspime-boards-"));
    for (const driver of DRIVERS) {
      writeFileSync(join(folder, `${driver}.json`), JSON.stringify(boardWith(driver)));
    }
    writeFileSync(join(folder, "ublox.json"), JSON.stringify(withUblox()));
    configurations = await configurationsOf({ BOARDS: folder, BUNDLES: join(folder, "build") });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const configurationOf = (board: string) =>
    configurations.find(
      ({ output }) => basename((output as OutputOptions).file!, ".js") === board,
    )!;

  it("has the pin of its button", async () => {
    const { button } = ESP32;
    assert.ok((await bundleOf(configurationOf("mhz19"))).code.includes(`button:"${button}"`));
  });

  it("ublox: what a receiver is told is in the bundle, and only where it is named", async () => {
    assert.ok((await bundleOf(configurationOf("ublox"))).files.includes("ublox"));
    assert.ok(!(await bundleOf(configurationOf("mhz19"))).files.includes("ublox"));
  });

  for (const driver of DRIVERS) {
    it(`${driver}: its driver is in the bundle, alone, and the bus if it is on it`, async () => {
      const { code, files } = await bundleOf(configurationOf(driver));
      assert.deepEqual(
        files.filter((file) => DRIVERS.includes(file)),
        [driver],
      );
      const isOnBus = BUS.includes(driver);
      assert.equal(code.includes("I2C1"), isOnBus);
      assert.equal(code.includes("sda"), isOnBus);
      assert.equal(files.includes("uart-talk"), !isOnBus);
      assert.equal(files.includes("sensirion"), isOnBus);
    });
  }

  it("that nobody has written, or that the board has no line for, are an error", () => {
    const board = { name: "x", uarts: { co2: {} } };
    const named = (co2?: string) => () => chosenDrivers({ ...board, sensors: { co2 } });
    assert.throws(named("bme280"), /^Error: boards\/x\.json: sensors\.co2 names no driver/);
    assert.throws(named("../agent"), /names no driver/);
    assert.throws(named(), /names no driver/);
    assert.throws(named("scd30"), /^Error: boards\/x\.json: scd30 needs i2c/);
    const without = { name: "x", uarts: {}, sensors: { co2: "mhz19" } };
    assert.throws(() => chosenDrivers(without), /mhz19 needs uarts\.co2/);
  });
});
