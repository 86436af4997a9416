// The blocks that RSA works on, PKCS#1 v1.5 (RFC 2313 section 8.1), as OpenSpime uses them:
//
//   type 1, by the private key:  00 01 FF … FF 00 D      at least eight FF
//   type 2, to a public key:     00 02 PS      00 D      PS: at least eight octets, random, not zero
//
// A signature's D is the bare SHA-1 digest. It is compared with the one block that it may be: the forgery of
// Bleichenbacher (2006) lives on reading blocks instead.

import { repeated } from "../bytes.js";
import { fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import type { ResultHandler, RsaProvider } from "./rsa.js";

/** Two octets in front, eight of padding, one zero. */
const PADDING_BYTES = 11;
/** More than any text of the protocol takes: bounds what a stanza can cost (seconds a block). */
const MOST_BLOCKS = 4;

export interface RandomBytes {
  bytes(count: number): string;
}

function modulusBytes(key: KeyRecord): number {
  return fieldOf(key, "n=").length;
}

/** The block of type 1 with this data; none, which is no number of that length, when it has no room. */
function sealBlock(data: string, length: number): string {
  return data.length > length - PADDING_BYTES
    ? ""
    : "\0\x01" + repeated("\xff", length - data.length - 3) + "\0" + data;
}

/**
 * A block of type 1 by the private key; `undefined` when the provider could not, or when the result does
 * not check with the public key: one wrong half of a signature gives the key away (Boneh, DeMillo, Lipton).
 */
export function seal(rsa: RsaProvider, key: KeyRecord, data: string, onDone: ResultHandler): void {
  const block = sealBlock(data, modulusBytes(key));
  privateResult(rsa, key, block, onDone);
}

function privateResult(
  rsa: RsaProvider,
  key: KeyRecord,
  block: string,
  onDone: ResultHandler,
): void {
  rsa.power(key, true, block, function (result) {
    if (!result) onDone(undefined);
    else {
      rsa.power(key, false, result, function (check) {
        onDone(check === block ? result : undefined);
      });
    }
  });
}

/** Whether a block is of type 1 and holds one of these, by the owner of the public key. */
export function verifySeal(
  rsa: RsaProvider,
  key: KeyRecord,
  block: string,
  candidates: string[],
  onDone: (isValid: boolean) => void,
): void {
  rsa.power(key, false, block, function (opened) {
    onDone(candidates.some((data) => sealBlock(data, modulusBytes(key)) === opened));
  });
}

function nonZeroBytes(random: RandomBytes, count: number): string {
  let bytes = "";
  while (bytes.length < count)
    bytes += random
      .bytes(count - bytes.length)
      .split("\0")
      .join("");
  return bytes;
}

/** Applies an operation to one piece after the other and joins the results; `undefined` if one is. */
function eachPiece(
  text: string,
  length: number,
  operation: (piece: string, onDone: ResultHandler) => void,
  onDone: ResultHandler,
): void {
  let joined: string | undefined = "";
  function next(at: number): void {
    if (at >= text.length) onDone(joined);
    else {
      operation(text.slice(at, at + length), function (result) {
        joined = joined === undefined || result === undefined ? undefined : joined + result;
        next(at + length);
      });
    }
  }
  next(0);
}

/** Blocks of type 1, one for each piece of keyBytes − 11. */
export function sealPieces(
  rsa: RsaProvider,
  key: KeyRecord,
  text: string,
  onDone: ResultHandler,
): void {
  eachPiece(
    text,
    modulusBytes(key) - PADDING_BYTES,
    function (piece, onBlock) {
      seal(rsa, key, piece, onBlock);
    },
    onDone,
  );
}

/** Blocks of type 2, one for each piece of keyBytes − 11. */
export function encryptPieces(
  rsa: RsaProvider,
  key: KeyRecord,
  text: string,
  random: RandomBytes,
  onDone: ResultHandler,
): void {
  const length = modulusBytes(key);
  eachPiece(
    text,
    length - PADDING_BYTES,
    function (piece, onBlock) {
      const padding = nonZeroBytes(random, length - piece.length - 3);
      rsa.power(key, false, "\0\x02" + padding + "\0" + piece, onBlock);
    },
    onDone,
  );
}

/** What a block of type 2 holds; `undefined` if it is none. */
function openBlock(block: string): string | undefined {
  const zero = block.indexOf("\0", 2);
  const isBlock = block.slice(0, 2) === "\0\x02" && zero >= PADDING_BYTES - 1;
  return isBlock ? block.slice(zero + 1) : undefined;
}

/** The text of such blocks; `undefined` whatever is wrong, after every block has been opened. */
export function decryptPieces(
  rsa: RsaProvider,
  key: KeyRecord,
  blocks: string,
  onDone: ResultHandler,
): void {
  const length = modulusBytes(key);
  if (!blocks || blocks.length % length || blocks.length > MOST_BLOCKS * length) onDone(undefined);
  else {
    eachPiece(
      blocks,
      length,
      function (block, onText) {
        privateResult(rsa, key, block, function (opened) {
          onText(openBlock(opened || ""));
        });
      },
      onDone,
    );
  }
}
