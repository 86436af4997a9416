// NOR flash as a chip has it: bits go from 1 to 0, a page's back together; and power that fails in the middle of what is
// done.

import type { Flash } from "../../src/firmware/platform.js";

export interface FakeFlash extends Flash {
  /** Power fails when so many more bytes have been written or erased; Infinity, as at first: it does not. */
  cutAfter(bytes: number): void;
  /** Bytes written or erased since the last call. */
  worked(): number;
  /** Pages erased, by page. */
  erased: number[];
}

/** What the flash throws when power fails. */
export const POWER_CUT = "power cut";

/** `chance` gives a byte: the bits that a byte has got when power fails in it. */
export function createFakeFlash(pages: number, pageBytes: number, chance: () => number): FakeFlash {
  const bytes = new Uint8Array(pages * pageBytes);
  let left = Infinity;
  let count = 0;
  const erased: number[] = [];
  for (let at = 0; at < bytes.length; at++) bytes[at] = 255;
  for (let page = 0; page < pages; page++) erased.push(0);

  /** Whether power lasts for this byte. */
  function spend(): boolean {
    count++;
    return left-- > 0;
  }

  return {
    area: { pages: pages, pageBytes: pageBytes },
    erased: erased,
    cutAfter: function (limit) {
      left = limit;
    },
    worked: function () {
      const before = count;
      count = 0;
      return before;
    },
    read: function (at, length) {
      let text = "";
      for (let index = 0; index < length; index++) text += String.fromCharCode(bytes[at + index]);
      return text;
    },
    write: function (at, text) {
      for (let index = 0; index < text.length; index++) {
        const whole = bytes[at + index] & text.charCodeAt(index);
        if (!spend()) {
          bytes[at + index] &= whole | chance();
          throw new Error(POWER_CUT);
        }
        if (whole !== text.charCodeAt(index)) throw new Error("a bit from 0 to 1");
        bytes[at + index] = whole;
      }
    },
    erase: function (page) {
      erased[page]++;
      for (let index = 0; index < pageBytes; index++) {
        const at = page * pageBytes + index;
        if (!spend()) {
          // What comes behind keeps some of its bits, too.
          for (let rest = at; rest < (page + 1) * pageBytes; rest++) bytes[rest] |= chance();
          throw new Error(POWER_CUT);
        }
        bytes[at] = 255;
      }
    },
  };
}
