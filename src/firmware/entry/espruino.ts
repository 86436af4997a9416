// Entry of the boards with Espruino on a chip.

import { DRIVER, IS_ON_BUS, RECEIVER } from "../sensors/chosen.js";
import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import { dotArithmetic } from "../crypto/dot-arithmetic.js";
import type { DotProduct } from "../crypto/dot-arithmetic.js";
import { createEsp32Rsa } from "../crypto/esp32-rsa.js";
import { createMontgomery } from "../crypto/montgomery.js";
import {
  createPlatform,
  defragment,
  NATIVE_CIPHER,
  NATIVE_HASHES,
  noiseOfRegister,
} from "../ports/espruino.js";
import { addChip } from "../ports/espruino-chip.js";
import { openI2c } from "../ports/espruino-i2c.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;
declare const E: { convolve: DotProduct };
declare function peek32(address: number): number;
declare function poke32(address: number, word: number): void;

const ARITHMETIC = dotArithmetic(E.convolve, defragment);
const platform = createPlatform(
  noiseOfRegister,
  BOARD.entropy.register!,
  BOARD.queue!,
  BOARD.button,
);
const configuration = platform.store.read("microspime.json");
if (!configuration) throw new Error("no microspime.json");
addChip(platform, BOARD);
if (IS_ON_BUS) platform.i2c = openI2c(BOARD.i2c!);
startAgent(
  platform,
  {
    hashes: NATIVE_HASHES,
    cipher: NATIVE_CIPHER,
    rsa: function (pause) {
      const dot = createMontgomery(ARITHMETIC, pause);
      return [createEsp32Rsa(BOARD.accelerator!, peek32, poke32, pause), dot];
    },
  },
  BOARD,
  JSON.parse(configuration),
  DRIVER,
  RECEIVER,
);
// Nobody opens them again; they take thirty variables.
delete (BOARD as Partial<Board>).uarts;
