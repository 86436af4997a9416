// Espruino on Linux keeps its flash in a file, and has Storage in all of it (2v29, boards/LINUX.py and jsflash.c): files one
// behind the other, each with a header of 32 bytes, its length (in the lowest 24 bits) and its name.

import type { FlashArea } from "../platform.js";

interface Storage {
  read(name: string, offset: number, count: number): string | undefined;
  write(name: string, bytes: string, offset: number, count: number): void;
}

declare function require(name: "Storage"): Storage;
declare function require(name: "Flash"): { read(count: number, address: number): Uint8Array };
declare const process: { memory(collects: boolean): { total: number } };

const FLASH_START = 0x10000000;
const FLASH_BYTES = 0x40000;
const HEADER_BYTES = 32;
const ALIGNMENT = 4;

/**
 * The address of whole pages inside of a file, which is made where there is none. It stays while Storage has room: a
 * compaction would move it.
 */
export function areaInFile(name: string, { pages, pageBytes }: FlashArea): number {
  const storage = require("Storage");
  const flash = require("Flash");
  const count = (pages + 1) * pageBytes;
  if (storage.read(name, 0, 1) === undefined) storage.write(name, "\xff", 0, count);
  for (let at = FLASH_START; at < FLASH_START + FLASH_BYTES;) {
    const header = flash.read(HEADER_BYTES, at);
    const bytes = header[0] + header[1] * 256 + header[2] * 65536;
    const isThere = !name
      .split("")
      .some((letter, index) => header[4 + index] !== letter.charCodeAt(0));
    at += HEADER_BYTES;
    if (isThere) return (Math.ceil(at / pageBytes) * pageBytes) | 0;
    // Behind the last file of a page its rest is empty.
    if (bytes === 0xffffff) at = Math.ceil(at / pageBytes) * pageBytes;
    else at += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  }
  throw new Error("no " + name);
}

/**
 * TLS takes 1,650 variables here. The engine gets more when there is not one left, but none for a piece of many: with too
 * few for TLS it ends in an assertion. So there is none left once, before TLS is at work.
 */
export function growMemory(): void {
  const enough = 6000;
  const filler = [];
  while (process.memory(false).total < enough) filler.push(0);
}
