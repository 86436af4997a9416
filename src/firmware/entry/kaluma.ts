// Entry of the boards with Kaluma.

import type { Board } from "../board.js";
import { kalumaHost } from "../ports/kaluma.js";
import { startOnHost } from "./start-on-host.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;
declare const console: { error(line: string): void };

try {
  startOnHost(kalumaHost(), BOARD);
} catch (error) {
  // Kaluma 1.3 prints no exception.
  console.error("error stopped reason=" + (error as Error).message);
  throw error;
}
