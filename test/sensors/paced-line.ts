// A UART between a driver and a simulated sensor, at the pace of its baud rate: an answer arrives cut in two, some
// time after its question.

import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../src/desktop/sim/wire.js";

const BITS_PER_BYTE = 10;
/** What a sensor takes before it begins to answer. */
const THINKING_MS = 20;

export class PacedLine {
  readonly wire = new Wire();
  /** As the sensor gave it. */
  lastAnswer: Buffer = Buffer.alloc(0);
  private answers = 0;
  private freeMs = 0;

  constructor(
    private readonly clock: BoardClock,
    private readonly baud: number,
    onBytes: (bytes: string) => void,
  ) {
    this.wire.onBytesForBoard((bytes) => {
      this.lastAnswer = bytes;
      // Another place for each answer.
      const cut = (this.answers += 1) % (bytes.length + 1);
      this.freeMs = Math.max(this.freeMs, clock.nowMs() + THINKING_MS);
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        this.freeMs += this.durationMs(piece.length);
        clock.after(this.freeMs - clock.nowMs(), () => onBytes(piece.toString("latin1")));
      }
    });
  }

  write(bytes: string): void {
    const sent = () => this.wire.toSensor(Buffer.from(bytes, "latin1"));
    this.clock.after(this.durationMs(bytes.length), sent);
  }

  private durationMs(bytes: number): number {
    return (bytes * BITS_PER_BYTE * 1000) / this.baud;
  }
}
