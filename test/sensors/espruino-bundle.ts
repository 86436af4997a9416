// A bundle for Espruino on Linux with any CO2 driver, out of what tsc has compiled. Only what the engine cannot do without
// is done to it: what makes it small as well takes ten seconds each.

import { readFileSync } from "node:fs";
import { rollup } from "rollup";
import type { Plugin } from "rollup";
import type { Bundle } from "../../src/desktop/sim/bundle.js";
import { bundleFormat, minifiersFor } from "../../../../scripts/bundling.js";
import { chosenDrivers } from "../../../../scripts/chosen-drivers.js";

const ENTRY = "build/tsc/src/firmware/entry/espruino-linux.js";
const NEEDED = ["declare-first", "minify", "declare-late", "separate-texts"];
const CHOSEN = /\/sensors\/chosen\.js$/;

const boardWith = (driver: string): object => ({
  ...(JSON.parse(readFileSync("boards/linux.json", "utf8")) as object),
  ...{ name: driver, sensors: { co2: driver } },
});

/** As for the sources, of which this is compiled. */
function chosenFor(board: object): Plugin {
  const { load } = chosenDrivers(board);
  if (typeof load !== "function") throw new TypeError("load: no function");
  return {
    name: "chosen-compiled",
    load(id) {
      return CHOSEN.test(id) ? load.call(this, id.replace(/js$/, "ts")) : null;
    },
  };
}

export async function bundleWith(driver: string): Promise<Bundle> {
  const board = boardWith(driver);
  const minifiers = minifiersFor("espruino").filter(({ name }) => NEEDED.includes(name));
  const made = await rollup({ input: ENTRY, plugins: [chosenFor(board), ...minifiers] });
  const intro = `var BOARD = ${JSON.stringify(board)};`;
  const { output } = await made.generate({ ...bundleFormat, intro });
  await made.close();
  return { file: `${driver}.js`, text: output[0].code };
}
