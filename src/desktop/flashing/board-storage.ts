// Files of a board's Storage, through its console: looked at by their checksums, sent in packets, read back.

import { crc32 } from "node:zlib";
import { NoAnswer } from "./board-console.js";
import type { BoardConsole } from "./board-console.js";
import { literal } from "../sim/flash-script.js";

/** Espruino's header of a file, and what files begin at a multiple of (src/jsflash.h). */
const HEADER_BYTES = 32;
const ALIGNMENT_BYTES = 4;
/** Of a packet: 45 variables on a chip. The agent leaves some 500 free of 3,400. */
const PIECE_BYTES = 512;
/** With fewer variables free, and for what comes back as text with escapes. */
const SMALL_PIECE_BYTES = 128;
const FEW_VARIABLES = 300;
/** In a question, which the Linux build wants no longer than 480 characters. */
const LITERAL_CHARACTERS = 280;
/**
 * What a packet may carry. Others go as escapes in a statement: the engine takes a 3 for Ctrl-C before it looks whether it
 * is inside a packet (jsdevices.c), the Linux build ends itself at a 4 (jshardware.c), and a bridge may have ideas of its own
 * about XON, XOFF and bytes from 128 on.
 */
const PLAIN = /^[\n\r\t -~]*$/;
const ATTEMPTS = 5;

export interface StorageState {
  readonly totalBytes: number;
  /** Behind the last file: what can be had without moving files, which the program runs from. */
  readonly freeBytes: number;
  /** Of files that are erased: to be had by compaction. */
  readonly trashBytes: number;
  readonly freeVariables: number;
}

/** One that a board is to have. */
export interface WantedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface StoredFile {
  readonly bytes: number;
  readonly crc: number;
}

const STORAGE = 'require("Storage")';

/** What a new file takes. */
export function roomFor(bytes: number): number {
  return HEADER_BYTES + Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

export async function readState(console: BoardConsole): Promise<StorageState> {
  const [totalBytes, freeBytes, trashBytes, freeVariables] = await console.evaluate<number[]>(
    `(function(s){return[s.totalBytes,s.freeBytes,s.trashBytes,process.memory().free]})(${STORAGE}.getStats())`,
  );
  return { totalBytes, freeBytes, trashBytes, freeVariables };
}

export function listFiles(console: BoardConsole): Promise<string[]> {
  return console.evaluate(`${STORAGE}.list(/^microspime/)`);
}

/** Files that are there, by name; one question for all of them. */
export async function lookAt(
  console: BoardConsole,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredFile>> {
  const found = await console.evaluate<([number, number] | 0)[]>(
    `${JSON.stringify(names)}.map(function(n){n=${STORAGE}.read(n);return n===undefined?0:[n.length,E.CRC32(n)]})`,
  );
  const files = new Map<string, StoredFile>();
  found.forEach((file, at) => {
    if (file) files.set(names[at], { bytes: file[0], crc: file[1] >>> 0 });
  });
  return files;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

async function checksum(
  console: BoardConsole,
  name: string,
  from: number,
  count: number,
): Promise<number> {
  const crc = await console.evaluate<number>(
    `E.CRC32(${STORAGE}.read(${quoted(name)},${from},${count}))`,
  );
  return crc >>> 0;
}

/** Whether that is the file that was found. */
export function isSame(bytes: Buffer, found: StoredFile | undefined): boolean {
  return found?.bytes === bytes.length && found.crc === crc32(bytes);
}

/**
 * How many bytes of it are there, from the start; behind them its place is empty. All of them: it is there. None: it is
 * not there, or another file is in its place.
 */
export async function bytesThere(
  console: BoardConsole,
  { name, bytes }: WantedFile,
  found: StoredFile | undefined,
): Promise<number> {
  if (isSame(bytes, found)) return bytes.length;
  if (found?.bytes !== bytes.length) return 0;
  let from = 0;
  let most = bytes.length;
  while (from < most) {
    const count = Math.ceil((from + most) / 2);
    const isRight = (await checksum(console, name, 0, count)) === crc32(bytes.subarray(0, count));
    if (isRight) from = count;
    else most = count - 1;
  }
  const rest = bytes.length - from;
  const isEmpty = (await checksum(console, name, from, rest)) === crc32(Buffer.alloc(rest, 0xff));
  return isEmpty ? from : 0;
}

async function bytesNow(console: BoardConsole, file: WantedFile): Promise<number> {
  return bytesThere(console, file, (await lookAt(console, [file.name])).get(file.name));
}

/** Looks, and sends what is missing. Rejects as `sendFile` does. */
export async function putFile(
  console: BoardConsole,
  file: WantedFile,
  freeVariables: number,
): Promise<void> {
  await sendFile(console, file, await bytesNow(console, file), freeVariables);
}

/**
 * Sends what is missing and compares all of it. `from`: what `bytesThere` has found. Rejects with `NoAnswer` when the
 * board does not take it, with `LineCut` when the line is cut: then it can go on from where it was.
 */
export async function sendFile(
  console: BoardConsole,
  file: WantedFile,
  from: number,
  freeVariables: number,
  onSent: (count: number) => void = () => {},
): Promise<void> {
  const piece = freeVariables < FEW_VARIABLES ? SMALL_PIECE_BYTES : PIECE_BYTES;
  let at = from;
  let reason = "";
  for (let left = ATTEMPTS; left && at < file.bytes.length; left--) {
    try {
      await sendPieces(console, file, at, piece, onSent);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      reason = error.message;
    }
    at = await bytesNow(console, file);
  }
  if (at < file.bytes.length) throw new NoAnswer(reason || "the checksum is wrong");
}

async function sendPieces(
  console: BoardConsole,
  file: WantedFile,
  from: number,
  piece: number,
  onSent: (count: number) => void,
): Promise<void> {
  const { name, bytes } = file;
  if (console.isHolding || !PLAIN.test(bytes.toString("latin1"))) {
    await writePieces(console, file, from, onSent);
    return;
  }
  // `offs` is where the engine keeps how far it is.
  await console.packet("FILE_SEND", JSON.stringify({ fn: name, s: bytes.length, offs: from }));
  for (let at = from; at < bytes.length; at += piece) {
    const data = bytes.subarray(at, at + piece);
    await console.packet("DATA", data.toString("latin1"));
    onSent(at + data.length);
  }
}

async function writePieces(
  console: BoardConsole,
  { name, bytes }: WantedFile,
  from: number,
  onSent: (count: number) => void,
): Promise<void> {
  for (let at = from; at < bytes.length;) {
    const count = literalBytes(bytes, at);
    const values = [quoted(name), literal(bytes.subarray(at, at + count)), at, bytes.length];
    await console.evaluate(`${STORAGE}.write(${values.join(",")})`);
    at += count;
    onSent(at);
  }
}

/** How many bytes from there make a literal of `LITERAL_CHARACTERS` at most. */
function literalBytes(bytes: Buffer, from: number): number {
  let count = 1;
  let length = literal(bytes.subarray(from, from + 1)).length;
  while (from + count < bytes.length) {
    // Without its quotes.
    length += literal(bytes.subarray(from + count, from + count + 1)).length - 2;
    if (length > LITERAL_CHARACTERS) break;
    count++;
  }
  return count;
}

/** `undefined` where there is none. */
export async function receiveFile(
  console: BoardConsole,
  name: string,
): Promise<Buffer | undefined> {
  const found = (await lookAt(console, [name])).get(name);
  if (!found) return undefined;
  const pieces: Buffer[] = [];
  for (let at = 0; at < found.bytes; at += SMALL_PIECE_BYTES) {
    // The package's reader does not know all escapes that the engine writes, \v and \1 for example.
    const text = await console.evaluate<string>(
      `btoa(${STORAGE}.read(${quoted(name)},${at},${SMALL_PIECE_BYTES}))`,
    );
    pieces.push(Buffer.from(text, "base64"));
  }
  const bytes = Buffer.concat(pieces);
  if (crc32(bytes) !== found.crc) throw new NoAnswer(`${name} cannot be read`);
  return bytes;
}

export async function eraseFile(console: BoardConsole, name: string): Promise<void> {
  await console.evaluate(`${STORAGE}.erase(${quoted(name)})`);
}

export async function compact(console: BoardConsole): Promise<void> {
  await console.evaluate(`${STORAGE}.compact()`);
}
