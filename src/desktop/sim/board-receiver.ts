// Which GPS receiver a simulated board has, by what its data file boards/NAME.json says of it.

import { readFileSync } from "node:fs";
import { boardPath } from "../paths.js";
import type { UbloxGeneration } from "./sensors/ublox.js";

/** That does whatever a board tells it, of older and newer commands. */
const BOTH_COMMANDS: UbloxGeneration = 9;

/** Of the u-blox receiver where the text of the file names one; otherwise it is one that nobody can tell anything. */
export function generationIn(boardFile: string): UbloxGeneration | undefined {
  const { sensors } = JSON.parse(boardFile) as { sensors: { gps?: string } };
  return sensors.gps === "ublox" ? BOTH_COMMANDS : undefined;
}

export function generationOn(board: string): UbloxGeneration | undefined {
  return generationIn(readFileSync(boardPath(board), "utf8"));
}
