// A board from the moment its power comes to that in which it fails: bundle build/sim.js on a clock that begins at 0,
// with flash that was there before.

import { randomBytes } from "node:crypto";
import type { Flash } from "../../src/firmware/platform.js";
import { SEED_BYTES, SEED_FILE } from "../../src/desktop/provisioning/provision.js";
import { logEventOf, type LogEvent } from "../../src/desktop/sim/agent-log.js";
import type { BoardSurroundings, RunningBoard } from "../../src/desktop/sim/board.js";
import { startNodeBoard } from "../../src/desktop/sim/node-board.js";
import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";
import type { Wire } from "../../src/desktop/sim/wire.js";
import type { FakeFlash } from "../portable/fake-flash.js";
import { ACCOUNT } from "../soak/stage.js";
import { Watch } from "../soak/watch.js";
import { poweredFlash, type FlashWork } from "./powered-flash.js";

/** No other timer is started for half a millisecond. */
const SAMPLE_PERIOD_S = 20.0005;

export interface LifeSurroundings {
  readonly host: string;
  readonly port: number;
  readonly queue: NonNullable<BoardSurroundings["configuration"]["queue"]>;
  readonly flash: FakeFlash;
  readonly gps: Wire;
  readonly co2: Wire;
  /** Goes on from one life to the next. */
  readonly clock: BoardClock;
  /** The agent tries to take a sample, and then does what comes of it. */
  readonly onSample: () => void;
  /** What there was to do at once is done. */
  readonly onRest: () => void;
  readonly onEvent: (event: LogEvent) => void;
  /** A record was marked as given up. */
  readonly onDropped: () => void;
  /** Power has failed in the flash. */
  readonly onCut: (work: FlashWork) => void;
  /** The program has thrown. */
  readonly onCrash: (reason: string) => void;
}

export class Life {
  readonly watch = new Watch();
  private readonly startMs: number;
  private readonly board: RunningBoard;
  private isPowered = true;
  private periods = 0;

  constructor(private readonly around: LifeSurroundings) {
    this.startMs = around.clock.nowMs();
    this.board = startNodeBoard(this.surroundings(), this.flash());
    // Power may have failed in the start.
    if (this.isOver) void this.board.stop();
  }

  get isOver(): boolean {
    return !this.isPowered;
  }

  get ageMs(): number {
    return this.around.clock.nowMs() - this.startMs;
  }

  /** Nothing comes from it any more, though it may be in the midst of anything. */
  cutPower(): void {
    this.isPowered = false;
    void (this.board as RunningBoard | undefined)?.stop();
  }

  private surroundings(): BoardSurroundings {
    const { host, port, queue, gps, co2, onCrash } = this.around;
    const times = { samplePeriodS: SAMPLE_PERIOD_S, co2PreheatS: 0 };
    return {
      configuration: { ...ACCOUNT, host, port, queue, ...times },
      files: { [SEED_FILE]: randomBytes(SEED_BYTES) },
      ...{ gps, co2, clock: this.clock() },
      onLog: (line: string) => this.onLog(line),
      onTraffic: undefined,
      onCrash,
    };
  }

  private flash(): Flash {
    const { flash, onDropped, onCut } = this.around;
    return poweredFlash(flash, {
      isPowered: () => this.isPowered,
      onDropped,
      onCut: (work) => {
        this.cutPower();
        onCut(work);
      },
    });
  }

  private clock(): BoardClock {
    const { clock } = this.around;
    return {
      nowMs: () => this.ageMs,
      after: (delayMs, callback) => {
        // The first waits for the first sample, each one after it for the sample behind one that is taken.
        if (delayMs === SAMPLE_PERIOD_S * 1000 && (this.periods += 1) > 1) this.around.onSample();
        return clock.after(delayMs, () => this.work(callback));
      },
      cancel: (handle) => clock.cancel(handle),
    };
  }

  private work(callback: () => void): void {
    if (!this.isPowered) return;
    try {
      callback();
    } catch (error) {
      this.around.onCrash(String(error));
    }
    this.around.onRest();
  }

  private onLog(line: string): void {
    const event = this.isPowered ? logEventOf(line) : undefined;
    if (!event) return;
    this.watch.hear(event);
    this.around.onEvent(event);
  }
}
