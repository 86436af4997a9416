// What a command that goes on by itself prints: a line for each thing that happens, or with `--json` an object.

import { print, printable, printAside, printEvent } from "./terminal.js";

export interface Lines {
  /** `text` for a person, `values` for a script. */
  tell(event: string, text: string, values: object): void;
  /** What went wrong, and goes on. */
  warn(message: string): void;
}

export function createLines(isJson: boolean): Lines {
  if (isJson) {
    return {
      tell: (event, _text, values) => printEvent(event, values),
      warn: (message) => printEvent("error", { message }),
    };
  }
  return {
    tell: (_event, text) => print(text),
    warn: (message) => printAside(printable(message)),
  };
}
