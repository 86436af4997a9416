// A board's configuration as it lies in its store: JSON in ASCII, in which each byte of UTF-8 is a
// character (`é` is \u00c3\u00a9), because that is how the board holds text (docs/configuration.md).

import type { BoardConfiguration } from "./board-configuration.js";

/** Its text as people write it: the bytes are made here. */
export function configurationText(configuration: BoardConfiguration): string {
  const json = JSON.stringify(configuration, null, 2);
  return Buffer.from(json, "utf8")
    .toString("latin1")
    .replace(/[^ -~\n]/g, escaped);
}

function escaped(byte: string): string {
  return `\\u${byte.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
