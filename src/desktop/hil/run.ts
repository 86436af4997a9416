// A scenario run on a target: everybody on stage, sensors played, steps done one after the other, each with a verdict.

import { setTimeout as delay } from "node:timers/promises";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import { storeFiles } from "../provisioning/provision.js";
import type { Refusal, Report } from "../scopenode/index.js";
import { logEventOf } from "../sim/agent-log.js";
import { createTrace } from "../sim/trace.js";
import { VirtualClock } from "../sim/virtual-clock.js";
import { setStage, type Stage } from "../tour/stage.js";
import { Acting } from "./acting.js";
import { type Given, misfitsOf } from "./conditions.js";
import { Expecting, type Judgement } from "./expecting.js";
import { Gate } from "./gate.js";
import { type Happened, Journal, type ReceivedEntry } from "./journal.js";
import type { HilOutcome, HilScene, RunAudience, Verdict } from "./outcome.js";
import { Owner } from "./owner.js";
import { checkPossible } from "./possible.js";
import { NO_RECORDER, type Recorder } from "./recording.js";
import type { Recording } from "./replay.js";
import { RigFaults } from "./rig-faults.js";
import type { Scenario, Step, TargetName, Tempo } from "./scenario.js";
import { tempoOn } from "./scenario.js";
import { SensorLine } from "./sensor-line.js";
import { type Origin, type PlayedSensors, playSensors } from "./sensors.js";
import type { Target, TargetKind, TargetSurroundings } from "./targets/target.js";
import { conditionWords, entryWords, plural, titleOf } from "./wording.js";

export interface RunOptions {
  readonly target: TargetName;
  readonly kind: TargetKind;
  /** In the place of the scenario's. */
  readonly speed?: number;
  readonly recorder?: Recorder;
  readonly replay?: Recording;
}

/** A CO2 sensor is asked once in so long, at least. */
const ASKING_S = 6;

const LEAVE_MS = 3000;
const OLD_S = 5;
const SHORT_KEY_BITS = 1024;

type CleanUp = (() => Promise<void> | void)[];

/** Rejects with a `Failure` where it could not be run; a step that fails is an outcome. */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  audience: RunAudience,
  stop: AbortSignal,
): Promise<HilOutcome> {
  const run = new Run(scenario, options, audience, stop);
  try {
    return await run.play();
  } finally {
    await run.close();
  }
}

class Run {
  private readonly tempo: Tempo;
  private readonly startedMs = performance.now();
  private readonly clock: VirtualClock;
  /** Not yet. */
  private readonly origin: Origin = { clockMs: Infinity, dateMs: 0 };
  private readonly journal: Journal;
  private readonly recorder: Recorder;
  private readonly cleanUp: CleanUp = [];
  /** Resolves when the run is ended from outside. */
  private readonly stopped: Promise<void>;
  private readonly verdicts: Verdict[] = [];
  private readonly faults: { readonly gps: RigFaults; readonly co2: RigFaults };
  private hasBegun = false;
  private stage!: Stage;
  private gate!: Gate;
  private owner!: Owner;
  private target!: Target;
  private sensors!: PlayedSensors;
  private acting!: Acting;

  constructor(
    private readonly scenario: Scenario,
    private readonly options: RunOptions,
    private readonly audience: RunAudience,
    private readonly stop: AbortSignal,
  ) {
    const tempo = tempoOn(scenario, options.target);
    this.tempo = { ...tempo, speed: options.speed ?? tempo.speed };
    this.recorder = options.recorder ?? NO_RECORDER;
    this.clock = new VirtualClock(this.tempo.speed);
    this.cleanUp.push(() => this.clock.stop());
    const after = (seconds: number, callback: () => void) =>
      void this.clock.after(seconds * 1000, callback);
    this.journal = new Journal(
      () => this.nowS(),
      after,
      (happened) => this.onHappened(happened),
    );
    this.stopped = this.untilStopped();
    const faultsFor = (sensor: "gps" | "co2") =>
      new RigFaults((name) => this.journal.add({ kind: "fault", sensor, name }));
    this.faults = { gps: faultsFor("gps"), co2: faultsFor("co2") };
  }

  async play(): Promise<HilOutcome> {
    checkPossible(this.scenario, this.options.kind);
    const date = new Date();
    this.recorder.write(0, "scenario", { file: this.scenario.file, target: this.options.target });
    await this.setUp();
    const scene = this.scene();
    this.audience.onScene(scene);
    this.acting = this.actor();
    this.scheduleFaults();
    const expecting = this.expecting();
    for (const [index, step] of this.scenario.steps.entries())
      await this.do(step, index, expecting);
    this.judgeAlways();
    const durationS = this.nowS();
    return {
      ...{ scene, date, durationS, about: this.scenario.about, verdicts: this.verdicts },
      isPassed: this.verdicts.every(({ isPassed }) => isPassed),
      happened: this.journal.all,
      tookMs: Math.round(performance.now() - this.startedMs),
      given: this.given(),
    };
  }

  async close(): Promise<void> {
    this.sensors?.stop();
    // A session that has what it wanted still takes its leave.
    await Promise.race([this.owner?.settled(), delay(LEAVE_MS, undefined, { ref: false })]);
    for (const step of this.cleanUp.splice(0).reverse()) await step();
    this.recorder.close();
  }

  private nowS(): number {
    return !this.hasBegun ? 0 : (this.clock.nowMs() - this.origin.clockMs) / 1000;
  }

  private async pause(seconds: number): Promise<void> {
    const over = new Promise<void>((resolve) => this.clock.after(seconds * 1000, resolve));
    await Promise.race([over, this.stopped]);
  }

  /** One listener a run, for as long as it goes: a command has one signal for all its runs. */
  private untilStopped(): Promise<void> {
    return new Promise((resolve) => {
      const onStop = () => {
        this.journal.end();
        resolve();
      };
      this.stop.addEventListener("abort", onStop, { once: true });
      this.cleanUp.push(() => this.stop.removeEventListener("abort", onStop));
    });
  }

  private async setUp(): Promise<void> {
    const { scenario, options, cleanUp } = this;
    this.stage = await setStage({
      // Where nobody signs they are of no use, and made all the same.
      bits: scenario.security === "plain" ? SHORT_KEY_BITS : scenario.keyBits,
      onStanza: (direction, xml) => this.onStanza("scopenode", direction, xml),
      onSeek: () => {},
      role: {
        // The board's clock may go faster than that of the ScopeNode.
        scope: { maxFutureS: 86_400, ...scenario.scope },
        onReport: (report) => this.onReport("entry", report),
        onReplay: (report) => this.onReport("replay", report),
        onRefused: (refusal) => this.onRefused(refusal),
      },
    });
    cleanUp.push(() => this.stage.close());
    const { server } = this.stage;
    this.gate = new Gate({
      ...{ host: server.host, port: server.port, listen: options.kind.listen },
      onTraffic: createTrace((direction, xml) => this.onStanza("board", direction, xml)),
    });
    await this.gate.open();
    cleanUp.push(() => this.gate.close());
    this.owner = new Owner(
      this.stage,
      (direction, xml) => this.onStanza("owner", direction, xml),
      (happening) => this.journal.add(happening),
    );
    await this.startBoard();
  }

  private async startBoard(): Promise<void> {
    const { scenario, options, clock, origin, faults, tempo } = this;
    const { kind, replay } = options;
    const { sensor } = kind.lines;
    const gps = this.line("gps");
    const co2 = this.line("co2");
    this.sensors = playSensors({
      ...{ scenario, pace: tempo.pace, clock, origin, sensor, faults },
      ...{ gps: gps.sensorEnd, co2: co2.sensorEnd },
      ...(replay && { replay }),
    });
    const key = scenario.security === "plain" ? undefined : this.stage.keys.spime;
    const around: TargetSurroundings = {
      configuration: this.configuration(),
      files: storeFiles(key, arithmeticOf(kind.board)),
      ...{ gps: gps.boardEnd, co2: co2.boardEnd, clock },
      onLog: (line) => this.onLog(line),
      onCrash: (reason) => this.journal.add({ kind: "crash", reason }),
    };
    this.target = await kind.start(around).catch((error: unknown) => {
      throw error instanceof Failure ? error : notStarted(error);
    });
    this.cleanUp.push(() => this.target.stop());
    this.begin();
  }

  private line(sensor: "gps" | "co2"): SensorLine {
    const { kind } = this.options;
    return new SensorLine({
      ...{ clock: this.clock, ...kind.lines[sensor], isPaced: kind.isPaced(sensor) },
      onBytes: (direction, bytes) => {
        const values = { sensor, direction, hex: bytes.toString("hex") };
        this.recorder.write(this.nowS(), "bytes", values);
      },
    });
  }

  /** At the first sign of life, or when the board should be there. */
  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.origin.clockMs = this.clock.nowMs();
    this.origin.dateMs = Math.floor(Date.now() / 1000) * 1000;
    this.recorder.write(0, "begin", { gpsStartMs: this.sensors.gpsStartMs() });
    this.sensors.start();
    this.journal.add({ kind: "power", isOn: true });
  }

  private configuration(): BoardConfiguration {
    const { scenario, options, gate, stage, tempo } = this;
    const { server, scopenode, certifier } = stage;
    const security = { certifier, sign: true, encrypt: scenario.security === "encrypted" };
    return {
      ...{ host: options.kind.serverAddress, port: gate.port, tls: false },
      ...{ jid: server.jid, password: server.password, scopenode },
      ...(scenario.security !== "plain" && security),
      exposure: "outdoor",
      samplePeriodS: scenario.samplePeriodS * tempo.pace,
      co2PreheatS: 0,
      ...options.kind.configuration,
      ...scenario.configuration,
    };
  }

  private scene(): HilScene {
    const { title, shows, file, security, keyBits } = this.scenario;
    const { target } = this.options;
    return {
      ...{ title, shows, file, target, tempo: this.tempo },
      board: this.target.title,
      server: this.stage.title,
      security: security === "plain" ? "plain" : `${security}, RSA-${keyBits}`,
    };
  }

  private given(): Given {
    const { sensors, tempo, scenario } = this;
    return {
      curve: sensors.curve,
      placeAt: sensors.placeAt,
      secondOf: (date) => {
        const startMs = sensors.gpsStartMs();
        return startMs === undefined ? undefined : (date.getTime() - startMs) / 1000;
      },
      windowS: scenario.samplePeriodS * tempo.pace + ASKING_S,
      pace: tempo.pace,
      spime: this.stage.server.jid,
    };
  }

  private actor(): Acting {
    const { tempo, clock, journal, faults, owner, gate, target, stage } = this;
    const pause = (seconds: number) => this.pause(seconds);
    const people = { owner, embedded: stage.embedded };
    return new Acting({ ...{ tempo, clock, journal, faults, gate, target, pause }, ...people });
  }

  private expecting(): Expecting {
    return new Expecting({
      journal: this.journal,
      given: this.given(),
      askStatus: () => this.owner.status(),
      pause: (seconds) => this.pause(seconds),
      nowS: () => this.nowS(),
    });
  }

  private onHappened(happened: Happened): void {
    const { kind, atS, ...values } = happened;
    this.recorder.write(atS, kind, values);
    this.audience.onHappened(happened);
  }

  private onStanza(party: string, direction: "sent" | "received", xml: string): void {
    this.recorder.write(this.nowS(), "stanza", { party, direction, xml });
  }

  private onLog(line: string): void {
    this.begin();
    const event = logEventOf(line);
    if (event) this.journal.add({ kind: "log", event, line });
  }

  private onReport(kind: "entry" | "replay", report: Report): void {
    const { isSigned, isEncrypted, osid, entries } = report;
    const ofThisRun = entries.filter(({ date }) => !this.isOld(date));
    for (const { date, ppm, lat, lon, eleM, placeAgeS } of ofThisRun) {
      const entry: ReceivedEntry = {
        ...{ date, co2Ppm: ppm, isSigned, isEncrypted, osid },
        ...(lat !== undefined && { lat }),
        ...(lon !== undefined && { lon }),
        ...(eleM !== undefined && { eleM }),
        ...(placeAgeS !== undefined && { placeAgeS }),
      };
      this.journal.add({ kind, entry });
    }
  }

  /** What waited on a board from an earlier run is not for this one to judge. */
  private isOld(date: Date): boolean {
    const startMs = this.sensors.gpsStartMs() ?? -Infinity;
    return date.getTime() < startMs - OLD_S * 1000;
  }

  private onRefused({ condition, text }: Refusal): void {
    this.journal.add({ kind: "refusal", condition, text });
  }

  private scheduleFaults(): void {
    for (const fault of this.scenario.faults) {
      const dueMs = fault.at * this.tempo.pace * 1000 - this.nowS() * 1000;
      this.clock.after(Math.max(0, dueMs), () => this.acting.fault(fault));
    }
  }

  private async do(step: Step, index: number, expecting: Expecting): Promise<void> {
    const { verdicts, scenario } = this;
    const about = { title: titleOf(step), line: scenario.lines[index], atS: this.nowS() };
    if (this.stop.aborted || verdicts.some(({ isPassed }) => !isPassed)) {
      this.tell({ ...about, tookS: 0, isPassed: false, isSkipped: true });
      return;
    }
    const judgement = await this.judgementOn(step, expecting);
    this.tell({ ...about, tookS: this.nowS() - about.atS, ...judgement });
  }

  private async judgementOn(step: Step, expecting: Expecting): Promise<Judgement> {
    try {
      if ("expect" in step) return await expecting.judge(step);
      return await this.acting.act(step);
    } catch (error) {
      const advice = error instanceof Failure ? ` ${error.advice}` : "";
      return { isPassed: false, seen: `${messageOf(error)}${advice}` };
    }
  }

  private tell(verdict: Verdict): void {
    this.verdicts.push(verdict);
    this.recorder.write(this.nowS(), "verdict", verdict);
    this.audience.onVerdict(verdict);
  }

  private judgeAlways(): void {
    const { always } = this.scenario;
    if (!always) return;
    const entries = this.journal.of("entry").map(({ what }) => what);
    const given = this.given();
    const misfits = entries.flatMap(({ entry, atS }) => {
      const why = misfitsOf(entry, always, given, atS);
      return why.length > 0 ? [`${entryWords(entry)} (${why.join(", ")})`] : [];
    });
    const reports = plural(entries.length, "report");
    const isPassed = entries.length > 0 && misfits.length === 0;
    const [first = `all of ${reports}`] = misfits;
    const bad = misfits.length > 1 ? ` and ${misfits.length - 1} more` : "";
    this.tell({
      ...{ title: `always: ${conditionWords(always).join(", ")}`, line: 0 },
      ...{ atS: this.nowS(), tookS: 0, isPassed },
      expected: conditionWords(always).join(", "),
      seen: entries.length === 0 ? "no report at all" : `${first}${bad}`,
    });
  }
}

/** What the board's program has thrown: a wrong configuration names its field. */
function notStarted(error: unknown): Failure {
  // An error of another context is none of ours.
  const what = messageOf(error).replace(/^Error: /, "");
  const message = `The board's program did not start: ${what}.`;
  return new Failure(ExitCode.notAcknowledged, message, "Check configuration in the scenario.");
}
