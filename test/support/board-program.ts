// The board linux' program as the build has made it, as another version: something to update to.

import { readFileSync } from "node:fs";

const FILE = "build/linux.js";

export function programOf(version: string): string {
  const text = readFileSync(FILE, "latin1");
  const changed = text.replace(/"\d+\.\d+\.\d+"/, JSON.stringify(version));
  if (changed === text) throw new Error(`${FILE}: no version`);
  return changed;
}
