// Flash under a power supply. When that fails in the middle of a byte, nothing more of what its board does has any effect:
// the board's program is not told by an exception, which would come out of the handler of some socket.

import type { Flash } from "../../src/firmware/platform.js";
import { POWER_CUT, type FakeFlash } from "../portable/fake-flash.js";

export type FlashWork = "write" | "erase";

export interface FlashWatch {
  isPowered(): boolean;
  /** Power has failed in it, and is not there any more. */
  onCut(work: FlashWork): void;
  /** A record was marked: it made room, or was damaged (store/flash-log.ts). */
  onDropped(): void;
}

const DROPPED = "\x3f";

export function poweredFlash(flash: FakeFlash, watch: FlashWatch): Flash {
  function attempt(work: FlashWork, act: () => void): void {
    if (!watch.isPowered()) return;
    try {
      act();
    } catch (error) {
      if ((error as Error).message !== POWER_CUT) throw error;
      watch.onCut(work);
    }
  }

  return {
    area: flash.area,
    read: (at, count) => flash.read(at, count),
    write(at, text) {
      if (watch.isPowered() && text === DROPPED) watch.onDropped();
      attempt("write", () => flash.write(at, text));
    },
    erase: (page) => attempt("erase", () => flash.erase(page)),
  };
}
