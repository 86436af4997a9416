// A GPS receiver that sends a recording (NMEA 0183) over its serial line again: byte for byte, each
// epoch at the time that its sentences carry, at the pace of the baud rate.

import type { BoardClock } from "./virtual-clock.js";
import type { Wire } from "./wire.js";

export interface Epoch {
  /** Since the epoch before. */
  readonly afterMs: number;
  readonly bytes: Buffer;
}

const DAY_MS = 86_400_000;
const USUAL_EPOCH_MS = 1000;
/** A longer pause in a recording is a gap in it, not something to sit through. */
const LONGEST_PAUSE_MS = 10_000;
/** What a board's UART hands over at once, at most. */
const PIECE_BYTES = 64;
const BITS_PER_BYTE = 10;

const SENTENCE_WITH_TIME = /^\$..(?:RMC|GGA|GNS|ZDA),(\d\d)(\d\d)(\d\d(?:\.\d+)?),/;

function timeOfDayMs(line: string): number | undefined {
  const match = SENTENCE_WITH_TIME.exec(line);
  if (!match) return undefined;
  return (Number(match[1]) * 60 + Number(match[2])) * 60_000 + Math.round(Number(match[3]) * 1000);
}

function pauseMs(from: number, to: number): number {
  const difference = (to - from + DAY_MS) % DAY_MS;
  return difference > LONGEST_PAUSE_MS ? USUAL_EPOCH_MS : difference;
}

/** The lines of a recording as octets in Latin-1, the `#` lines at its head left out. */
function linesOf(recording: Buffer): string[] {
  const lines = recording.toString("latin1").split(/(?<=\n)/);
  const start = lines.findIndex((line) => !line.startsWith("#"));
  return start < 0 ? [] : lines.slice(start);
}

/** Cuts a recording where the time of day in its sentences changes; `undefined` without any NMEA. */
export function epochsOf(recording: Buffer): Epoch[] | undefined {
  const epochs: { afterMs: number; text: string }[] = [];
  let lastMs: number | undefined;
  for (const line of linesOf(recording)) {
    const timeMs = timeOfDayMs(line);
    const isNew = timeMs !== undefined && timeMs !== lastMs;
    if (isNew || epochs.length === 0) {
      const afterMs = lastMs === undefined || timeMs === undefined ? 0 : pauseMs(lastMs, timeMs);
      epochs.push({ afterMs, text: "" });
    }
    epochs[epochs.length - 1].text += line;
    lastMs = timeMs ?? lastMs;
  }
  if (lastMs === undefined) return undefined;
  return epochs.map(({ afterMs, text }) => ({ afterMs, bytes: Buffer.from(text, "latin1") }));
}

/** What goes over the line at once, and when, since the start. */
export interface Piece {
  readonly atMs: number;
  readonly bytes: Buffer;
}

/** A line carries one thing after the other: an epoch too long for its time delays the next. */
export function piecesOf(epochs: readonly Epoch[], baud: number): Piece[] {
  const pieces: Piece[] = [];
  let epochMs = 0;
  let lineFreeMs = 0;
  for (const { afterMs, bytes } of epochs) {
    epochMs += afterMs;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = {
        atMs: Math.max(epochMs, lineFreeMs),
        bytes: bytes.subarray(at, at + PIECE_BYTES),
      };
      lineFreeMs = piece.atMs + (piece.bytes.length * BITS_PER_BYTE * 1000) / baud;
      pieces.push(piece);
    }
  }
  return pieces;
}

export class GpsReceiver {
  private readonly pieces: readonly Piece[];
  readonly durationMs: number;

  constructor(
    epochs: readonly Epoch[],
    private readonly wire: Wire,
    private readonly clock: BoardClock,
    baud: number,
  ) {
    this.pieces = piecesOf(epochs, baud);
    this.durationMs = epochs.reduce((sum, epoch) => sum + epoch.afterMs, 0);
  }

  /** Plays the recording from its start; `onEnd` comes a second after the last of it. */
  play(onEnd: () => void): void {
    this.playFrom(0, this.clock.nowMs(), onEnd);
  }

  /** Times count from the start, so that late timers do not add up. */
  private playFrom(index: number, startMs: number, onEnd: () => void): void {
    if (index === this.pieces.length) {
      this.clock.after(USUAL_EPOCH_MS, onEnd);
      return;
    }
    const { atMs, bytes } = this.pieces[index];
    this.clock.after(startMs + atMs - this.clock.nowMs(), () => {
      this.wire.toBoard(bytes);
      this.playFrom(index + 1, startMs, onEnd);
    });
  }
}
