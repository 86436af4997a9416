// The bundles that the build makes, the very ones that are flashed.

import { readFileSync } from "node:fs";
import { codeOf, ExitCode, Failure } from "../failure.js";
import { bundlePath } from "../paths.js";

export interface Bundle {
  readonly file: string;
  readonly text: string;
}

export function readBundle(board: string): Bundle {
  const file = bundlePath(board);
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch (error) {
    const message = `The board's bundle build/${board}.js cannot be read: ${codeOf(error)}.`;
    throw new Failure(ExitCode.toolMissing, message, "Build it first: npm run build");
  }
}
