// What a board is sent, in which order, and whether there is room: decided before anything is written.

import type { StorageState, WantedFile } from "./board-storage.js";
import { roomFor } from "./board-storage.js";

/** The board starts with it; it runs one of the two programs (src/firmware/entry/loader.ts). */
export const LOADER_FILE = ".bootcde";
export const PROGRAM_FILES = { a: "microspime.a", b: "microspime.b" } as const;
/** A letter: which of them runs. */
export const RUN_FILE = "microspime.run";
/** A letter: which is to be tried once. */
export const TRIAL_FILE = "microspime.try";

export type Letter = keyof typeof PROGRAM_FILES;

export interface Step {
  readonly file: WantedFile;
  /** Bytes that are there already, from the start; all of them: nothing is sent. */
  readonly from: number;
}

export interface Plan {
  /** In the order in which they are sent. */
  readonly steps: readonly Step[];
  readonly bytesToSend: number;
  /** Of Storage. */
  readonly bytesNeeded: number;
}

/** As the loader chooses; nothing where there is no program. */
export function runningLetter(
  run: string | undefined,
  hasProgram: (letter: Letter) => boolean,
): Letter | undefined {
  if ((run === "a" || run === "b") && hasProgram(run)) return run;
  return (["a", "b"] as const).find(hasProgram);
}

/** The place of the program that does not run: until the letter changes, the old one starts. */
export function freeLetter(running: Letter | undefined): Letter {
  return running === "a" ? "b" : "a";
}

export function planOf(steps: readonly Step[]): Plan {
  const missing = steps.filter(({ file, from }) => from < file.bytes.length);
  return {
    steps,
    bytesToSend: sum(missing.map(({ file, from }) => file.bytes.length - from)),
    // One that has come in part has its place already.
    bytesNeeded: sum(
      missing.filter(({ from }) => from === 0).map(({ file }) => roomFor(file.bytes.length)),
    ),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * What stays free for what the board writes itself: where it found no room, the engine would move files, and with them the
 * program that runs from them.
 */
export const SPARE_BYTES = 16384;

export type Room = "enough" | "after compaction" | "too little";

/** Of free Storage. */
export function neededOf({ bytesNeeded }: Plan): number {
  return bytesNeeded > 0 ? bytesNeeded + SPARE_BYTES : 0;
}

export function roomOf(plan: Plan, { freeBytes, trashBytes }: StorageState): Room {
  const bytesNeeded = neededOf(plan);
  if (bytesNeeded <= freeBytes) return "enough";
  return bytesNeeded <= freeBytes + trashBytes ? "after compaction" : "too little";
}
