// The desktop simulation as a target: the bundle build/sim.js in Node. Its power fails as a board's does: nothing goes
// on, and what is in its flash stays.

import type { BoardSurroundings, RunningBoard } from "../../sim/board.js";
import { startNodeBoard } from "../../sim/node-board.js";
import { memoryFolder, type StoreFolder } from "../../sim/store-folder.js";
import type { BoardClock } from "../../sim/virtual-clock.js";
import { linesOf, type Target, type TargetKind, type TargetSurroundings } from "./target.js";

const BOARD = "sim";
const LOOPBACK = "127.0.0.1";

class NodeTarget implements Target {
  private readonly folder = memoryFolder();
  private life: Life;

  constructor(private readonly around: TargetSurroundings) {
    this.life = this.boot();
  }

  get title(): string {
    return this.life.board.title;
  }

  async cutPower(): Promise<void> {
    await this.life.end();
  }

  async powerUp(): Promise<void> {
    this.life = this.boot();
  }

  async stop(): Promise<void> {
    await this.life.end();
  }

  private boot(): Life {
    return new Life(this.around, this.folder);
  }
}

/** From the moment its power comes to that in which it fails. */
class Life {
  readonly board: RunningBoard;
  private isPowered = true;

  constructor(
    private readonly around: TargetSurroundings,
    folder: StoreFolder,
  ) {
    const { gps, co2, configuration, files, onLog, onCrash } = around;
    const surroundings: BoardSurroundings = {
      ...{ configuration, files, gps, co2, folder, onCrash },
      clock: this.clock(),
      onLog: (line) => {
        if (this.isPowered) onLog(line);
      },
      onTraffic: undefined,
    };
    this.board = startNodeBoard(surroundings);
  }

  async end(): Promise<void> {
    this.isPowered = false;
    for (const wire of [this.around.gps, this.around.co2]) wire.onBytesForBoard(() => {});
    await this.board.stop();
  }

  /** From 0 at each boot; nothing fires when the power is gone. */
  private clock(): BoardClock {
    const { clock, onCrash } = this.around;
    const startMs = clock.nowMs();
    return {
      nowMs: () => clock.nowMs() - startMs,
      after: (delayMs, callback) =>
        clock.after(delayMs, () => {
          if (!this.isPowered) return;
          try {
            callback();
          } catch (error) {
            onCrash(String(error));
          }
        }),
      cancel: (handle) => clock.cancel(handle),
    };
  }
}

export function nodeTarget(): TargetKind {
  return {
    board: BOARD,
    lines: linesOf(BOARD),
    hasPower: true,
    listen: { host: LOOPBACK, port: 0 },
    serverAddress: LOOPBACK,
    configuration: {},
    isPaced: () => true,
    start: async (around) => new NodeTarget(around),
  };
}
