// Whether the Espruino at the other end is the one that a board's bundle was made for.

import { boardFailure } from "../failure.js";
import type { Engine } from "./board-console.js";

/** Of a board's data file. */
export interface WantedEngine {
  /** What process.env.BOARD says there, with or without what follows a `_`; absent: any will do. */
  readonly board?: string;
  /** The oldest that the bundle is tested with: docs/espruino.md. */
  readonly version: string;
}

export interface FlashedBoard {
  readonly name: string;
  readonly engine: WantedEngine;
}

/** Throws a `Failure`; gives a note where the engine is newer than what was tested. */
export function checkEngine(
  { board, version }: Engine,
  { name, engine }: FlashedBoard,
): string | undefined {
  const tested = engine.version;
  if (engine.board !== undefined && board.split("_")[0] !== engine.board.split("_")[0]) {
    throw boardFailure(
      `This is an Espruino for ${board || "an unknown board"}, and ${name} needs one for ${engine.board}.`,
      "Give the --board that it is, or the --port of the other. Nothing was changed.",
    );
  }
  const order = compareVersions(version, tested);
  if (order < 0) {
    throw boardFailure(
      `The board has Espruino ${version || "of unknown version"}, and ${tested} is the oldest that is tested.`,
      `Put Espruino ${tested} on it (https://www.espruino.com/Download), then flash again. Nothing was changed.`,
    );
  }
  return order > 0 ? `Espruino ${version} is newer than ${tested}, which is tested.` : undefined;
}

/** Of `2v29` and `2v29.277`, which is a build behind it: as good as it. What is no version comes before all. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => {
    const match = /^(\d+)v(\d+)/.exec(version);
    return match ? Number(match[1]) * 1000 + Number(match[2]) : -1;
  };
  return Math.sign(numbers(one) - numbers(other));
}
