// Entry of every board whose data file says `"port": "espruino"`.

import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import { createPlatform, NATIVE_HASHES } from "../ports/espruino.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;

const platform = createPlatform(BOARD);
const configuration = platform.store.read("microspime.json");
if (!configuration) throw new Error("no microspime.json");
startAgent(platform, NATIVE_HASHES, BOARD, JSON.parse(configuration));
