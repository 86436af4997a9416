// A session as it was: JSON, an object a line, each with its second and its kind. What is played again is "bytes".

import { closeSync, openSync, writeSync } from "node:fs";
import { unwritable } from "../failure.js";

export interface Recorder {
  write(atS: number, kind: string, values: object): void;
  close(): void;
}

export const NO_RECORDER: Recorder = { write() {}, close() {} };

const MILLISECONDS = 1000;

/** In each of the files. Throws a `Failure` where one cannot be written. */
export function openRecorder(...files: readonly string[]): Recorder {
  const descriptors = files.map(openRecording);
  return {
    write: (atS, kind, values) => {
      const line = { atS: Math.round(atS * MILLISECONDS) / MILLISECONDS, kind, ...values };
      for (const descriptor of descriptors) writeSync(descriptor, `${JSON.stringify(line)}\n`);
    },
    close: () => descriptors.forEach((descriptor) => closeSync(descriptor)),
  };
}

/** What is in it is of a test, yet for its owner alone. */
function openRecording(file: string): number {
  try {
    return openSync(file, "w", 0o600);
  } catch (error) {
    throw unwritable(file, error, "Name another file.");
  }
}
