// The version of this program, which is that of the bundles that were built with it.

import { readFileSync } from "node:fs";
import { packagePath } from "./paths.js";

export function versionOfBuild(): string {
  const { version } = JSON.parse(readFileSync(packagePath, "utf8")) as { version: string };
  return version;
}
