// Espruino's Storage as an update finds it (2v29, src/jsflash.c): files of flash that is blank until it is written, written
// piece by piece, never over what is there; room that only the end has. The power can go in each of its steps.

import type { ByteString, Store } from "../../src/firmware/platform.js";
import { repeated } from "./hex.js";

export const POWER_CUT = "power cut";

export interface ProgramStore extends Store {
  erase(name: string): void;
  getFree(): number;
  files: { [name: string]: ByteString | undefined };
  /** Bytes at the end that are free. */
  free: number;
  /** The power goes after so many steps: then nothing works any more. */
  cutAfter(steps: number): void;
  powerOn(): void;
  /** Steps so far. */
  steps: number;
}

const HEADER_BYTES = 32;
/** What one step writes. */
const STEP_BYTES = 100;

export function createProgramStore(free: number): ProgramStore {
  let left = Infinity;
  let isOn = true;

  function assertOn(): void {
    if (!isOn) throw new Error(POWER_CUT);
  }

  function step(): void {
    isOn = isOn && left-- > 0;
    assertOn();
    store.steps++;
  }

  function create(name: string, size: number): void {
    if (store.free < size + HEADER_BYTES) throw new Error("Unable to find or create file");
    step();
    store.free -= size + HEADER_BYTES;
    store.files[name] = repeated("\xff", size);
  }

  function writeAt(name: string, bytes: ByteString, at: number): void {
    const file = store.files[name]!;
    if (at + bytes.length > file.length) throw new Error("Too much data for file size");
    if (file.slice(at, at + bytes.length) !== repeated("\xff", bytes.length))
      throw new Error("File already written with different data");
    for (let done = 0; done < bytes.length; done += STEP_BYTES) {
      step();
      const piece = bytes.slice(done, done + STEP_BYTES);
      const old = store.files[name]!;
      store.files[name] = old.slice(0, at + done) + piece + old.slice(at + done + piece.length);
    }
  }

  const store: ProgramStore = {
    files: {},
    free: free,
    steps: 0,
    cutAfter: function (steps) {
      left = steps;
    },
    powerOn: function () {
      left = Infinity;
      isOn = true;
    },
    read: function (name, at, count) {
      assertOn();
      const file = store.files[name];
      const start = at || 0;
      return file && file.slice(start, count ? start + count : file.length);
    },
    write: function (name, bytes, at, size) {
      const file = store.files[name];
      const wanted = size || bytes.length;
      if (!at && file === bytes) return;
      if (!at && file !== repeated("\xff", wanted)) {
        if (file !== undefined) store.erase(name);
        create(name, wanted);
      }
      if (store.files[name] === undefined) throw new Error("Unable to find or create file");
      writeAt(name, bytes, at || 0);
    },
    erase: function (name) {
      if (store.files[name] === undefined) return;
      step();
      store.files[name] = undefined;
    },
    getFree: function () {
      assertOn();
      return store.free;
    },
  };
  return store;
}
