// A GPS receiver (NMEA 0183) that stands still and never repeats a time: each fix dates one sample.

import { sentencesOf } from "../../src/desktop/sim/sensors/nmea-sentences.js";
import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";
import type { Wire } from "../../src/desktop/sim/wire.js";

/** Where all of them stand. */
export const PLACE = {
  latDegrees: 44.068843,
  lonDegrees: -121.314192,
  altitudeM: 1127.7,
  geoidHeightM: -19.6,
  hdop: 0.98,
  satellites: 10,
};
const START_MS = Date.UTC(2016, 0, 1);

const PIECE_BYTES = 32;
/** The dates of reports have no smaller part. */
const STEP_MS = 1000;

/** Its time goes on by a second a fix, however often there is one; tells that of the newest fix. */
export function startReceiver(wire: Wire, clock: BoardClock, periodMs: number): () => number {
  let timeMs = START_MS;
  const send = () => {
    wire.toBoard(Buffer.from(epochOf((timeMs += STEP_MS)), "latin1"));
    clock.after(periodMs, send);
  };
  send();
  return () => timeMs;
}

/** RMC and GGA of one time. */
function epochOf(timeMs: number): string {
  const lines = (["RMC", "GGA"] as const).flatMap((name) =>
    sentencesOf("GP", name, { timeMs, ...PLACE }, "valid"),
  );
  return inWholePieces(lines.map((line) => `${line}\r\n`).join(""));
}

/**
 * With ends of lines behind it. Espruino's Linux build reads 32 bytes at a time and joins a shorter piece to one that
 * waits, without a lock (docs/espruino.md).
 */
function inWholePieces(lines: string): string {
  return lines.padEnd(Math.ceil(lines.length / PIECE_BYTES) * PIECE_BYTES, "\n");
}
