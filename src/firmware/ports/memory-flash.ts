// Pages of flash that are memory, for a board of which nobody knows what flash is free: what waits in them is gone when
// the power is.

import type { Flash, FlashArea } from "../platform.js";

declare const E: { toString(bytes: Uint8Array): string };

export function flashInMemory(area: FlashArea): Flash {
  const { pages, pageBytes } = area;
  const bytes = new Uint8Array(pages * pageBytes).fill(255);
  return {
    area,
    read: function (at, count) {
      return E.toString(bytes.subarray(at, at + count));
    },
    write: function (at, text) {
      for (let index = 0; index < text.length; index++) bytes[at + index] &= text.charCodeAt(index);
    },
    erase: function (page) {
      bytes.fill(255, page * pageBytes, (page + 1) * pageBytes);
    },
  };
}
