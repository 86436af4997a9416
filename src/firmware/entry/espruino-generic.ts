// Entry of any other board with Espruino: nothing of a chip, no Wi-Fi. The way to the network is its owner's, who has
// opened it before (a modem's driver in `.boot0`, for example); where there is none, samples wait.

import { DRIVER, IS_ON_BUS, RECEIVER } from "../sensors/chosen.js";
import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import { dotArithmetic } from "../crypto/dot-arithmetic.js";
import type { DotProduct } from "../crypto/dot-arithmetic.js";
import { createMontgomery } from "../crypto/montgomery.js";
import { createPlatform, defragment, NATIVE_CIPHER, NATIVE_HASHES } from "../ports/espruino.js";
import { openI2c } from "../ports/espruino-i2c.js";
import { flashInMemory } from "../ports/memory-flash.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;
declare const E: { convolve: DotProduct; reboot(): void };
declare const process: { env: { BOARD: string } };
declare function load(): void;

const ARITHMETIC = dotArithmetic(E.convolve, defragment);
/** Which chip it is, and so its source of noise, is not known: the seed carries the weight. */
const platform = createPlatform(
  function () {
    return "";
  },
  undefined,
  BOARD.queue!,
  BOARD.button,
);
// Where the tests run it, there is no chip.
platform.restart = process.env.BOARD === "LINUX" ? load : E.reboot;
const configuration = platform.store.read("microspime.json");
if (!configuration) throw new Error("no microspime.json");
if (BOARD.queue!.address === undefined) {
  const flash = flashInMemory(BOARD.queue!);
  platform.flash = function () {
    return flash;
  };
}
if (IS_ON_BUS) platform.i2c = openI2c(BOARD.i2c!);
startAgent(
  platform,
  {
    hashes: NATIVE_HASHES,
    cipher: NATIVE_CIPHER,
    rsa: function (pause) {
      return [createMontgomery(ARITHMETIC, pause)];
    },
  },
  BOARD,
  JSON.parse(configuration),
  DRIVER,
  RECEIVER,
);
// Nobody opens them again; they take thirty variables.
delete (BOARD as Partial<Board>).uarts;
