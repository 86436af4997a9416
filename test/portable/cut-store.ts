// A store that fails as a board's does: writing needs several steps, between which the power can go, and
// it has no room left. The steps are those of Espruino's Storage (src/jsflash.c).

import type { SmallStore } from "../../src/firmware/store/durable-file.js";

/** The message of the error with which a run ends that has lost its power. */
export const POWER_CUT = "power cut";

export interface CutStore extends SmallStore {
  files: { [name: string]: string | undefined };
  /** What a write does: `""` writes, `"ignore"` does nothing, `"throw"` throws. */
  fault: string;
  /**
   * The next write ends there: before it began (0), with the old file gone (1), with the length of the new
   * one but half its bytes (2), with all (3).
   */
  cutAt(place: number): void;
  /** There is power again. */
  powerOn(): void;
  /** How many writes there were. */
  writes(): number;
}

export function createCutStore(): CutStore {
  let place = -1;
  let isOn = true;
  let writes = 0;

  /** Whoever has no power comes to no end. */
  function assertOn(): void {
    if (!isOn) throw new Error(POWER_CUT);
  }

  function stepsOf(name: string, bytes: string): (string | undefined)[] {
    const half = bytes.length >> 1;
    let torn = bytes.slice(0, half);
    while (torn.length < bytes.length) torn += "\xff";
    return [store.files[name], undefined, torn, bytes];
  }

  const store: CutStore = {
    files: {},
    fault: "",
    cutAt: function (next) {
      place = next;
    },
    powerOn: function () {
      isOn = true;
    },
    writes: function () {
      return writes;
    },
    read: function (name) {
      assertOn();
      return store.files[name];
    },
    write: function (name, bytes) {
      const isCut = place >= 0;
      assertOn();
      writes++;
      if (store.fault === "throw") throw new Error("Unable to find or create file");
      if (store.fault) return;
      store.files[name] = stepsOf(name, bytes)[isCut ? place : 3];
      place = -1;
      isOn = !isCut;
      assertOn();
    },
  };
  return store;
}
