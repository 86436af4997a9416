// The whole scene: the cast (cast.ts) and a board that replays recordings to it. Tells what happens as
// events; nothing here prints.

import { readFileSync } from "node:fs";
import path from "node:path";
import { ExitCode, Failure, messageOf, usageFailure } from "../failure.js";
import { parseAddress } from "../openspime/address.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import { storeFiles } from "../provisioning/provision.js";
import { readReport } from "./acknowledgement.js";
import type { Acknowledgement } from "./acknowledgement.js";
import { TRUST_ADVICE } from "./cast.js";
import { logEventOf, type LogEvent } from "./agent-log.js";
import { generationOn } from "./board-receiver.js";
import type { BoardSurroundings, Memory, RunningBoard } from "./board.js";
import { type Bundle, readBundle } from "./bundle.js";
import { type Cast, castOf, type CastOptions } from "./cast.js";
import { type Co2Curve, co2CurveOf } from "./co2-curve.js";
import { ENGINES, type Engine } from "./engines.js";
import { type Epoch, epochsOf, GpsReceiver } from "./gps-receiver.js";
import { attachMhz19 } from "./sensors/mhz19.js";
import { openStoreFolder } from "./store-folder.js";
import type { StoreFolder } from "./store-folder.js";
import type { Traffic } from "./trace.js";
import { VirtualClock } from "./virtual-clock.js";
import { Wire } from "./wire.js";

export interface SimulationOptions extends CastOptions {
  readonly engine: Engine;
  readonly speed: number;
  /** Acknowledged reports to end after; `undefined`: the recording's length decides. */
  readonly reports: number | undefined;
  readonly samplePeriodS: number;
  readonly gpsFile: string;
  readonly co2File: string;
  /** How reports are signed and encrypted, where the ScopeNode has it too (docs/nacl.md); absent: as the document has it. */
  readonly suite?: string | undefined;
  /** Wall-clock seconds without an acknowledgement after which the simulation has failed. */
  readonly patienceS: number;
  /** A folder for what the board keeps, where the engine is Node. */
  readonly storeFolder?: string | undefined;
  /** Code behind that of the bundle, in the real engine: what a benchmark wants to know. */
  readonly probe?: string;
  /** Another than the engine's own. */
  readonly bundle?: Bundle;
}

export interface Scene {
  readonly server: string;
  readonly scopenode: string;
  readonly security: string;
  readonly board: string;
  readonly clock: string;
  readonly gps: string;
  readonly co2: string;
}

export interface Audience {
  onScene(scene: Scene): void;
  onAcknowledged(acknowledgement: Acknowledgement): void;
  /** Anything else that the agent logs, warnings among it. */
  onAgent(event: LogEvent, line: string): void;
  onNote(note: string): void;
  readonly traffic: Traffic | undefined;
}

export interface Outcome {
  readonly acknowledged: number;
  readonly refused: number;
  /** Entries that this simulation's ScopeNode has taken; `undefined` when it runs elsewhere. */
  readonly stored: number | undefined;
  /** Of those: by a signature of the board's own, and by encryption to that ScopeNode. */
  readonly signed: number | undefined;
  readonly encrypted: number | undefined;
  /** Entries that came again, signed, and were noticed. */
  readonly replayed: number | undefined;
  /** Whether they were to be signed and encrypted. */
  readonly isSecured: boolean;
  readonly tookMs: readonly number[];
  /** The engine's at the end, where it has a bound. */
  readonly memory?: Memory | undefined;
}

const GPS_BAUD = 9600;

function readRecording(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `The ${what} recording cannot be read: ${messageOf(error)}.`;
    throw usageFailure(message, "Check the path.");
  }
}

function loadEpochs(file: string): Epoch[] {
  const epochs = epochsOf(readRecording(file, "GPS"));
  if (epochs) return epochs;
  const message = `${file} holds no NMEA sentence with a time (RMC, GGA, GNS or ZDA).`;
  throw usageFailure(message, "--gps wants what a receiver sent, a sentence a line.");
}

function loadCurve(file: string): Co2Curve {
  const curve = co2CurveOf(readRecording(file, "CO2").toString("utf8"));
  if (curve) return curve;
  const message = `${file} holds no lines "seconds,ppm" with times that go up.`;
  throw usageFailure(message, 'Write one a line, for example "0,420".');
}

/** Before the first login these may pass by themselves. */
const PASSING = ["login-timeout", "stopped"];

/** Why the agent is offline, when waiting would not help. */
function failureOf(reason: string, cast: Cast, wasOnline: boolean): Failure | undefined {
  const { host, port, jid } = cast.configuration;
  const [kind, detail] = cutAtColon(reason);
  if (kind === "login-refused") {
    const message = `The server refused the login of ${jid}: ${detail}.`;
    return new Failure(ExitCode.loginRefused, message, "Check --jid and --password.");
  }
  if (kind === "no-scram-offered") {
    const message = `The server offers no SCRAM login, only ${detail}.`;
    const advice = "Allow SCRAM-SHA-256 or SCRAM-SHA-1 without encryption there, or use --tls.";
    return new Failure(ExitCode.loginRefused, message, advice);
  }
  if (kind === "bad-server-signature" || kind === "bad-challenge") {
    const message = `The server at ${host}:${port} could not prove that it knows the password.`;
    return new Failure(ExitCode.loginRefused, message, "It may not be the server you mean.");
  }
  if (wasOnline || PASSING.includes(kind)) return undefined;
  if (kind === "disconnected") {
    if (detail.startsWith("certificate-")) return distrusted(cast, detail);
    const message = `The server at ${host}:${port} cannot be reached: ${detail}.`;
    return new Failure(ExitCode.network, message, "Check --xmpp, and that the server runs there.");
  }
  const message = `The server at ${host}:${port} does not let the board in: ${reason}.`;
  return new Failure(ExitCode.network, message, "Check --xmpp, --tls and the domain of --jid.");
}

/** The board tries again, but a certificate does not change by itself. */
function distrusted({ configuration }: Cast, fault: string): Failure {
  const { host, port, jid } = configuration;
  const { domain } = parseAddress(jid);
  const message = `The server at ${host}:${port} does not prove that it is that of ${domain}: ${fault}.`;
  return new Failure(ExitCode.network, message, TRUST_ADVICE);
}

function cutAtColon(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** One run, from the first byte to the outcome. */
class Run {
  private readonly clock: VirtualClock;
  private readonly gps = new Wire();
  private readonly sentAt = new Map<string, { values: LogEvent["values"]; atMs: number }>();
  private readonly tookMs: number[] = [];
  private refused = 0;
  private wasOnline = false;
  private isOnline = false;
  /** The recording, where it is played only once. */
  private isOver = false;
  private hasEnded = false;
  private folder: StoreFolder | undefined;
  private impatience: NodeJS.Timeout | undefined;
  private resolve: (outcome: Outcome) => void = () => {};
  private reject: (failure: Failure) => void = () => {};
  private readonly ended: Promise<Outcome>;

  constructor(
    private readonly options: SimulationOptions,
    private readonly cast: Cast,
    private readonly audience: Audience,
  ) {
    this.clock = new VirtualClock(options.speed);
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // It may fail while the board still starts; whoever awaits it later hears of it.
    this.ended.catch(() => {});
  }

  async play(stop: AbortSignal): Promise<Outcome> {
    const { gpsFile, co2File, engine } = this.options;
    const generation = generationOn(ENGINES[engine].board);
    const epochs = loadEpochs(gpsFile);
    const receiver = new GpsReceiver(epochs, this.gps, this.clock, GPS_BAUD, generation);
    const co2 = new Wire();
    attachMhz19(co2, { curve: loadCurve(co2File), clock: this.clock, warmUpMs: 0 });
    stop.addEventListener("abort", () => this.end());
    if (stop.aborted) this.end();
    const board = await this.startBoard(co2);
    try {
      const seconds = Math.round(receiver.durationMs / 1000);
      this.announce(board, `${path.basename(gpsFile)} (${seconds} s)`);
      this.wait();
      this.playAgain(receiver);
      const outcome = await this.ended;
      return { ...outcome, memory: await board.memory() };
    } finally {
      clearTimeout(this.impatience);
      this.clock.stop();
      await board.stop();
      this.folder?.close();
    }
  }

  /** With the outcome of this moment: what is still on its way does not count. */
  private end(): void {
    const { tookMs, refused } = this;
    this.hasEnded = true;
    const { samples: stored, signed, encrypted, replayed } = this.cast.tally ?? {};
    const counts = { refused, stored, signed, encrypted, replayed };
    const isSecured = this.options.keys !== undefined;
    const acknowledged = tookMs.length;
    this.resolve({ acknowledged, ...counts, isSecured, tookMs: [...tookMs] });
  }

  private startBoard(co2: Wire): Promise<RunningBoard> | RunningBoard {
    const { engine, samplePeriodS, speed, keys, probe, bundle, storeFolder, suite } = this.options;
    this.folder = storeFolder === undefined ? undefined : openStoreFolder(storeFolder);
    const { board, naclBoard, start, isInRealTime } = ENGINES[engine];
    // Where timers run on the wall clock, the period shrinks instead.
    const period = isInRealTime ? samplePeriodS / speed : samplePeriodS;
    const around: BoardSurroundings = {
      configuration: {
        ...this.cast.configuration,
        ...{ exposure: "outdoor", samplePeriodS: period, co2PreheatS: 0 },
        ...(suite !== undefined && { suite }),
      },
      files: storeFiles(keys?.spime, arithmeticOf(board)),
      gps: this.gps,
      co2,
      clock: this.clock,
      onLog: (line) => this.onLog(line),
      onTraffic: this.audience.traffic,
      onCrash: (reason) => this.fail(`The board's program has stopped: ${reason}.`),
      isTrusting: this.cast.isTrusting,
      folder: this.folder,
      probe,
      bundle: bundle ?? (suite === "nacl" && naclBoard ? readBundle(naclBoard) : undefined),
    };
    return start(around);
  }

  private announce(board: RunningBoard, gps: string): void {
    const { speed, co2File } = this.options;
    this.audience.onScene({
      server: this.cast.server,
      scopenode: this.cast.configuration.scopenode,
      security: this.cast.security,
      board: board.title,
      clock: speed === 1 ? "real time" : `${speed} times as fast as real time`,
      gps,
      co2: path.basename(co2File),
    });
  }

  private playAgain(receiver: GpsReceiver): void {
    receiver.play(() => {
      if (this.options.reports === undefined) {
        this.isOver = true;
        this.clock.after(this.options.samplePeriodS * 1000, () => this.endWhenAnswered());
        return;
      }
      this.audience.onNote("The recording is over and starts again.");
      this.playAgain(receiver);
    });
  }

  /** While the link is down, samples may wait on the board: then it is patience that ends the run. */
  private endWhenAnswered(): void {
    if (this.sentAt.size === 0 && this.isOnline) this.end();
    else this.clock.after(this.options.samplePeriodS * 1000, () => this.endWhenAnswered());
  }

  private fail(message: string): void {
    const advice = "Run it again with --trace to see every stanza.";
    this.reject(new Failure(ExitCode.notAcknowledged, message, advice));
  }

  private wait(): void {
    const { patienceS } = this.options;
    clearTimeout(this.impatience);
    this.impatience = setTimeout(
      () => this.fail(`No report was acknowledged for ${patienceS} s.`),
      patienceS * 1000,
    );
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    if (!event || this.hasEnded) return;
    const { name, values } = event;
    if (name === "report") this.sentAt.set(values["id"], { values, atMs: performance.now() });
    else if (name === "acknowledged") this.onAcknowledged(values["id"]);
    // That the last fix grows old after the recording is nobody's news.
    else if (name !== "gap" || !this.isOver) this.audience.onAgent(event, line);
    if (name === "online") this.wasOnline = this.isOnline = true;
    if (name === "offline") this.isOnline = false;
    if (name === "refused") this.onRefused(values["id"]);
    if (name === "unanswered") this.sentAt.delete(values["id"]);
    const failure = name === "offline" && failureOf(values["reason"], this.cast, this.wasOnline);
    if (failure) this.reject(failure);
  }

  private onRefused(id: string): void {
    this.refused++;
    this.sentAt.delete(id);
  }

  private onAcknowledged(id: string): void {
    const sent = this.sentAt.get(id);
    if (!sent) return;
    const tookMs = Math.round((performance.now() - sent.atMs) * 10) / 10;
    this.sentAt.delete(id);
    this.tookMs.push(tookMs);
    const number = this.tookMs.length;
    this.audience.onAcknowledged({ number, ...readReport(sent.values), tookMs });
    this.wait();
    if (number === this.options.reports) this.end();
  }
}

/** Rejects with a `Failure`. `stop` ends it early, with the outcome so far. */
export async function simulate(
  options: SimulationOptions,
  audience: Audience,
  stop: AbortSignal,
): Promise<Outcome> {
  const cast = await castOf(options);
  try {
    return await new Run(options, cast, audience).play(stop);
  } finally {
    await cast.close();
  }
}
