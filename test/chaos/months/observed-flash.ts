// The board's flash as the ledger sees it: which record is written where, and which is settled as what. Power that fails
// in it ends what the board does at that very byte: the flash throws, and nobody in between catches.

import { numberFrom } from "../../../src/firmware/bytes.js";
import type { Flash } from "../../../src/firmware/platform.js";
import { POWER_CUT, type FakeFlash } from "../../portable/fake-flash.js";
import type { FlashWork } from "../powered-flash.js";
import { NUMBER_BASE } from "./sensors.js";
import type { Ledger } from "./ledger.js";

const SLOT_BYTES = 32;
const CHECK_BYTES = 4;
const WAITS = "\xff";

export function isPowerCut(error: unknown): boolean {
  return (error as Error | undefined)?.message === POWER_CUT;
}

/** `onCut`: before it throws; whether power failed while a record was put into flash. */
export function observedFlash(
  flash: FakeFlash,
  ledger: Ledger,
  onCut: (work: FlashWork, isWriting: boolean) => void,
): Flash {
  const { pageBytes } = flash.area;

  /** False when power has failed in it, and what it has left behind is to be looked at before it is told. */
  function lasts(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (isPowerCut(error)) return false;
      throw error;
    }
  }

  function fail(work: FlashWork, isWriting: boolean): never {
    onCut(work, isWriting);
    throw new Error(POWER_CUT);
  }

  function writeRecord(at: number, text: string): void {
    const isDone = lasts(() => flash.write(at, text));
    const isWhole = isDone || flash.read(at, text.length) === text;
    const body = text.slice(CHECK_BYTES);
    const serial = numberFrom(body.slice(6, 8)) - NUMBER_BASE;
    ledger.onWritten(at - 1, serial, numberFrom(body.slice(0, 6)), isWhole);
    if (!isDone) fail("write", true);
  }

  function mark(at: number, text: string): void {
    const isDone = lasts(() => flash.write(at, text));
    // Torn, it may still wait.
    if (flash.read(at, 1) !== WAITS) ledger.onSettled(at, text.charCodeAt(0));
    if (!isDone) fail("write", false);
  }

  return {
    area: flash.area,
    read: (at, count) => flash.read(at, count),
    write(at, text) {
      const isHeader = at % pageBytes < SLOT_BYTES;
      if (!isHeader && at % SLOT_BYTES === 1) writeRecord(at, text);
      else if (!isHeader) mark(at, text);
      else if (!lasts(() => flash.write(at, text))) fail("write", at % SLOT_BYTES === 1);
    },
    erase(page) {
      const isDone = lasts(() => flash.erase(page));
      ledger.onErased(page * pageBytes, (page + 1) * pageBytes);
      if (!isDone) fail("erase", true);
    },
  };
}
