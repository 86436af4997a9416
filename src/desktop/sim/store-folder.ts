// What a board keeps. In a folder of this machine each of its files is one there, its flash another, and all of it is on the
// disk when a call returns, so that a run which is killed goes on where it was. In memory it is gone with the process.

import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import type { Flash, Store } from "../../firmware/platform.js";
import { codeOf, usageFailure } from "../failure.js";

const FLASH_FILE = "flash.bin";
export const PAGE_BYTES = 4096;
const PAGES = 16;

const toText = (bytes: Buffer) => bytes.toString("latin1");
const toBytes = (text: string) => Buffer.from(text, "latin1");

export interface StoreFolder extends Store {
  readonly flash: Flash;
  close(): void;
}

/** As flash does it: a bit goes from 1 to 0, and back with its page. `keep` gets the octets that have changed, and where. */
function flashIn(bytes: Buffer, keep: (at: number, changed: Buffer) => void): Flash {
  return {
    area: { pages: bytes.length / PAGE_BYTES, pageBytes: PAGE_BYTES },
    read: (at, count) => toText(bytes.subarray(at, at + count)),
    write(at, text) {
      toBytes(text).forEach((byte, index) => (bytes[at + index]! &= byte));
      keep(at, bytes.subarray(at, at + text.length));
    },
    erase(page) {
      const erased = bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES).fill(0xff);
      keep(page * PAGE_BYTES, erased);
    },
  };
}

function emptyFlash(): Buffer {
  return Buffer.alloc(PAGES * PAGE_BYTES, 0xff);
}

/** Outlives a power cut of the board, and nothing else. Of a string it keeps the low bytes, as flash does. */
export function memoryFolder(): StoreFolder {
  const kept = new Map<string, Buffer>();
  return {
    flash: flashIn(emptyFlash(), () => {}),
    read(name) {
      const bytes = kept.get(name);
      return bytes && toText(bytes);
    },
    write: (name, text) => void kept.set(name, toBytes(text)),
    close() {},
  };
}

/** Makes the folder where there is none. Rejects a flash file that is not of whole pages. */
export function openStoreFolder(folder: string): StoreFolder {
  try {
    return open(folder);
  } catch (error) {
    const code = codeOf(error);
    if (!code) throw error;
    const message = `The folder ${folder} cannot keep what the board stores: ${code}.`;
    throw usageFailure(message, "Give --store a folder that you may write to.");
  }
}

function open(folder: string): StoreFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, FLASH_FILE);
  if (!existsSync(file)) writeFileSync(file, emptyFlash(), { mode: 0o600 });
  const bytes = readFileSync(file);
  if (bytes.length === 0 || bytes.length % PAGE_BYTES > 0) {
    const message = `${file} has ${bytes.length} bytes, which are no pages of ${PAGE_BYTES}.`;
    throw usageFailure(message, "Move it away: the board begins with an empty one.");
  }
  const flashFile = openSync(file, "r+");
  return {
    flash: flashIn(bytes, (at, changed) => {
      writeSync(flashFile, changed, 0, changed.length, at);
      fdatasyncSync(flashFile);
    }),
    read: (name) => readStored(path.join(folder, name)),
    write: (name, text) => replace(path.join(folder, name), toBytes(text)),
    close: () => closeSync(flashFile),
  };
}

function readStored(file: string): string | undefined {
  return existsSync(file) ? toText(readFileSync(file)) : undefined;
}

/** The old one or the new one is there, whatever happens. Keys are among them: nobody else reads it. */
function replace(file: string, bytes: Buffer): void {
  const next = `${file}.new`;
  const opened = openSync(next, "w", 0o600);
  try {
    writeSync(opened, bytes);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(next, file);
}
