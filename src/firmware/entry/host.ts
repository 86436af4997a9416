// Entry of every board whose data file says `"port": "host"`: whoever loads the bundle has put what the contract lists
// (ports/host-contract.ts) into the global `microspimeHost`.

import type { Board } from "../board.js";
import type { MicrospimeHost } from "../ports/host-contract.js";
import { startOnHost } from "./start-on-host.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;
declare const microspimeHost: MicrospimeHost;

startOnHost(microspimeHost, BOARD);
