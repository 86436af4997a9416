// A program for Espruino on Linux that does nothing but append to the log in flash and settle what is oldest there, for a
// test that kills the engine in the middle of it (test/firmware/espruino-flash.test.ts).

import { areaInFile } from "../../src/firmware/ports/espruino-linux.js";
import { createPlatform, NATIVE_HASHES, noiseOfFile } from "../../src/firmware/ports/espruino.js";
import {
  BODY_BYTES,
  flashLog,
  flashLogState,
  Settled,
} from "../../src/firmware/store/flash-log.js";

declare const global: { [name: string]: unknown };
declare function print(line: string): void;
declare function setInterval(callback: () => void, periodMs: number): void;

const AREA = { pages: 4, pageBytes: 1024, address: 0 };
/** Fewer than make room for others. */
const MOST_WAITING = 40;

AREA.address = areaInFile("microspime.queue", AREA);
const platform = createPlatform(noiseOfFile, "/dev/urandom", AREA);
const state = flashLogState(platform.flash, NATIVE_HASHES[0], {});

function idAt(place: number): string {
  return flashLog(state).bodyAt(place).split("-")[0];
}

function append(id: number): void {
  const body = id + "-------------------------";
  flashLog(state).append(body.slice(0, BODY_BYTES));
  print("appended " + id);
}

function settleOldest(): void {
  const [place] = flashLog(state).waiting(1);
  print("settling " + idAt(place));
  flashLog(state).settle(place, Settled.Delivered);
}

flashLog(state).begin();
print("waiting " + flashLog(state).waiting(999).map(idAt).join());
// Typed by the test, with numbers that were never used.
global["begin"] = function (id: number) {
  setInterval(function () {
    append(id++);
    if (state.size > MOST_WAITING) {
      settleOldest();
      settleOldest();
    }
  }, 1);
};
