// A full area of the queue as an earlier life of the board would have left it in Espruino's Storage.
import { createHash } from "node:crypto";
import { flashLog, flashLogState } from "../../build/tsc/src/firmware/store/flash-log.js";
import { createFakeFlash } from "../../build/tsc/test/portable/fake-flash.js";

export const PAGE_BYTES = 4096;
const BODY_BYTES = 25;
/** In the middle of a page; what `thin` moves into one is in 64 of its 128 slots. */
const LAST_SLOT = 100;
/** The area begins with a page of the Linux build; the first file has its header before it (ports/espruino-linux.ts). */
const STORAGE_PAGE_BYTES = 1024;
const HEADER_BYTES = 32;

/** As the engine has it: the check of a record. */
export const hash = {
  name: "SHA-256",
  digest: (bytes) => createHash("sha256").update(bytes, "latin1").digest("latin1"),
};

/** The first file of a Storage, a byte string; for `areaInFile`. */
export function fullArea(pages, whenFull) {
  const flash = createFakeFlash(pages, PAGE_BYTES, () => 0);
  const state = flashLogState(() => flash, hash, { whenFull });
  const log = flashLog(state);
  log.begin();
  while (state.sequence <= pages || state.slot !== LAST_SLOT)
    log.append("\x01".padEnd(BODY_BYTES, "0"));
  const before = "\xff".repeat(STORAGE_PAGE_BYTES - HEADER_BYTES);
  return before + flash.read(0, pages * PAGE_BYTES);
}
