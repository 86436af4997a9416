// Whether the Espruino at the other end is the one that a board's bundle was made for.

import { ExitCode, Failure } from "../failure.js";
import type { Engine } from "./board-console.js";

/** The bundle is tested on it: docs/espruino.md. Packets of the console came with 2v25. */
const TESTED = "2v29";

/** What Espruino's builds for a chip call themselves (process.env.BOARD), with or without what follows a `_`. */
const BUILDS: Readonly<Record<string, string>> = {
  esp32: "ESP32",
  esp32c3: "ESP32C3",
  esp32s3: "ESP32S3",
};

/** `undefined`: any will do. */
export function buildFor(board: { name: string; chip?: string }): string | undefined {
  if (board.chip !== undefined) return BUILDS[board.chip];
  return board.name === "linux" ? "LINUX" : undefined;
}

function failure(message: string, advice: string): Failure {
  return new Failure(ExitCode.board, message, advice);
}

/** Throws a `Failure`; gives a note where the engine is newer than what was tested. */
export function checkEngine(
  { board, version }: Engine,
  expected: { name: string; chip?: string },
): string | undefined {
  const build = buildFor(expected);
  if (build !== undefined && board.split("_")[0] !== build) {
    throw failure(
      `This is an Espruino for ${board || "an unknown board"}, and ${expected.name} needs one for ${build}.`,
      "Give the --board that it is, or the --port of the other. Nothing was changed.",
    );
  }
  const order = compareVersions(version, TESTED);
  if (order < 0) {
    throw failure(
      `The board has Espruino ${version || "of unknown version"}, and ${TESTED} is the oldest that is tested.`,
      `Put Espruino ${TESTED} on it (https://www.espruino.com/Download), then flash again. Nothing was changed.`,
    );
  }
  return order > 0 ? `Espruino ${version} is newer than ${TESTED}, which is tested.` : undefined;
}

/** Of `2v29` and `2v29.277`, which is a build behind it: as good as it. What is no version comes before all. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => {
    const match = /^(\d+)v(\d+)/.exec(version);
    return match ? Number(match[1]) * 1000 + Number(match[2]) : -1;
  };
  return Math.sign(numbers(one) - numbers(other));
}
