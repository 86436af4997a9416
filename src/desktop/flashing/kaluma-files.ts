// Files of a board with Kaluma (littlefs at "/"), through its console: looked at by their checksums, sent in hexadecimal
// digits, read back. Not by `kaluma put`: that sends octets as they are, and Kaluma takes a 3 among them for Ctrl-C.

import { crc32 } from "node:zlib";
import { NoAnswer } from "./board-console.js";
import type { StoredFile, WantedFile } from "./board-storage.js";
import type { KalumaConsole } from "./kaluma-console.js";

/** A line of the console takes 1,023 characters, with what is around the digits. */
const PIECE_BYTES = 400;
const ATTEMPTS = 3;
/** The console keeps its last ten lines (KALUMA_REPL_HISTORY_SIZE). */
const HISTORY_LINES = 10;
const HEX = "global.microspimeHex";

const pathOf = (name: string) => JSON.stringify(`/${name}`);
/** A file that is not yet in the place of the old one. */
const asideOf = (name: string) => `${name}.new`;

/** `undefined`: there is none. Opening one that is not there costs Kaluma memory, so it is asked first. */
export async function lookAtFile(
  console: KalumaConsole,
  name: string,
): Promise<StoredFile | undefined> {
  const found = await console.ask<[number, number] | 0>(
    `(function(n){var f=require("fs"),b,c=-1,i,k;if(!f.exists(n))return 0;b=f.readFile(n);` +
      `for(i=0;i<b.length;i++){c^=b[i];for(k=8;k--;)c=c&1?c>>>1^3988292384:c>>>1}` +
      `return[b.length,(c^-1)>>>0]})(${pathOf(name)})`,
  );
  return found ? { bytes: found[0], crc: found[1] } : undefined;
}

/** Puts it beside the old one. Rejects with `NoAnswer` when it does not arrive whole. */
export async function putAside(
  console: KalumaConsole,
  { name, bytes }: WantedFile,
  onSent: (bytes: number) => void,
): Promise<void> {
  const aside = asideOf(name);
  for (let left = ATTEMPTS; left; left--) {
    await sendDigits(console, bytes, onSent);
    await console.ask(
      `(function(n){var f=require("fs"),h=${HEX},b=new Uint8Array(h.length/2),i,d;` +
        `for(i=0;i<b.length;i++)b[i]=parseInt(h.substr(2*i,2),16);` +
        `${HEX}="";d=f.open(n,"w");f.write(d,b);f.close(d);return 1})(${pathOf(aside)})`,
    );
    const written = await lookAtFile(console, aside);
    if (written?.bytes === bytes.length && written.crc === crc32(bytes)) return;
  }
  throw new NoAnswer("its checksum is another one");
}

async function sendDigits(
  console: KalumaConsole,
  bytes: Buffer,
  onSent: (bytes: number) => void,
): Promise<void> {
  await console.ask(`(${HEX}="",1)`);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    await console.ask(`(${HEX}+="${piece.toString("hex")}").length`);
    onSent(at + piece.length);
  }
}

/** In the place of the old one, at once: littlefs has one of the two whatever happens. */
export async function putInPlace(console: KalumaConsole, name: string): Promise<void> {
  await console.ask(`(require("fs").rename(${pathOf(asideOf(name))},${pathOf(name)}),1)`);
}

export async function removeAside(console: KalumaConsole, name: string): Promise<void> {
  await removeFile(console, asideOf(name));
}

export async function removeFile(console: KalumaConsole, name: string): Promise<void> {
  await console.ask(
    `(function(f,n){return f.exists(n)?(f.unlink(n),1):0})(require("fs"),${pathOf(name)})`,
  );
}

export function listOurs(console: KalumaConsole): Promise<string[]> {
  return console.ask(
    `require("fs").readdir("/").filter(function(n){return n.indexOf("microspime")===0})`,
  );
}

/** Whoever typed the cursor's key up would see the digits of a key else. */
export async function forgetLines(console: KalumaConsole): Promise<void> {
  for (let line = 0; line < HISTORY_LINES; line++) await console.ask("0");
}
