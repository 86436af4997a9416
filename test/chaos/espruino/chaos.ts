// Chaos in the real engine: the whole agent in Espruino, whose process is killed at moments that the seed chooses and
// started again on the same flash file, while the network breaks its connections and the ScopeNode and the server go
// and come back. Then all of that ends, its sensors fall silent, and what waits is delivered. As in Node (../chaos.ts)
// every sample that was put into the queue has to be stored once, or given up and told. A kill leaves whole what one
// call has written: cuts in the middle of a byte are for Node. Time is the wall clock's.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SEED_BYTES, SEED_FILE } from "../../../src/desktop/provisioning/provision.js";
import { logEventOf, type LogEvent } from "../../../src/desktop/sim/agent-log.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { startEspruinoBoard, type EspruinoBoard } from "../../../src/desktop/sim/espruino-board.js";
import { attachMhz19 } from "../../../src/desktop/sim/sensors/mhz19.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { ACCOUNT, openStage, type Stage } from "../../soak/stage.js";
import { startReceiver } from "../../soak/steady-receiver.js";
import { openFaultProxy, type Fault, type FaultProxy } from "../../support/fault-proxy.js";
import type { ChaosOutcome } from "../chaos.js";
import { Outages } from "../outages.js";
import { Journal } from "./journal.js";
import { EspruinoPlan } from "./plan.js";
import { PROBE } from "./probe.js";

export interface EspruinoChaosOutcome extends ChaosOutcome {
  /** What the board said last, where the run was broken off. */
  readonly lastLines?: readonly string[];
}

const CO2_PPM = 428;
const PERIOD_MS = 400;
const TIMES = {
  samplePeriodS: PERIOD_MS / 1000,
  ...{ co2PreheatS: 0, linkTimeoutS: 2 },
};
const STORM_MS = 60_000;
/** For the shortened back-off, and hundreds of samples. */
const HEALING_MS = 60_000;
/** With the first sample of a life the board tells what it has found damaged; some more come after it. */
const LAST_SAMPLES = 3;
const LOOK_MS = 10;
const HOUR_MS = 3_600_000;
const KEPT_LINES = 60;

export async function espruinoChaos(
  seed: number,
  stormMs = STORM_MS,
): Promise<EspruinoChaosOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "microspime-chaos-"));
  try {
    return await new EspruinoChaos(seed, stormMs, join(directory, "scopenode.db")).run();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class EspruinoChaos {
  private readonly plan: EspruinoPlan;
  private readonly clock = new VirtualClock(1);
  private readonly wires = { gps: new Wire(), co2: new Wire() };
  private readonly journal = new Journal();
  private readonly faults: Partial<Record<Fault, number>> = {};
  private readonly lastLines: string[] = [];
  private readonly startMs = performance.now();
  private board: EspruinoBoard | undefined;
  /** Of a life that is at its end. */
  private death: Promise<void> | undefined;
  private isHealed = false;
  private readonly cuts = { write: 0, erase: 0, between: 0 };
  private lives = 1;
  private lifeStartMs = 0;
  /** Of the journal. */
  private lifeStartLine = 0;
  /** In this life, after all was well again. */
  private lastSamples = 0;
  private isEmpty = false;
  private isOver = false;
  private crash: string | undefined;

  constructor(
    seed: number,
    private readonly stormMs: number,
    private readonly database: string,
  ) {
    this.plan = new EspruinoPlan(seed);
  }

  async run(): Promise<EspruinoChaosOutcome> {
    const stage = await openStage(this.database);
    const proxy = await openFaultProxy({
      port: stage.port,
      choose: (connection) => (this.isHealed ? undefined : this.plan.strike(connection)),
      onStruck: ({ fault }) => void (this.faults[fault] = (this.faults[fault] ?? 0) + 1),
    });
    const outages = new Outages(this.plan, stage);
    this.board = await this.boot(proxy);
    try {
      await this.play(this.board, outages);
    } finally {
      this.clock.stop();
      await this.board.stop();
      await proxy.close();
      await stage.close();
    }
    return this.outcome(stage, outages);
  }

  private get ageMs(): number {
    return performance.now() - this.startMs;
  }

  private async boot({ host, port }: FaultProxy): Promise<EspruinoBoard> {
    const { queue } = this.plan.variant;
    attachMhz19(this.wires.co2, { curve: () => CO2_PPM, clock: this.clock, warmUpMs: 0 });
    const { file, text } = readBundle("linux");
    const board = await startEspruinoBoard({
      configuration: { ...ACCOUNT, ...TIMES, host, port, queue },
      files: { [SEED_FILE]: randomBytes(SEED_BYTES) },
      ...{ ...this.wires, clock: this.clock, bundle: { file, text: PROBE + text } },
      onLog: (line) => this.onLog(line),
      onTraffic: undefined,
      onCrash: (reason) => void (this.crash ??= reason),
    });
    startReceiver(this.wires.gps, this.clock, PERIOD_MS);
    this.lifeStartMs = this.ageMs;
    return board;
  }

  private async play(board: EspruinoBoard, outages: Outages): Promise<void> {
    while (!this.isOver && this.failure() === undefined) {
      await delay(LOOK_MS);
      if (this.ageMs < this.stormMs) await outages.play(this.ageMs);
      else if (!this.isHealed) {
        this.isHealed = true;
        await outages.end(this.ageMs);
      }
      this.endLife();
      if (this.death) await this.restart(board, this.death);
    }
  }

  /** At once where its time has come: while a line is read, the engine goes on. */
  private endLife(): void {
    if (!this.death && this.isDue()) this.death = this.board?.cutPower();
  }

  private isDue(): boolean {
    if (this.isHealed) return false;
    const end = this.plan.endOf(this.lives);
    return "afterMs" in end
      ? this.ageMs - this.lifeStartMs >= end.afterMs
      : this.journal.lines - this.lifeStartLine >= end.flashLines;
  }

  private async restart(board: EspruinoBoard, death: Promise<void>): Promise<void> {
    // By then it is also heard what it said last.
    await death;
    this.death = undefined;
    this.cuts[this.journal.onKill()] += 1;
    this.lives += 1;
    this.lifeStartMs = this.ageMs;
    this.lifeStartLine = this.journal.lines;
    board.powerUp();
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    if (!event) return;
    this.lastLines.push(line);
    if (this.lastLines.length > KEPT_LINES) this.lastLines.shift();
    this.journal.hear(event);
    this.endLife();
    if (this.isHealed) this.onHealed(event);
  }

  /** All is over when the receiver is silent, nothing waits, and no sample has come any more. */
  private onHealed({ name, values }: LogEvent): void {
    if (name === "writing" && (this.lastSamples += 1) === LAST_SAMPLES) this.clock.stop();
    else if (name === "writing" || name === "report") this.isEmpty = false;
    else if (name === "acknowledged") this.isEmpty = values["waiting"] === "0";
    else if (name === "gap" && this.lastSamples >= LAST_SAMPLES) this.isOver = this.isEmpty;
  }

  private failure(): string | undefined {
    if (this.crash !== undefined) return `the board's program has stopped: ${this.crash}`;
    if (this.isOver || this.ageMs < this.stormMs + HEALING_MS) return undefined;
    return `${HEALING_MS / 1000} s after all was well again samples still waited`;
  }

  private outcome(stage: Stage, outages: Outages): EspruinoChaosOutcome {
    const { cuts, faults, lastLines } = this;
    const { name, isRoomy } = this.plan.variant;
    const failure = this.failure();
    return {
      ...{ seed: this.plan.seed, variant: name, isRoomy, cuts, faults },
      ...{ outages: outages.count, serverRestarts: outages.serverCount },
      samples: this.journal.figures(stage.storedDates(), stage.received),
      hours: Math.round((this.ageMs / HOUR_MS) * 1000) / 1000,
      tookMs: Math.round(this.ageMs),
      ...(failure !== undefined && { failure, lastLines }),
    };
  }
}
