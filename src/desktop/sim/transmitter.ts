// The sending end of a sensor's serial line: one byte after the other, at the pace of the baud rate.

import type { BoardClock } from "./virtual-clock.js";
import type { Wire } from "./wire.js";

/** What a board's UART hands over at once, at most. */
const PIECE_BYTES = 64;
/** 8N1. */
const BITS_PER_BYTE = 10;

export class Transmitter {
  private freeAtMs = 0;

  constructor(
    private readonly wire: Wire,
    private readonly clock: BoardClock,
    private readonly baud: number,
  ) {}

  /** When it will have sent all that it has; now, if it has. */
  get freeMs(): number {
    return Math.max(this.freeAtMs, this.clock.nowMs());
  }

  /** Behind what it still sends. Bytes arrive when the line has carried them, not before. */
  send(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.freeAtMs = this.freeMs + (piece.length * BITS_PER_BYTE * 1000) / this.baud;
      this.clock.after(this.freeAtMs - this.clock.nowMs(), () => this.wire.toBoard(piece));
    }
  }
}
