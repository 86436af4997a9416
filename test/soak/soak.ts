// Endurance: a board reports to a ScopeNode with a database through a proxy that breaks every connection, until
// it has come back so many times; then the network heals, and what waits is delivered. What is looked at:
// every sample is stored once, or the board has told that it gave it up, and the memory has not grown.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foldAddress } from "../../src/desktop/openspime/address.js";
import { SEED_BYTES, SEED_FILE } from "../../src/desktop/provisioning/provision.js";
import { Database, startScopeNode } from "../../src/desktop/scopenode/index.js";
import { startServer } from "../../src/desktop/server/server.js";
import { logEventOf } from "../../src/desktop/sim/agent-log.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { openFaultProxy, seededStrikes } from "../support/fault-proxy.js";
import type { Fault } from "../support/fault-proxy.js";
import type { Bench, BenchEngine, Phase } from "./bench.js";

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

const DOMAIN = "spime.localhost";
const SCOPE_DOMAIN = "scopenode.localhost";
const SPIME_JID = `4a6b-5638-0312111d@${DOMAIN}/spime`;
const PASSWORD = "soak";
/** What is settled by then: code compiled, tables grown. */
const SETTLED = 10;
const MAX_ENTRIES = 10_000_000;
/** A board that comes back does so sooner; longer, and the server keeps hundreds of sessions that nobody goes on with. */
const RESUME_TIMEOUT_MS = 10_000;

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
  private phase: Phase = "waiting";
  /** A connection that is struck so that only a timer can tell. */
  private isDead = false;
  private connections = 0;
  private taken = 0;
  private dropped = 0;
  private received = 0;
  /** Every sample is acknowledged. */
  private isEmpty = false;
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
    const { server, node } = await this.stage();
    const proxy = await openFaultProxy({
      port: server.ports.client,
      choose: (connection) => (this.isHealed ? undefined : this.strikes(connection)),
      onStruck: ({ fault }) => this.onStruck(fault),
    });
    const bench = await this.options.engine.start(this.boardOn(proxy.host, proxy.port, node.jid));
    try {
      await this.play(bench);
    } finally {
      await bench.stop();
      await proxy.close();
      await node.stop();
      await server.close();
    }
    return this.outcome(bench, performance.now() - startMs);
  }

  private async stage() {
    const server = await startServer({
      domain: DOMAIN,
      accounts: [{ localpart: SPIME_JID.split("@")[0] ?? "", password: PASSWORD }],
      components: [{ domain: SCOPE_DOMAIN, secret: PASSWORD }],
      componentPort: 0,
      resumeTimeoutMs: RESUME_TIMEOUT_MS,
    });
    const node = await startScopeNode({
      service: `xmpp://${server.address}:${server.ports.component}`,
      ...{ domain: SCOPE_DOMAIN, secret: PASSWORD, jid: `node@${SCOPE_DOMAIN}/co2` },
      database: this.database,
      databaseBounds: { maxEntries: MAX_ENTRIES },
      onReport: ({ entries }) => void (this.received += entries.length),
    });
    return { server, node };
  }

  private boardOn(host: string, port: number, scopenode: string) {
    const login = { host, port, tls: false, jid: SPIME_JID, password: PASSWORD };
    return {
      configuration: { ...login, scopenode, exposure: "outdoor" },
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
      await bench.advance(this.isDead && this.phase !== "waiting" ? "dead" : this.phase);
      if (!this.isEmpty || this.connections <= SETTLED) continue;
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
    return `the board did not come back for ${seconds} s (${this.phase})`;
  }

  private onStruck(fault: Fault): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    this.isDead = fault === "stall" || fault === "half-open";
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    if (event?.name === "connecting") this.onConnecting();
    else if (event?.name === "online") this.phase = "online";
    else if (event?.name === "offline") this.onOffline();
    else if (event?.name === "report") this.onReport();
    else if (event?.name === "gap") this.taken -= 1;
    else if (event?.name === "dropped") this.dropped += 1;
    else if (event?.name === "refused") this.phase = "online";
    else if (event?.name === "acknowledged") this.onAcknowledged(event.values["waiting"]);
  }

  private onAcknowledged(waiting: string | undefined): void {
    this.phase = "online";
    this.isEmpty = waiting === "0";
    if (this.isEmpty) this.isDelivered = this.isMeasured;
  }

  private onReport(): void {
    this.phase = "asking";
    this.isEmpty = false;
  }

  private onOffline(): void {
    this.phase = "waiting";
    this.isEmpty = false;
  }

  private onConnecting(): void {
    this.phase = "connecting";
    this.isDead = false;
    this.connections += 1;
    this.isHealed = this.connections > this.options.reconnects;
    this.lastProgressMs = performance.now();
    this.options.onProgress?.(this.connections - 1);
  }

  private outcome(bench: Bench, tookMs: number): SoakOutcome {
    const { dropped, received, memory } = this;
    const failure = this.isDelivered ? undefined : this.failure();
    const dates = this.storedDates();
    const stored = new Set(dates).size;
    const missing = this.taken - stored;
    return {
      engine: bench.title,
      seed: this.options.seed,
      reconnects: this.connections - 1,
      faults: this.faults,
      samples: {
        ...{ taken: this.taken, stored, dropped },
        surplus: dates.length - stored + Math.max(0, -missing),
        // One that was given up may be stored all the same: then only its answer was lost.
        lost: Math.max(0, missing - dropped),
        repeated: received - dates.length,
      },
      memory: { unit: bench.memoryUnit, ...memory },
      tookMs: Math.round(tookMs),
      ...(failure !== undefined && { failure }),
    };
  }

  private storedDates(): number[] {
    const database = new Database(this.database, { maxEntries: MAX_ENTRIES });
    try {
      const entries = database.newest(foldAddress(SPIME_JID), MAX_ENTRIES);
      return entries.map(({ date }) => date.getTime());
    } finally {
      database.close();
    }
  }
}
