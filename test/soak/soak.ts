// Endurance: a board reports to a ScopeNode with a database through a proxy that breaks every connection, until
// it has come back so many times; then the network heals, and what waits is delivered. What is looked at:
// every sample is stored once, or the board has told that it gave it up, and the memory has not grown.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SEED_BYTES, SEED_FILE } from "../../src/desktop/provisioning/provision.js";
import { logEventOf } from "../../src/desktop/sim/agent-log.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { openFaultProxy, seededStrikes } from "../support/fault-proxy.js";
import type { Fault, FaultProxy } from "../support/fault-proxy.js";
import type { Bench, BenchEngine } from "./bench.js";
import { ACCOUNT, openStage } from "./stage.js";
import type { Stage } from "./stage.js";
import { Watch } from "./watch.js";

export interface SoakOptions {
  readonly engine: BenchEngine;
  readonly reconnects: number;
  /** Of the choice of faults. */
  readonly seed: number;
  /** Wall-clock time without any reconnect after which it has failed. */
  readonly patienceMs: number;
  readonly onProgress?: (reconnects: number) => void;
}

export interface SoakOutcome {
  readonly engine: string;
  readonly seed: number;
  readonly reconnects: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly samples: {
    /** Put into the board's queue. */
    readonly taken: number;
    readonly stored: number;
    /** Given up by the full queue, as the log says. */
    readonly dropped: number;
    /** Stored twice, or of nobody knows which sample. */
    readonly surplus: number;
    /** Neither stored nor given up. */
    readonly lost: number;
    /** Sent again because the answer was lost, and recognised. */
    readonly repeated: number;
  };
  /** Octets of the heap in Node, variables in Espruino. */
  readonly memory: {
    readonly unit: string;
    readonly afterTenth: number;
    readonly afterLast: number;
  };
  readonly tookMs: number;
  /** Why the run was broken off; what is counted is then of no use. */
  readonly failure?: string;
}

/** What is settled by then: code compiled, tables grown. */
const SETTLED = 10;

export async function soak(options: SoakOptions): Promise<SoakOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "microspime-soak-"));
  try {
    return await new Soak(options, join(directory, "scopenode.db")).run();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class Soak {
  private readonly faults: Partial<Record<Fault, number>> = {};
  private readonly strikes: ReturnType<typeof seededStrikes>;
  private readonly memory = { afterTenth: 0, afterLast: 0 };
  private readonly watch = new Watch();
  private taken = 0;
  private isHealed = false;
  private isMeasured = false;
  private isDelivered = false;
  private lastProgressMs = performance.now();
  private lastSampleMs = performance.now();
  private crash: string | undefined;

  constructor(
    private readonly options: SoakOptions,
    private readonly database: string,
  ) {
    this.strikes = seededStrikes(options.seed);
  }

  async run(): Promise<SoakOutcome> {
    const startMs = performance.now();
    const stage = await openStage(this.database);
    const proxy = await openFaultProxy({
      port: stage.port,
      choose: (connection) => (this.isHealed ? undefined : this.strikes(connection)),
      onStruck: ({ fault }) => this.onStruck(fault),
    });
    const bench = await this.options.engine.start(this.boardOn(proxy));
    try {
      await this.play(bench);
    } finally {
      await bench.stop();
      await proxy.close();
      await stage.close();
    }
    return this.outcome(bench, stage, performance.now() - startMs);
  }

  private boardOn({ host, port }: FaultProxy) {
    return {
      configuration: { ...ACCOUNT, host, port },
      files: { [SEED_FILE]: randomBytes(SEED_BYTES) },
      ...{ gps: new Wire(), co2: new Wire() },
      onLog: (line: string) => this.onLog(line),
      onSample: () => {
        this.taken += 1;
        this.lastSampleMs = performance.now();
      },
      onTraffic: undefined,
      onCrash: (reason: string) => void (this.crash ??= reason),
    };
  }

  /** The memory is looked at while no sample waits: each that does takes some. */
  private async play(bench: Bench): Promise<void> {
    while (!this.isDelivered && this.failure() === undefined) {
      await bench.advance(this.watch.phase);
      if (!this.watch.isEmpty || this.watch.connections <= SETTLED) continue;
      if (this.memory.afterTenth === 0) this.memory.afterTenth = await bench.memory();
      if (this.isHealed && this.memory.afterLast === 0) {
        this.memory.afterLast = await bench.memory();
        this.isMeasured = true;
      }
    }
  }

  private failure(): string | undefined {
    if (this.crash !== undefined) return `the board's program has stopped: ${this.crash}`;
    const seconds = this.options.patienceMs / 1000;
    const isOver = (sinceMs: number) => performance.now() - sinceMs > seconds * 1000;
    if (isOver(this.lastSampleMs)) return `the board took no sample for ${seconds} s`;
    if (!isOver(this.lastProgressMs)) return undefined;
    return `the board did not come back for ${seconds} s (${this.watch.phase})`;
  }

  private onStruck(fault: Fault): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    this.watch.onStruck(fault);
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    if (!event) return;
    this.watch.hear(event);
    if (event.name === "connecting") this.onConnecting();
    else if (event.name === "gap") this.taken -= 1;
    else if (event.name === "acknowledged" && this.watch.isEmpty)
      this.isDelivered = this.isMeasured;
  }

  private onConnecting(): void {
    const { connections } = this.watch;
    this.isHealed = connections > this.options.reconnects;
    this.lastProgressMs = performance.now();
    this.options.onProgress?.(connections - 1);
  }

  private outcome(bench: Bench, stage: Stage, tookMs: number): SoakOutcome {
    const { memory } = this;
    const { dropped, connections } = this.watch;
    const failure = this.isDelivered ? undefined : this.failure();
    const dates = stage.storedDates();
    const stored = new Set(dates).size;
    const missing = this.taken - stored;
    return {
      engine: bench.title,
      seed: this.options.seed,
      reconnects: connections - 1,
      faults: this.faults,
      samples: {
        ...{ taken: this.taken, stored, dropped },
        surplus: dates.length - stored + Math.max(0, -missing),
        // One that was given up may be stored all the same: then only its answer was lost.
        lost: Math.max(0, missing - dropped),
        repeated: stage.received - dates.length,
      },
      memory: { unit: bench.memoryUnit, ...memory },
      tookMs: Math.round(tookMs),
      ...(failure !== undefined && { failure }),
    };
  }
}
