// A GPS receiver that sends a recording (NMEA 0183) over its serial line again: byte for byte, each
// epoch at the time that its sentences carry, at the pace of the baud rate.

import type { VirtualClock } from "./virtual-clock.js";
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

/** The lines of a recording as octets in Latin-1, its `#` header left out. */
function linesOf(recording: Buffer): string[] {
  const lines = recording.toString("latin1").split(/(?<=\n)/);
  return lines.filter((line) => !line.startsWith("#"));
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

export class GpsReceiver {
  constructor(
    private readonly epochs: readonly Epoch[],
    private readonly wire: Wire,
    private readonly clock: VirtualClock,
    private readonly baud: number,
  ) {}

  get durationMs(): number {
    return this.epochs.reduce((sum, epoch) => sum + epoch.afterMs, 0);
  }

  /** Plays the recording from its start; `onEnd` comes a second after its last epoch. */
  play(onEnd: () => void): void {
    this.playFrom(0, onEnd);
  }

  private playFrom(index: number, onEnd: () => void): void {
    if (index === this.epochs.length) {
      this.clock.after(USUAL_EPOCH_MS, onEnd);
      return;
    }
    this.clock.after(this.epochs[index].afterMs, () => {
      this.send(this.epochs[index].bytes);
      this.playFrom(index + 1, onEnd);
    });
  }

  private send(bytes: Buffer): void {
    const pieceMs = (PIECE_BYTES * BITS_PER_BYTE * 1000) / this.baud;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.clock.after((at / PIECE_BYTES) * pieceMs, () => this.wire.toBoard(piece));
    }
  }
}
