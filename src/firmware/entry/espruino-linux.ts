// Entry of Espruino on Linux: noise from a file, UARTs behind files that the configuration names, no
// accelerator; all of its flash is Storage, so that pages of the board's own lie inside of a file there.

import { DRIVER, RECEIVER } from "../sensors/chosen.js";
import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import type { Configuration } from "../configuration.js";
import { dotArithmetic } from "../crypto/dot-arithmetic.js";
import type { DotProduct } from "../crypto/dot-arithmetic.js";
import { createMontgomery } from "../crypto/montgomery.js";
import { areaInFile, growMemory } from "../ports/espruino-linux.js";
import {
  createPlatform,
  defragment,
  NATIVE_CIPHER,
  NATIVE_HASHES,
  noiseOfFile,
} from "../ports/espruino.js";

/** The data file boards/NAME.json: rollup.config.js puts it here. */
declare const BOARD: Board;
declare const E: { convolve: DotProduct };
declare function load(): void;

const area = BOARD.queue!;
area.address = areaInFile("microspime.queue", area);
const platform = createPlatform(noiseOfFile, BOARD.entropy.file!, area);
// Its E.reboot ends the engine.
platform.restart = load;
const text = platform.store.read("microspime.json");
if (!text) throw new Error("no microspime.json");
const configuration: Configuration = JSON.parse(text);
if (configuration.tls) growMemory();
const paths = configuration.uartPaths || {};
BOARD.uarts.gps.path = paths.gps;
if (BOARD.uarts.co2) BOARD.uarts.co2.path = paths.co2;
const ARITHMETIC = dotArithmetic(E.convolve, defragment);
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
  configuration,
  DRIVER,
  RECEIVER,
);
// Nobody opens them again; they take thirty variables.
delete (BOARD as Partial<Board>).uarts;
delete configuration.uartPaths;
