// Chaos: a board reports to a ScopeNode with a database through a proxy that breaks its connections, while its power
// fails, in the middle of a byte of its flash too, and the ScopeNode and the server go and come back. Then all of
// that ends, and what waits is delivered. What is looked at: every sample that the board had put into its queue is
// stored once, or the board has told that it gave it up. What happens when is the seed's (plan.ts); how the bytes of
// TCP fall in between, and the board's own chance in its back-off, is not.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogEvent } from "../../src/desktop/sim/agent-log.js";
import { attachMhz19 } from "../../src/desktop/sim/sensors/mhz19.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { createFakeFlash, type FakeFlash } from "../portable/fake-flash.js";
import { paceOf } from "../soak/pace.js";
import { openStage, type Stage } from "../soak/stage.js";
import { startReceiver } from "../soak/steady-receiver.js";
import { openFaultProxy, type Fault, type FaultProxy } from "../support/fault-proxy.js";
import { SteppedClock } from "../support/stepped-clock.js";
import { Ledger, type SampleFigures } from "./ledger.js";
import { Life } from "./life.js";
import { Outages } from "./outages.js";
import { Plan } from "./plan.js";
import type { FlashWork } from "./powered-flash.js";

export interface ChaosOutcome {
  readonly seed: number;
  readonly variant: string;
  /** Nothing has to make room. */
  readonly isRoomy: boolean;
  /** Power failed in a write, in an erase, or between. */
  readonly cuts: Readonly<Record<FlashWork | "between", number>>;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  /** Of the ScopeNode. */
  readonly outages: number;
  readonly serverRestarts: number;
  readonly samples: SampleFigures;
  /** The board's time. */
  readonly hours: number;
  readonly tookMs: number;
  /** Why the run was broken off; what is counted is then of no use. */
  readonly failure?: string;
}

const CO2_PPM = 428;
const FIX_MS = 10_000;
/** An answer takes some turns of the loop, and the board waits for it for 30 s at least. */
const ONLINE_STEP_MS = 500;
const HOUR_MS = 3_600_000;
const STORM_MS = 0.6 * HOUR_MS;
/** The back-off of the board's is minutes, and a report takes five samples. */
const HEALING_MS = 2 * HOUR_MS;
/** A board that has started tells with its first sample what was damaged: it is empty once before that. */
const TIMES_EMPTY = 2;

export async function chaos(seed: number): Promise<ChaosOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "microspime-chaos-"));
  try {
    return await new Chaos(new Plan(seed), join(directory, "scopenode.db")).run();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class Chaos {
  private readonly clock = new SteppedClock();
  private readonly pace = paceOf(this.clock, { online: ONLINE_STEP_MS });
  private readonly wires = { gps: new Wire(), co2: new Wire() };
  private readonly fixTimeMs: () => number;
  private readonly flash: FakeFlash;
  private readonly ledger = new Ledger();
  private readonly cuts = { write: 0, erase: 0, between: 0 };
  private readonly faults: Partial<Record<Fault, number>> = {};
  private life: Life | undefined;
  private lives = 0;
  private lifeEndsMs = Infinity;
  private isHealed = false;
  private timesEmpty = 0;
  private crash: string | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly database: string,
  ) {
    const { pages, pageBytes } = plan.variant;
    this.flash = createFakeFlash(pages, pageBytes, plan.bits());
    attachMhz19(this.wires.co2, { curve: () => CO2_PPM, clock: this.clock, warmUpMs: 0 });
    this.fixTimeMs = startReceiver(this.wires.gps, this.clock, FIX_MS);
  }

  async run(): Promise<ChaosOutcome> {
    const startMs = performance.now();
    const stage = await openStage(this.database);
    const proxy = await openFaultProxy({
      port: stage.port,
      choose: (connection) => (this.isHealed ? undefined : this.plan.strike(connection)),
      onStruck: ({ fault }) => this.onStruck(fault),
    });
    const outages = new Outages(this.plan, stage);
    try {
      await this.play(outages, proxy);
    } finally {
      this.life?.cutPower();
      await proxy.close();
      await stage.close();
    }
    return this.outcome(stage, outages, performance.now() - startMs);
  }

  private async play(outages: Outages, proxy: FaultProxy): Promise<void> {
    while (this.timesEmpty < TIMES_EMPTY && this.failure() === undefined) {
      const life = this.poweredLife(proxy);
      await this.pace(life.watch.phase);
      const nowMs = this.clock.nowMs();
      if (nowMs < STORM_MS) await outages.play(nowMs);
      else await this.heal(outages);
      if (!life.isOver && life.ageMs > this.lifeEndsMs) {
        life.cutPower();
        this.onPowerCut("between");
      }
    }
  }

  private poweredLife(proxy: FaultProxy): Life {
    if (!this.life || this.life.isOver) this.life = this.begin(proxy);
    return this.life;
  }

  private begin({ host, port }: FaultProxy): Life {
    const end = this.isHealed ? { afterMs: Infinity } : this.plan.endOf((this.lives += 1));
    this.flash.cutAfter("flashBytes" in end ? end.flashBytes : Infinity);
    this.lifeEndsMs = "afterMs" in end ? end.afterMs : Infinity;
    return new Life({
      ...{ host, port, ...this.wires, clock: this.clock },
      ...{ queue: this.plan.variant.queue, flash: this.flash },
      onSample: () => this.ledger.onSample(this.fixTimeMs()),
      onRest: () => this.ledger.onRest(),
      onEvent: (event) => this.onEvent(event),
      onDropped: () => this.ledger.onMarked(),
      onCut: (work) => this.onPowerCut(work),
      onCrash: (reason) => void (this.crash ??= reason),
    });
  }

  private onPowerCut(where: FlashWork | "between"): void {
    this.cuts[where] += 1;
    this.ledger.onPowerCut();
  }

  private async heal(outages: Outages): Promise<void> {
    if (this.isHealed) return;
    this.isHealed = true;
    this.flash.cutAfter(Infinity);
    this.lifeEndsMs = Infinity;
    await outages.end(this.clock.nowMs());
  }

  private failure(): string | undefined {
    if (this.crash !== undefined) return `the board's program has thrown: ${this.crash}`;
    if (this.clock.nowMs() < STORM_MS + HEALING_MS) return undefined;
    const hours = HEALING_MS / HOUR_MS;
    return `${hours} hours after all was well again samples still waited (${this.life?.watch.phase})`;
  }

  private onStruck(fault: Fault): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    this.life?.watch.onStruck(fault);
  }

  private onEvent({ name, values }: LogEvent): void {
    if (name === "gap") this.ledger.onGap();
    else if (name === "dropped") this.ledger.onDropped(Number(values["count"]));
    else if (name === "acknowledged" && values["waiting"] === "0" && this.isHealed)
      this.timesEmpty += 1;
  }

  private outcome(stage: Stage, outages: Outages, tookMs: number): ChaosOutcome {
    const { cuts, faults } = this;
    const { name, isRoomy } = this.plan.variant;
    const failure = this.failure();
    return {
      ...{ seed: this.plan.seed, variant: name, isRoomy, cuts, faults },
      ...{ outages: outages.count, serverRestarts: outages.serverCount },
      samples: this.ledger.figures(stage.storedDates(), stage.received),
      hours: Math.round((this.clock.nowMs() / HOUR_MS) * 10) / 10,
      tookMs: Math.round(tookMs),
      ...(failure !== undefined && { failure }),
    };
  }
}
