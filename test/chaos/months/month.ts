// A month of a board's in a second: its own firmware takes samples and reports them, while power, network, server,
// ScopeNode, receiver and clocks fail as the seed has it. Then all of that ends, and what waits is delivered. The same
// seed is the same month, to the byte.

import { createHash } from "node:crypto";
import type { Configuration } from "../../../src/firmware/configuration.js";
import { keyRecord } from "../../../src/desktop/provisioning/key-record.js";
import { SEED_BYTES, SEED_FILE } from "../../../src/desktop/provisioning/provision.js";
import type { StoredEntry } from "../../../src/desktop/scopenode/database.js";
import { Random } from "../../../src/desktop/server/random.js";
import { createFakeFlash, type FakeFlash } from "../../portable/fake-flash.js";
import { CERTIFIER } from "../../portable/toy-security.js";
import { BoardLife } from "./board-life.js";
import { SteppedClock } from "../../support/stepped-clock.js";
import { Ledger } from "./ledger.js";
import { Network, type LinkFault } from "./network.js";
import { MonthNode, SCOPENODE_JID, SPIME_KEY } from "./node.js";
import { observedFlash } from "./observed-flash.js";
import type { FlashWork } from "../powered-flash.js";
import * as plan from "./plan.js";
import { Lane, MONTH_MS } from "./plan.js";
import type { Disturbance, MonthBoard } from "./plan.js";
import { Sensors } from "./sensors.js";
import { boardScram, DOMAIN, Service, SPIME_JID } from "./service.js";
import { verdictOf, type MonthFigures } from "./verdict.js";

export interface MonthOutcome {
  readonly seed: number;
  readonly policy: MonthBoard["policy"];
  readonly isSigned: boolean;
  /** Power failed in a write, in an erase, or between. */
  readonly cuts: Readonly<Record<FlashWork | "between", number>>;
  readonly connections: number;
  readonly faults: Readonly<Partial<Record<LinkFault, number>>>;
  readonly disturbances: Readonly<Partial<Record<Disturbance, number>>>;
  readonly samples: MonthFigures;
  /** What is wrong, a sentence each. */
  readonly found: readonly string[];
  /** Of all that the board said, of its flash and of what is stored. */
  readonly digest: string;
  readonly tookMs: number;
}

const START_MS = Date.UTC(2026, 0, 1);
const BUILT_MS = Date.UTC(2025, 10, 1);
const HOUR_MS = 3_600_000;
/** Its longest back-off is an hour, behind a wrong word of the server's. */
const HEALING_MS = 240 * HOUR_MS;
const SCRAM = boardScram();
const KEY_FILE = "microspime.key";
const NOISE_BYTES = 48;
/** One in so many times there is no room. */
const SHORT = 8;

/** `onLine` gets the board's log, each line with the hours since the start before it. */
export async function month(
  seed: number,
  onLine: (line: string) => void = () => {},
): Promise<MonthOutcome> {
  const run = new Month(seed, onLine);
  try {
    return await run.play();
  } finally {
    run.close();
  }
}

class Month {
  private readonly board: MonthBoard;
  private readonly clock = new SteppedClock();
  private readonly cuts = { write: 0, erase: 0, between: 0 };
  private readonly faults: Partial<Record<LinkFault, number>> = {};
  private readonly disturbances: Partial<Record<Disturbance, number>> = {};
  private readonly flash: FakeFlash;
  private readonly ledger: Ledger;
  private readonly sensors: Sensors;
  private readonly node: MonthNode;
  private readonly service: Service;
  private readonly network: Network;
  private readonly files: Map<string, string>;
  private readonly lives: Random;
  private readonly noises: Random;
  private readonly endings: (() => void)[] = [];
  private life: BoardLife | undefined;
  private isHealed = false;
  private isSlow = false;
  private isNetworkUp = true;
  private serverErrorMs = 0;
  private crash: string | undefined;
  /** What the board said, a line each. */
  private log = "";

  constructor(
    private readonly seed: number,
    private readonly say: (line: string) => void,
  ) {
    this.board = plan.boardOf(seed);
    const { pages, pageBytes, policy, isSigned, isManaged, resumeTimeoutMs } = this.board;
    const { clock } = this;
    const bits = this.chance(Lane.Bits);
    const answers = this.chance(Lane.Answers);
    const links = this.chance(Lane.Links);
    this.lives = this.chance(Lane.Lives);
    this.noises = this.chance(Lane.Noise);
    // Some flash keeps what it had where power fails in it, and some anything.
    const isFaint = bits.coin();
    this.flash = createFakeFlash(pages, pageBytes, () => (isFaint ? 0 : bits.below(256)));
    this.ledger = new Ledger(policy === "thin");
    this.sensors = new Sensors(() => this.nowMs(), this.chance(Lane.Sensors));
    this.files = this.firstFiles();
    this.node = new MonthNode({
      ...{ clock, isSigned, nowMs: () => this.nowMs() },
      answerDelayMs: () => plan.answerDelayMs(answers, this.isSlow),
      route: (stanza) => this.service.route(stanza),
    });
    this.service = new Service({
      ...{ clock, seed, isManaged, resumeTimeoutMs },
      timeMs: () => (this.board.isServerTelling ? this.nowMs() + this.serverErrorMs : NaN),
      deliver: (stanza) => this.node.take(stanza),
    });
    this.network = new Network({
      ...{ clock, random: this.chance(Lane.Network) },
      strike: () => (this.isHealed ? undefined : plan.strikeOf(links)),
      onStruck: (fault) => void (this.faults[fault] = (this.faults[fault] ?? 0) + 1),
      accept: (end) => this.service.accept(end),
    });
  }

  async play(): Promise<MonthOutcome> {
    const startMs = performance.now();
    plan.DISTURBANCES.forEach((kind, index) => this.alternate(kind, Lane.Disturbances + index));
    this.switchOn();
    await this.goOn(MONTH_MS, () => false);
    this.heal();
    const settledMs = MONTH_MS + 3 * this.board.samplePeriodS * 1000;
    await this.goOn(settledMs, () => false);
    await this.goOn(MONTH_MS + HEALING_MS, () => this.ledger.isEmpty);
    this.life?.cutPower();
    return this.outcome(performance.now() - startMs);
  }

  close(): void {
    this.node.close();
  }

  private async goOn(untilMs: number, isDone: () => boolean): Promise<void> {
    while (this.crash === undefined && !isDone() && this.clock.step(untilMs))
      if (this.node.isBusy) await this.node.settled();
  }

  private nowMs(): number {
    return START_MS + this.clock.nowMs();
  }

  private chance(lane: number): Random {
    return new Random(this.seed, lane);
  }

  private firstFiles(): Map<string, string> {
    const files = new Map([[SEED_FILE, this.noise(SEED_BYTES)]]);
    const arithmetic = { limbBits: 24, accelerator: false } as const;
    if (this.board.isSigned)
      files.set(KEY_FILE, keyRecord(SPIME_KEY, arithmetic).toString("latin1"));
    return files;
  }

  private noise(count: number): string {
    return Array.from({ length: count }, () => String.fromCharCode(this.noises.below(256))).join(
      "",
    );
  }

  // The board and its power

  private configuration(): Configuration {
    const { queue, samples, samplePeriodS, linkTimeoutS, isSigned } = this.board;
    return {
      ...{ host: DOMAIN, port: 5222, tls: false, jid: SPIME_JID, scram: SCRAM },
      ...{ scopenode: SCOPENODE_JID, exposure: "outdoor" },
      ...{ queue: { ...queue }, samples: { ...samples }, samplePeriodS, linkTimeoutS },
      ...(isSigned && { certifier: CERTIFIER }),
    };
  }

  private switchOn(): void {
    if (this.life && !this.life.isOver) return;
    const { clock, network, sensors, ledger, files } = this;
    const end = this.isHealed ? { afterMs: Infinity } : plan.endOf(this.lives);
    this.flash.cutAfter("flashBytes" in end ? end.flashBytes : Infinity);
    const room = this.chance(Lane.Room);
    const { isShort, isMachineSet } = this.board;
    let isOn = true;
    const flash = observedFlash(this.flash, ledger, (work, isWriting) => {
      isOn = false;
      this.onPowerCut(work, isWriting);
    });
    const life = new BoardLife({
      ...{ clock, network, sensors, ledger, files, flash, builtMs: BUILT_MS },
      configuration: this.configuration(),
      machineMs: () => (isMachineSet ? this.nowMs() : NaN),
      hasRoom: () => !isShort || this.isHealed || room.below(SHORT) > 0,
      noise: () => this.noise(NOISE_BYTES),
      isNetworkUp: () => this.isNetworkUp,
      onLine: (line) => this.onLine(line),
      onCrash: (reason) => void (this.crash ??= reason),
    });
    this.life = life;
    if ("afterMs" in end && isOn && end.afterMs < Infinity)
      clock.after(end.afterMs, () => this.cutBetween(life));
  }

  private cutBetween(life: BoardLife): void {
    if (life.isOver || this.isHealed) return;
    life.cutPower();
    this.onPowerCut("between", false);
  }

  private onPowerCut(where: FlashWork | "between", isWriting: boolean): void {
    this.cuts[where] += 1;
    this.ledger.onPowerCut(isWriting);
    this.onLine(`info power-cut where=${where}`);
    this.clock.after(plan.darknessMs(this.lives), () => this.switchOn());
  }

  private onLine(line: string): void {
    const text = `${(this.clock.nowMs() / HOUR_MS).toFixed(6)} ${line}`;
    this.log += `${text}\n`;
    this.say(text);
  }

  // What goes wrong around it

  private alternate(kind: Disturbance, lane: number): void {
    const random = this.chance(lane);
    let isOn = false;
    const toggle = () => {
      if (this.isHealed) return;
      isOn = !isOn;
      this.disturb(kind, isOn, random);
      if (isOn) this.disturbances[kind] = (this.disturbances[kind] ?? 0) + 1;
      this.onLine(`info ${kind} on=${isOn}`);
      const delayMs = isOn ? plan.lastsMs(kind, random) : plan.calmMs(kind, random);
      this.clock.after(delayMs, toggle);
    };
    this.clock.after(plan.calmMs(kind, random), toggle);
    this.endings.push(() => {
      if (isOn) this.disturb(kind, false, random);
    });
  }

  private disturb(kind: Disturbance, isOn: boolean, random: Random): void {
    const { sensors, network, service, node } = this;
    switch (kind) {
      case "wifi":
        this.isNetworkUp = !isOn;
        this.life?.setNetwork(!isOn);
        return;
      case "partition":
        if (isOn) network.isHeld = true;
        else network.release();
        return;
      case "server":
        if (isOn) {
          service.stop();
          network.reset();
          if (random.coin()) service.forget();
        } else service.start();
        return;
      case "node":
        node.restart();
        if (isOn) service.leave();
        else service.join();
        return;
      case "slow":
        this.isSlow = isOn;
        return;
      case "no-fix":
        sensors.state = isOn ? random.pick(["none", "stale"] as const) : "valid";
        return;
      case "jump":
        sensors.errorMs = isOn ? plan.jumpMs(random) : 0;
        return;
      case "rollover":
        sensors.isRolledOver = isOn;
        return;
      case "server-time":
        this.serverErrorMs = isOn ? plan.jumpMs(random) : 0;
    }
  }

  private heal(): void {
    this.isHealed = true;
    this.flash.cutAfter(Infinity);
    this.endings.forEach((end) => end());
    // Those that hang would be found out by the board, in hours.
    this.switchOn();
  }

  private outcome(tookMs: number): MonthOutcome {
    const { seed, cuts, faults, disturbances, node, ledger, crash } = this;
    const { policy, isSigned } = this.board;
    const rows = node.rows();
    const { samples, found } = verdictOf(ledger, rows, node.received, this.board);
    const failures = [
      ...(crash === undefined ? [] : [`The board's program has thrown: ${crash}`]),
      ...(ledger.isEmpty ? [] : [`${HEALING_MS / HOUR_MS} hours after all was well samples wait.`]),
    ];
    return {
      ...{ seed, policy, isSigned, cuts, connections: this.network.connections },
      ...{ faults, disturbances, samples },
      found: [...failures, ...found],
      digest: this.digestWith(rows),
      tookMs: Math.round(tookMs),
    };
  }

  private digestWith(rows: readonly StoredEntry[]): string {
    const { area } = this.flash;
    const stored = rows.map((row) => `${+row.date} ${row.ppm} ${+row.receivedAt}\n`);
    return createHash("sha256")
      .update(this.log)
      .update(this.flash.read(0, area.pages * area.pageBytes), "latin1")
      .update(stored.join(""))
      .digest("hex");
  }
}
