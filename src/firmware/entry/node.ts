// Entry of every board whose data file says `"port": "node"`.

import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import { PORTABLE_HASHES } from "../crypto/portable-hash.js";
import { platform } from "../ports/node.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;

const configuration = platform.store.read("microspime.json");
if (!configuration) throw new Error("no microspime.json");
startAgent(platform, PORTABLE_HASHES, BOARD, JSON.parse(configuration));
