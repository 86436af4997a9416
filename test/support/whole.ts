// A number on the command line of an endurance run.

import { InvalidArgumentError } from "commander";

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(text);
}
