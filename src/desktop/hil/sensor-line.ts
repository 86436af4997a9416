// The serial line between a played sensor and the board: each byte arrives when the line has carried it (8N1, or with
// a parity bit), and all of them are told to whoever records.

import type { BoardClock } from "../sim/virtual-clock.js";
import { Wire } from "../sim/wire.js";

export type LineDirection = "to-board" | "to-sensor";

export interface SensorLineOptions {
  readonly clock: BoardClock;
  readonly baud: number;
  readonly parity: "none" | "even";
  /** Whether it is for us to see to the baud rate: an adapter does so by itself. */
  readonly isPaced: boolean;
  readonly onBytes: (direction: LineDirection, bytes: Buffer) => void;
}

interface Waiting {
  readonly byte: number;
  readonly dueMs: number;
}

export class SensorLine {
  /** Where the sensor is. */
  readonly sensorEnd = new Wire();
  /** Where the board is. */
  readonly boardEnd = new Wire();
  private readonly byteMs: number;
  private readonly waiting: Waiting[] = [];
  private freeAtMs = 0;
  private isTimed = false;

  constructor(private readonly options: SensorLineOptions) {
    const { baud, parity, onBytes } = options;
    const bits = parity === "none" ? 10 : 11;
    this.byteMs = (bits * 1000) / baud;
    this.sensorEnd.onBytesForBoard((bytes) => this.send(bytes));
    this.boardEnd.onBytesForSensor((bytes) => {
      onBytes("to-sensor", bytes);
      this.sensorEnd.toSensor(bytes);
    });
  }

  /** From the sensor to the board, behind what is still on the line. */
  private send(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const { isPaced, clock, onBytes } = this.options;
    onBytes("to-board", bytes);
    if (!isPaced) {
      this.boardEnd.toBoard(bytes);
      return;
    }
    this.freeAtMs = Math.max(this.freeAtMs, clock.nowMs());
    for (const byte of bytes) {
      this.freeAtMs += this.byteMs;
      this.waiting.push({ byte, dueMs: this.freeAtMs });
    }
    this.arm();
  }

  /** One timer for all: timers of their own could overtake each other. */
  private arm(): void {
    const [first] = this.waiting;
    if (this.isTimed || first === undefined) return;
    this.isTimed = true;
    const { clock } = this.options;
    clock.after(Math.max(0, first.dueMs - clock.nowMs()), () => {
      this.isTimed = false;
      this.deliver();
      this.arm();
    });
  }

  /** What is due; none of it before its time. */
  private deliver(): void {
    const nowMs = this.options.clock.nowMs();
    const count = this.waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const due = this.waiting.splice(0, count < 0 ? this.waiting.length : count);
    if (due.length > 0) this.boardEnd.toBoard(Buffer.from(due.map(({ byte }) => byte)));
  }
}
