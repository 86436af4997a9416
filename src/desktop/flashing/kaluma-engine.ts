// Whether the Kaluma at the other end is the one that a board's bundle was made for.

import { boardFailure } from "../failure.js";
import type { Engine } from "./board-console.js";

/** Of a board's data file. */
export interface KalumaBoard {
  readonly name: string;
  readonly engine: { readonly board: string; readonly version: string };
}

/** Throws a `Failure`; gives a note where it is newer than the one that was read. */
export function checkKaluma(found: Engine, { name, engine }: KalumaBoard): string | undefined {
  if (found.board !== engine.board) {
    throw boardFailure(
      `This is a Kaluma for ${found.board || "an unknown board"}, and ${name} needs one for ${engine.board}.`,
      "Give the --board that it is, or the --port of the other. Nothing was changed.",
    );
  }
  const order = numberOf(found.version) - numberOf(engine.version);
  // Not "not less": what is no version is no number.
  if (!(order >= 0)) {
    throw boardFailure(
      `The board has Kaluma ${found.version || "of unknown version"}, and the program is written for ${engine.version}.`,
      `Put Kaluma ${engine.version} on it (docs/kaluma.md), then flash again. Nothing was changed.`,
    );
  }
  return order > 0
    ? `Kaluma ${found.version} is newer than ${engine.version}, for which the program is written.`
    : undefined;
}

/** Of `1.3.0` and `1.3.0-beta.2`, which is as good as it. */
function numberOf(version: string): number {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match ? Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3]) : NaN;
}
