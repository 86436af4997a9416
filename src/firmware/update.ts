// Over-the-air update of a board that the loader boots (entry/loader.ts): the owner sends a signed program in pieces into the
// place that does not run, and has it tried. Ours; no standard has it: docs/update.md has the protocol and what a power cut
// leaves. Everything is made for a request and gone with its answer, but for the state.

import { fromBase64, toBase64, withoutBlanks } from "./bytes.js";
import type { Board } from "./board.js";
import type { Configuration } from "./configuration.js";
import type { Hash } from "./crypto/hash.js";
import type { KeyRecord } from "./crypto/key-record.js";
import { verifySeal } from "./crypto/rsa-blocks.js";
import type { RsaProvider } from "./crypto/rsa.js";
import { isOwner } from "./openspime/claiming.js";
import type { ClaimingSurroundings } from "./openspime/claiming.js";
import {
  BAD_REQUEST,
  BUSY,
  CONFLICT,
  FORBIDDEN,
  INTERNAL_ERROR,
  NO_ROOM,
  NOT_ACCEPTABLE,
  NOT_ALLOWED,
  NOT_AUTHORIZED,
  UNEXPECTED,
  UNKNOWN_CONTENT,
} from "./openspime/conditions.js";
import type { ByteString, Platform, Store } from "./platform.js";
import { ending, Payer } from "./turns.js";
import type { Turns } from "./turns.js";
import { attribute, element } from "./xml/element.js";
import type { Element } from "./xml/element.js";
import type { AnswerQuery } from "./xmpp/session.js";

export const UPDATE = "urn:x-microspime:update";

/** What lasts from one request to the next: the program that was announced and whose signature is right. */
export interface UpdateState {
  /** 0: none. */
  bytes: number;
  /** Base64. */
  digest: string;
  /** So many of its bytes are there. */
  at: number;
  /** It is whole and what was signed, and the board starts it in seconds: until then nobody may change it. */
  isOrdered?: boolean;
}

/** Made for each request. */
export interface UpdateParts {
  platform: Platform;
  machine: Board;
  configuration: Configuration;
  /** SHA-256 first. */
  hashes: Hash[];
  turns: Turns;
  /** Says who is an owner; absent: nobody, as the board has no key. */
  around: ClaimingSurroundings | undefined;
}

/**
 * The digest goes over so many bytes at a time, each with the digest before it: no text has to be as long as a program. As
 * many are sent at a time: a stanza with them fits into what is held while RSA is at work (xmpp/stream.ts).
 */
const PIECE_BYTES = 256;
/** Stays free in the store, for the board's own small files: when that is full the engine moves the program that runs. */
const RESERVE_BYTES = 16384;
const LEAST_TRIAL_S = 600;
/** Until the answer has left. */
const RESTART_MS = 2000;
/** RFC 8017 section 9.2, note 1: the DigestInfo of SHA-256, but for the digest. */
const SHA_256_INFO = "010\r\x06\t`\x86H\x01e\x03\x04\x02\x01\x05\0\x04 ";
/** Flash that is not written; no program has such a byte. */
const BLANK = "\xff";

/** So that the first three numbers compare: 1.2.3 is 100020003, and 2.0 as 2.0.0. */
function rankOf(version: string): number {
  const parts = (version + ".0.0").split(".").slice(0, 3);
  return parts.reduce((rank, part) => rank * 10000 + (parseInt(part, 10) || 0), 0);
}

/** How much of a file of that size there is, in whole pieces; 0 where there is none, or one of another size. */
function writtenOf(store: Store, name: string, bytes: number): number {
  let isWritten = !!store.read(name, bytes - 1, 1) && !store.read(name, bytes, 1);
  let at = 0;
  while (isWritten && at < bytes) {
    const end = Math.min(at + PIECE_BYTES, bytes);
    isWritten = store.read(name, end - 1, 1) !== BLANK;
    if (isWritten) at = end;
  }
  return at;
}

function answerProgress({ at, bytes }: UpdateState, answer: AnswerQuery): void {
  const numbers = attribute("at", "" + at) + attribute("bytes", "" + bytes);
  answer("", element("update", "", attribute("xmlns", UPDATE) + numbers));
}

/** By itself, so that while the chip works for seconds no more than this is kept. */
function beginUpdate(
  rsa: RsaProvider,
  key: KeyRecord,
  signature: string,
  digest: string,
  state: UpdateState,
  next: UpdateState,
  answer: AnswerQuery,
): void {
  verifySeal(rsa, key, signature, [digest], function (isValid) {
    if (isValid) {
      state.bytes = next.bytes;
      state.digest = next.digest;
      state.at = next.at;
      answerProgress(state, answer);
    } else answer(NOT_AUTHORIZED);
  });
}

/** A program on trial has done what it has to do: from now on it is the one that runs. */
export function confirmTrial({ console, timer, store, log }: Platform): void {
  if (!console || !console["microspimeTrial"]) return;
  const place = console["microspimePlace"] as string;
  store.write("microspime.run", place);
  timer.stop(console["microspimeTrial"] as number);
  delete console["microspimeTrial"];
  log.write("info", "confirmed place=" + place);
}

/** Answers an iq of type set in our namespace. */
export function answerUpdate(
  parts: UpdateParts,
  state: UpdateState,
  request: Element,
  from: ByteString,
  answer: AnswerQuery,
): void {
  const { platform, machine: board, configuration, turns, around } = parts;
  const hash = parts.hashes[0];
  const { store, log } = platform;
  const { name, attributes } = request;
  const console = platform.console || {};
  const place = console["microspimePlace"] === "a" ? "b" : "a";
  const file = "microspime." + place;
  const key = store.read("microspime.update");
  const updates = configuration.updates || {};

  function begin(): void {
    const version = attributes["version"] || "";
    const bytes = parseInt(attributes["bytes"] || "", 10) || 0;
    const digest = attributes["digest"] || "";
    const isOlder = rankOf(version) < rankOf(board.version || "");
    const at = writtenOf(store, file, bytes);
    if (attributes["board"] !== board.name || bytes < 1) answer(NOT_ACCEPTABLE);
    else if (isOlder && !updates.downgrade) answer(NOT_ALLOWED);
    else if (!at && store.getFree!() < bytes + RESERVE_BYTES) answer(NO_ROOM);
    else {
      const words = [UPDATE, board.name, version, bytes, digest].join("\n");
      const signature = fromBase64(withoutBlanks(attributes["signature"] || ""));
      const isInLine = turns.takeFor(Payer.Owner, function (done) {
        beginUpdate(
          around!.security.rsa,
          key!,
          signature,
          SHA_256_INFO + hash.digest(words),
          state,
          { bytes, digest, at },
          ending(done, answer),
        );
      });
      if (!isInLine) answer(BUSY);
    }
  }

  /** Whoever sends another piece than the next is told which one that is. */
  function take(): void {
    const piece = fromBase64(withoutBlanks(request.text));
    if (parseInt(attributes["at"] || "", 10) === state.at) {
      store.write(file, piece, state.at, state.bytes);
      state.at += piece.length;
    }
    answerProgress(state, answer);
  }

  function tryIt(): void {
    let digest = "";
    for (let at = 0; at < state.bytes; at += PIECE_BYTES)
      digest = hash.digest(digest + store.read(file, at, PIECE_BYTES));
    if (toBase64(digest) !== state.digest) {
      state.bytes = 0;
      store.erase!(file);
      answer(CONFLICT);
    } else {
      const trialS = updates.trialS || LEAST_TRIAL_S + 2 * configuration.samplePeriodS;
      store.write("microspime.try", place + trialS);
      state.isOrdered = true;
      log.write("info", "trial place=" + place + " s=" + trialS);
      answer("");
      platform.timer.start(RESTART_MS, platform.restart!);
    }
  }

  try {
    if (!around || !key || !isOwner(around, from)) answer(FORBIDDEN);
    else if (!console["microspimePlace"]) answer(UNKNOWN_CONTENT);
    // The other place has what it would go back to.
    else if (console["microspimeTrial"] || state.isOrdered) answer(BUSY);
    else if (name === "update") begin();
    else if (!state.bytes) answer(UNEXPECTED);
    else if (name === "chunk") take();
    else if (name !== "try") answer(BAD_REQUEST);
    else if (state.at < state.bytes) answerProgress(state, answer);
    else tryIt();
  } catch {
    // The store has not taken it.
    state.bytes = 0;
    store.erase!(file);
    answer(INTERNAL_ERROR);
  }
}
