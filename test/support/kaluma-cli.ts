// `@kaluma/cli` where a tester has it: KALUMA_CLI names its folder, or `kaluma` is on the PATH.

import { Failure } from "../../src/desktop/failure.js";
import { findKalumaCli } from "../../src/desktop/flashing/kaluma-cli.js";
import type { KalumaCli } from "../../src/desktop/flashing/kaluma-cli.js";

export function kalumaCli(): KalumaCli | undefined {
  try {
    return findKalumaCli();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
