// What a UART loses while JavaScript is busy: a line whose TX is wired to its RX is written to, the program computes nine
// tenths of the time, and what comes back is compared. Espruino reads into a ring of a few hundred bytes between two turns.

import type { Now, Values } from "./values.js";

export interface LoopbackLine {
  on(event: "data", handler: (bytes: string) => void): void;
  write(bytes: string): void;
}

/** As a GPS receiver writes: 480 bytes of each second at 9,600 baud. */
const PIECE_BYTES = 48;
const PIECE_MS = 100;
const BUSY_MS = 90;
/** For what is still on its way. */
const REST_MS = 1000;
/** Bytes that tell where they belong; a multiple of it is lost unnoticed only if whole rounds are. */
const ROUND = 251;

export function measureLoss(
  line: LoopbackLine,
  after: (delayMs: number, next: () => void) => void,
  nowMs: Now,
  pieces: number,
  onDone: (values: Values) => void,
): void {
  let sent = 0;
  let received = 0;
  let outOfPlace = 0;
  let expected = 0;

  line.on("data", function (bytes) {
    for (let at = 0; at < bytes.length; at++) {
      const code = bytes.charCodeAt(at);
      if (code !== expected) outOfPlace++;
      expected = (code + 1) % ROUND;
    }
    received += bytes.length;
  });

  function beBusy(): void {
    const endMs = nowMs() + BUSY_MS;
    while (nowMs() < endMs);
  }

  function finish(): void {
    const values: Values = {};
    values["sent"] = sent;
    values["received"] = received;
    values["lost"] = sent - received;
    values["outOfPlace"] = outOfPlace;
    onDone(values);
  }

  function next(): void {
    let piece = "";
    if (!pieces--) {
      after(REST_MS, finish);
      return;
    }
    for (let at = 0; at < PIECE_BYTES; at++) piece += String.fromCharCode((sent + at) % ROUND);
    sent += PIECE_BYTES;
    line.write(piece);
    after(PIECE_MS - BUSY_MS, next);
    beBusy();
  }

  next();
}
