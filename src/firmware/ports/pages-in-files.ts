// Flash of a board whose host keeps files and nothing else: a file a page, each replaced as a whole, so that a power cut
// leaves the old page or the new one (HostStore). What is in no file is erased.

import type { ByteString, Flash, FlashArea } from "../platform.js";
import type { HostStore } from "./host-contract.js";
import { textOf } from "../octets.js";

/** Of each page: its number stands behind it. */
const FILE = "microspime.queue";

/** Keeps the page that was used last, for as long as itself is kept. */
export function flashInFiles(store: HostStore, area: FlashArea): Flash {
  const { pageBytes } = area;
  let page = -1;
  let bytes: Uint8Array;

  function open(at: number): number {
    const wanted = Math.floor(at / pageBytes);
    if (wanted !== page) {
      const kept = store.read(FILE + wanted);
      page = wanted;
      bytes = new Uint8Array(pageBytes);
      for (let index = 0; index < pageBytes; index++) {
        bytes[index] = kept && index < kept.length ? kept[index] : 255;
      }
    }
    return at - page * pageBytes;
  }

  return {
    area,
    read: function (at, count) {
      const from = open(at);
      return textOf(bytes.subarray(from, from + count));
    },
    write: function (at, text: ByteString) {
      const from = open(at);
      for (let index = 0; index < text.length; index++)
        bytes[from + index] &= text.charCodeAt(index);
      try {
        store.write(FILE + page, bytes);
      } catch {
        // Read anew, it shows that it was not written.
        page = -1;
      }
    },
    erase: function (erased) {
      store.erase(FILE + erased);
      page = -1;
    },
  };
}
