// The agent on a host of the contract (ports/host-contract.ts): what its entries have in common.

import { startAgent } from "../agent.js";
import type { Board } from "../board.js";
import type { Configuration } from "../configuration.js";
import { bigIntRsa } from "../crypto/big-int-rsa.js";
import { LOOP_ARITHMETIC } from "../crypto/loop-arithmetic.js";
import { createMontgomery } from "../crypto/montgomery.js";
import { PORTABLE_CIPHER } from "../crypto/portable-aes.js";
import { PORTABLE_HASHES } from "../crypto/portable-hash.js";
import type { MicrospimeHost } from "../ports/host-contract.js";
import { createPlatform, openI2c } from "../ports/host.js";
import { checkPlainLink } from "../ports/plain-link.js";
import { DRIVER, IS_ON_BUS, RECEIVER } from "../sensors/chosen.js";

/** Starts for good. Throws on what is missing or wrong, and names it. */
export function startOnHost(host: MicrospimeHost, board: Board): void {
  const platform = createPlatform(host, board);
  const text = platform.store.read("microspime.json");
  if (!text) throw new Error("no microspime.json");
  const configuration: Configuration = JSON.parse(text);
  if (host.sockets.tls === "none") checkPlainLink(configuration);
  if (IS_ON_BUS && host.i2c) platform.i2c = openI2c(host.i2c, board.i2c!);
  startAgent(
    platform,
    {
      hashes: PORTABLE_HASHES,
      cipher: PORTABLE_CIPHER,
      rsa: function (pause) {
        const portable = createMontgomery(LOOP_ARITHMETIC, pause);
        const native = bigIntRsa();
        return native ? [native, portable] : [portable];
      },
    },
    board,
    configuration,
    DRIVER,
    RECEIVER,
  );
}
