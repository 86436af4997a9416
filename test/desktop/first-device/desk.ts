// What somebody has around who makes a first device: a server with a ScopeNode and a certification service, and a board on
// the desk, the real Espruino with a receiver and a CO2 sensor on its serial lines and its console at a TCP port.

import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import { openPty } from "../../../src/desktop/sim/pty.js";
import type { Pty } from "../../../src/desktop/sim/pty.js";
import { GpsTwin } from "../../../src/desktop/sim/sensors/gps.js";
import { attachMhz19 } from "../../../src/desktop/sim/sensors/mhz19.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { embedded } from "../../support/servers.js";
import type { TestServer } from "../../support/servers.js";
import { startTcpBoard } from "../../support/tcp-board.js";
import type { TcpBoard } from "../../support/tcp-board.js";
import { assertSuccess, runProgram } from "../cli/program.js";
import type { Ended, Told } from "../cli/program.js";
import { readPem } from "../openspime/support.js";

const DOMAIN = "spime.example";
const NODE_DOMAIN = "scopenode.example";
const PASSWORD = "correct horse 4711";
const SECRET = "battery staple";
export const BOARD_JID = `board@${DOMAIN}/spime`;
export const SCOPENODE = `node@${NODE_DOMAIN}/co2`;
export const CERTIFIER = `services@${DOMAIN}/cert`;
const OWNER_JID = `owner@${DOMAIN}/web`;

export const PLACE = { latDegrees: 45.4642, lonDegrees: 9.19, altitudeM: 122 };
export const CO2_PPM = 428;
/** So long the server takes a board whose power was cut for one that comes back. */
const RESUME_TIMEOUT_MS = 2000;
/** The machine may be busy; who waits for longer waits for nothing. */
const PATIENCE_MS = 120_000;
/** Longer than all steps of the test together. */
const CERTIFY_MS = 1_800_000;
const POLL_MS = 50;

async function until(condition: () => boolean, what: () => string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(what());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** `microspime certify`, until it is stopped. */
class CertifyProgram {
  private readonly told: Told[] = [];
  private program: ChildProcess | undefined;
  /** What it has said on standard error, once it has ended. */
  private lastWords: string | undefined;
  private readonly ended: Promise<Ended>;

  constructor(args: string[]) {
    this.ended = runProgram(["certify", ...args, "--json"], {
      env: { MICROSPIME_CERT_PASSWORD: PASSWORD },
      timeoutMs: CERTIFY_MS,
      onLine: (line, program) => {
        this.program = program;
        this.told.push(JSON.parse(line) as Told);
      },
    });
    // Whoever stops it hears of a rejection.
    this.ended.then(({ stderr }) => (this.lastWords = stderr)).catch(() => {});
  }

  async hasTold(event: string): Promise<void> {
    const isTold = () => this.told.some((one) => one.event === event);
    const what = () => `certify has not told "${event}": ${this.lastWords ?? "it still runs"}`;
    await until(() => isTold() || this.lastWords !== undefined, what);
    if (!isTold()) throw new Error(what());
  }

  async readAgain(): Promise<void> {
    this.program?.kill("SIGHUP");
    await this.hasTold("reloaded");
  }

  async stop(): Promise<void> {
    this.program?.kill("SIGINT");
    await this.ended;
  }
}

export class Desk {
  board!: TcpBoard;
  private server!: TestServer;
  private certify!: CertifyProgram;
  private readonly reports: Report[] = [];
  private readonly home = mkdtempSync(path.join(tmpdir(), "microspime-desk-"));
  private readonly cleanUp: (() => unknown)[] = [
    () => rmSync(this.home, { recursive: true, force: true, maxRetries: 3 }),
  ];

  static async start(binary: string): Promise<Desk> {
    const desk = new Desk();
    try {
      await desk.startServices();
      desk.board = await startTcpBoard(binary);
      desk.cleanUp.push(() => desk.board.stop());
      return desk;
    } catch (error) {
      await desk.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const step of this.cleanUp.splice(0).reverse()) await step();
  }

  /** A path in the folder where its owner works. */
  file(...names: string[]): string {
    return path.join(this.home, ...names);
  }

  /** `--xmpp` for everybody. */
  get xmpp(): string[] {
    return ["--xmpp", `${this.server.host}:${this.server.c2sPort}`];
  }

  /** An owner's command about the board. */
  own(command: string, ...more: string[]): Promise<Ended> {
    const args = [command, BOARD_JID, ...this.xmpp, "--jid", OWNER_JID, ...more];
    return runProgram(args, { env: { MICROSPIME_PASSWORD: PASSWORD }, timeoutMs: PATIENCE_MS });
  }

  run(...args: string[]): Promise<Ended> {
    return runProgram(args, { timeoutMs: PATIENCE_MS });
  }

  private async startServices(): Promise<void> {
    const accounts = ["owner", "services"].map((localpart) => ({ localpart, password: PASSWORD }));
    const components = [{ domain: NODE_DOMAIN, secret: SECRET }];
    const resumeTimeoutMs = RESUME_TIMEOUT_MS;
    const around = { domain: DOMAIN, accounts, components, resumeTimeoutMs, registration: {} };
    this.server = await embedded.start(around);
    this.cleanUp.push(() => this.server.stop());
    const node = await this.startScopeNode();
    this.cleanUp.push(() => node.stop());
    await this.startCertifier();
  }

  private startScopeNode(): Promise<ScopeNode> {
    const { host, componentPort } = this.server;
    return startScopeNode({
      ...{ service: `xmpp://${host}:${componentPort}`, domain: NODE_DOMAIN, secret: SECRET },
      ...{ jid: SCOPENODE, key: readPem("scopenode-2048"), acceptedCertifiers: [CERTIFIER] },
      database: this.file("scopenode.db"),
      onReport: (report) => void this.reports.push(report),
    });
  }

  private async startCertifier(): Promise<void> {
    const [keys, key] = [this.file("keys"), this.file("scopenode.pub.pem")];
    mkdirSync(keys);
    writeFileSync(key, readPem("scopenode-2048.pub"));
    assertSuccess(await this.run("certify", "--keys", keys, "--add", SCOPENODE, "--key", key));
    this.certify = new CertifyProgram([
      ...["--keys", keys, "--jid", CERTIFIER, "--trusting"],
      ...this.xmpp,
    ]);
    this.cleanUp.push(() => this.certify.stop());
    await this.certify.hasTold("started");
  }

  /** After `provision --certify-keys`. */
  readKeysAgain(): Promise<void> {
    return this.certify.readAgain();
  }

  /** Puts the sensors on serial lines; the paths of the board's ends. */
  async connectSensors(): Promise<{ gps: string; co2: string }> {
    const clock = new VirtualClock(1);
    this.cleanUp.push(() => clock.stop());
    const [gps, co2] = [new Wire(), new Wire()];
    attachMhz19(co2, { curve: () => CO2_PPM, clock, warmUpMs: 0 });
    const startMs = Date.now();
    const course = (second: number) => ({
      ...{ timeMs: startMs + second * 1000, ...PLACE, hdop: 0.9, satellites: 8 },
    });
    const receiver = new GpsTwin(gps, { course, clock });
    receiver.start();
    this.cleanUp.push(() => receiver.stop());
    return { gps: (await this.line("gps", gps)).path, co2: (await this.line("co2", co2)).path };
  }

  private async line(name: string, wire: Wire): Promise<Pty> {
    const pty = await openPty(this.file(name), wire);
    this.cleanUp.push(() => pty.close());
    return pty;
  }

  /** Writes fields into a configuration that no option of `provision` has. */
  configure(file: string, fields: object): void {
    const configuration = JSON.parse(readFileSync(file, "latin1")) as object;
    writeFileSync(file, JSON.stringify({ ...configuration, ...fields }), "latin1");
  }

  /** The next one that the ScopeNode stores. */
  async nextReport(): Promise<Report> {
    const before = this.reports.length;
    const what = () => `No report has come. The board has printed:\n${this.board.log()}`;
    await until(() => this.reports.length > before, what);
    return this.reports[before];
  }
}
