// A program for a board, signed: what docs/update.md says of the signature and of the file that carries both from where the
// key is to where the board can be reached.

import { createHash, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface Program {
  /** The kind of board, as boards/NAME.json names it. */
  readonly board: string;
  readonly version: string;
  /** ASCII. */
  readonly text: Buffer;
}

export interface SignedProgram extends Program {
  /** Base64 of the chained digest. */
  readonly digest: string;
  /** Base64: RSA PKCS#1 v1.5 with SHA-256 (RFC 8017 section 8.2). */
  readonly signature: string;
}

export const UPDATE = "urn:x-microspime:update";
const FORMAT = "microspime-update-1";
/** A board hashes so many bytes at a time, each piece behind the digest of those before it. */
export const PIECE_BYTES = 256;

export function digestOf(text: Buffer): string {
  let digest = Buffer.alloc(0);
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    const piece = text.subarray(at, at + PIECE_BYTES);
    digest = createHash("sha256").update(digest).update(piece).digest();
  }
  return digest.toString("base64");
}

function signedWords({ board, version, text }: Program, digest: string): Buffer {
  return Buffer.from([UPDATE, board, version, text.length, digest].join("\n"));
}

/** Throws a TypeError that names the field. */
export function signProgram(program: Program, key: KeyObject): SignedProgram {
  check(program);
  const digest = digestOf(program.text);
  const signature = sign("sha256", signedWords(program, digest), key).toString("base64");
  return { ...program, digest, signature };
}

const WORD = /^[\w.+-]{1,40}$/;
/** A board compares three numbers, and nothing else. */
const VERSION = /^\d{1,4}\.\d{1,4}\.\d{1,4}$/;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

function check({ board, version, text }: Program): void {
  if (!WORD.test(board)) throw new TypeError("board: not a name");
  if (!isVersion(version)) {
    throw new TypeError("version: not three numbers of at most four digits, like 1.2.3");
  }
  if (text.length === 0) throw new TypeError("program: it is empty");
  // The board takes such a byte for flash that is not written.
  if (text.some((byte) => byte > 0x7e)) throw new TypeError("program: not in ASCII");
}

/** As a file, JSON. */
export function signedProgramText(program: SignedProgram): string {
  const { text, ...words } = program;
  return `${JSON.stringify({ format: FORMAT, ...words, program: text.toString("base64") })}\n`;
}

/** Throws a TypeError that says what is wrong with it. The signature is for the board to judge. */
export function readSignedProgram(json: string): SignedProgram {
  const fields = parse(json);
  const [board, version, digest, signature, program] = [
    ...["board", "version", "digest", "signature", "program"],
  ].map((name) => String(fields[name] ?? ""));
  if (fields["format"] !== FORMAT) throw new TypeError(`format: not ${FORMAT}`);
  const text = Buffer.from(program, "base64");
  check({ board, version, text });
  if (digestOf(text) !== digest) throw new TypeError("digest: not that of its program");
  if (signature === "") throw new TypeError("signature: there is none");
  return { board, version, text, digest, signature };
}

function parse(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new TypeError("it is no JSON object");
}
