// A session as it was: JSON, an object a line, each with its second and its kind. What is played again is "bytes".

import { closeSync, openSync, writeSync } from "node:fs";
import { codeOf, usageFailure } from "../failure.js";

export interface Recorder {
  write(atS: number, kind: string, values: object): void;
  close(): void;
}

export const NO_RECORDER: Recorder = { write() {}, close() {} };

const MILLISECONDS = 1000;

/** Throws a `Failure` where it cannot be written. What is in it is of a test, yet for its owner alone. */
export function openRecorder(file: string): Recorder {
  let descriptor: number;
  try {
    descriptor = openSync(file, "w", 0o600);
  } catch (error) {
    throw usageFailure(`${file} cannot be written (${codeOf(error)}).`, "Name another file.");
  }
  return {
    write: (atS, kind, values) => {
      const line = { atS: Math.round(atS * MILLISECONDS) / MILLISECONDS, kind, ...values };
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    },
    close: () => closeSync(descriptor),
  };
}
