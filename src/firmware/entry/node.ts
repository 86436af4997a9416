// Entry of every board whose data file says `"port": "node"`.

import { DRIVER, RECEIVER } from "../sensors/chosen.js";
import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import { bigIntRsa } from "../crypto/big-int-rsa.js";
import { LOOP_ARITHMETIC } from "../crypto/loop-arithmetic.js";
import { createMontgomery } from "../crypto/montgomery.js";
import { PORTABLE_CIPHER } from "../crypto/portable-aes.js";
import { PORTABLE_HASHES } from "../crypto/portable-hash.js";
import { platform } from "../ports/node.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;

const configuration = platform.store.read("microspime.json");
if (!configuration) throw new Error("no microspime.json");
startAgent(
  platform,
  {
    hashes: PORTABLE_HASHES,
    cipher: PORTABLE_CIPHER,
    rsa: function (pause) {
      const native = bigIntRsa();
      const portable = createMontgomery(LOOP_ARITHMETIC, pause);
      return native ? [native, portable] : [portable];
    },
  },
  BOARD,
  JSON.parse(configuration),
  DRIVER,
  RECEIVER,
);
