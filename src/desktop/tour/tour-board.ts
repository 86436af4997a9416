// The board of the tour: the bundle in an engine, with a GPS receiver and a CO2 sensor in front of it, started
// anew for each part of the document with the configuration that it needs. What it logs can be waited for.

import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Configuration } from "../../firmware/configuration.js";
import type { ServerCertificate } from "../provisioning/board-configuration.js";
import { recordingPath } from "../paths.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import { storeFiles } from "../provisioning/provision.js";
import { logEventOf } from "../sim/agent-log.js";
import type { LogEvent } from "../sim/agent-log.js";
import type { RunningBoard } from "../sim/board.js";
import { co2CurveOf } from "../sim/co2-curve.js";
import { ENGINES, type Engine } from "../sim/engines.js";
import { epochsOf, GpsReceiver } from "../sim/gps-receiver.js";
import { attachMhz19 } from "../sim/sensors/mhz19.js";
import { createTrace } from "../sim/trace.js";
import type { Direction } from "../sim/trace.js";
import { VirtualClock } from "../sim/virtual-clock.js";
import { Wire } from "../sim/wire.js";

export interface TourBoardOptions {
  readonly engine: Engine;
  readonly configuration: Omit<Configuration, "exposure" | "samplePeriodS"> & ServerCertificate;
  /** As in `BoardSurroundings`. */
  readonly isTrusting?: boolean;
  /** Absent: the board has none. */
  readonly key?: KeyObject;
  /** Without it the receiver is silent: there is no fix. */
  readonly hasFix: boolean;
  /** Lines `seconds,ppm`. */
  readonly co2: string;
  readonly onStanza: (direction: Direction, xml: string) => void;
  readonly onLog: (line: string) => void;
}

const RECORDING = "mt3339.nmea";
const GPS_BAUD = 9600;
/** Of the board's time, where it is not that of the wall clock. */
const SPEED = 5;
const PLAIN_PERIOD_S = 3;

interface Waiting {
  readonly isIt: (event: LogEvent) => boolean;
  readonly resolve: (event: LogEvent) => void;
  readonly reject: (error: Error) => void;
}

export class TourBoard {
  private readonly gps = new Wire();
  private readonly clock: VirtualClock;
  private readonly events: LogEvent[] = [];
  private waiting: Waiting[] = [];
  private board: RunningBoard | undefined;
  private crash: Error | undefined;
  /** Rejects when the board's program has stopped by itself. */
  readonly crashed: Promise<never>;
  private reportCrash!: (error: Error) => void;

  private constructor(private readonly options: TourBoardOptions) {
    this.clock = new VirtualClock(ENGINES[options.engine].isInRealTime ? 1 : SPEED);
    this.crashed = new Promise((_, reject) => (this.reportCrash = reject));
    // Also where nobody is waiting for it.
    this.crashed.catch(() => {});
  }

  /** Rejects with a `Failure` when the engine or what it needs is missing. */
  static async start(options: TourBoardOptions): Promise<TourBoard> {
    const board = new TourBoard(options);
    await board.start();
    return board;
  }

  get title(): string {
    return this.board?.title ?? "";
  }

  /** The first event that fits, from the start on. */
  event(isIt: (event: LogEvent) => boolean): Promise<LogEvent> {
    const found = this.events.find(isIt);
    if (found) return Promise.resolve(found);
    if (this.crash) return Promise.reject(this.crash);
    return new Promise((resolve, reject) => this.waiting.push({ isIt, resolve, reject }));
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await this.board?.stop();
  }

  private async start(): Promise<void> {
    const { engine, configuration, isTrusting = false, key, hasFix, co2: curve } = this.options;
    const co2 = new Wire();
    attachMhz19(co2, { curve: co2CurveOf(curve)!, clock: this.clock, warmUpMs: 0 });
    const samplePeriodS = key ? ENGINES[engine].tourPeriodS : PLAIN_PERIOD_S;
    // The board lets in what the ScopeNode will refuse.
    const samples = { leastPpm: 0 };
    const around = {
      configuration: {
        ...configuration,
        exposure: "outdoor",
        samplePeriodS,
        samples,
        co2PreheatS: 0,
      },
      isTrusting,
      files: storeFiles(key, arithmeticOf(ENGINES[engine].board)),
      gps: this.gps,
      co2,
      clock: this.clock,
      onLog: (line: string) => this.onLog(line),
      onTraffic: createTrace(this.options.onStanza),
      onCrash: (reason: string) => this.onCrash(reason),
    };
    this.board = await ENGINES[engine].start(around);
    if (hasFix) this.playReceiver();
  }

  private playReceiver(): void {
    const epochs = epochsOf(readFileSync(recordingPath(RECORDING)))!;
    const receiver = new GpsReceiver(epochs, this.gps, this.clock, GPS_BAUD);
    const playAgain = () => receiver.play(playAgain);
    playAgain();
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    this.options.onLog(line);
    if (!event) return;
    this.events.push(event);
    const done = this.waiting.filter(({ isIt }) => isIt(event));
    this.waiting = this.waiting.filter((one) => !done.includes(one));
    for (const { resolve } of done) resolve(event);
  }

  private onCrash(reason: string): void {
    this.crash = new Error(`the board's program has stopped: ${reason}`);
    for (const { reject } of this.waiting.splice(0)) reject(this.crash);
    this.reportCrash(this.crash);
  }
}
