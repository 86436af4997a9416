// Chaos in the real engine, and whether there is one.

import { spawnSync } from "node:child_process";
import { messageOf } from "../../../src/desktop/failure.js";
import { findEspruino } from "../../../src/desktop/sim/espruino-board.js";

export { espruinoChaos } from "./chaos.js";

/** What is missing for it, a sentence; "" when nothing is. */
export function lackOfEspruino(): string {
  try {
    findEspruino();
  } catch (error) {
    return messageOf(error);
  }
  return spawnSync("socat", ["-V"]).error ? "There is no socat." : "";
}
