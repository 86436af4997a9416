// The bundle of an ESP32 with each of the CO2 drivers, and what of it the sensor takes.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isBusDriver } from "../chosen-drivers.js";
import { measure } from "../size.js";

export const DRIVERS = ["mhz19", "senseair-s8", "t6713", "cm1106", "scd30", "scd4x"];
const BOARD = "esp32";
/** Of `sensors/`, and not of the CO2 sensor. */
const GPS = "nmea.ts";

/** @typedef {{driver: string, isOnBus: boolean, own: number, shared: number, bundle: number, gzip: number}} Row bytes, minified */

/**
 * Takes a minute and a half.
 * @param {(line: string) => void} say
 * @returns {Row[]}
 */
export function measureDrivers(say) {
  const folder = mkdtempSync(join(tmpdir(), "microspime-drivers-"));
  try {
    say(`Builds the bundle of the ${BOARD} with ${DRIVERS.join(", ")}`);
    build(folder);
    return DRIVERS.map((driver) => rowOf(driver, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} folder */
function build(folder) {
  const board = JSON.parse(readFileSync(`boards/${BOARD}.json`, "utf8"));
  for (const driver of DRIVERS) {
    // A folder for each: the board's name is in the bundle, and the same in all of them.
    const data = { ...board, sensors: { co2: driver } };
    const boards = join(folder, driver, "boards");
    mkdirSync(boards, { recursive: true });
    writeFileSync(join(boards, `${BOARD}.json`), JSON.stringify(data));
    const env = { ...process.env, BOARDS: boards, BUNDLES: join(folder, driver) };
    execFileSync("npx", ["rollup", "--config", "rollup.config.js", "--silent"], {
      env,
      stdio: "inherit",
    });
  }
}

/** @param {string} driver @param {string} folder @returns {Row} */
function rowOf(driver, folder) {
  const read = (name) => readFileSync(join(folder, driver, name), "utf8");
  const map = JSON.parse(read(`${BOARD}.js.map`));
  const { bytes, gzip, files } = measure(read(`${BOARD}.js`), map, {});
  const { sensors } = files;
  const own = sensors[`${driver}.ts`];
  const all = Object.values(sensors).reduce((sum, file) => sum + file, 0);
  return {
    driver,
    isOnBus: isBusDriver(driver),
    own,
    shared: all - own - sensors[GPS],
    bundle: bytes,
    gzip,
  };
}
