// A board in the real Espruino that the loader boots, its server, and its owner's account.

import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { arithmeticOf } from "../../../src/desktop/provisioning/arithmetic.js";
import { storeFiles, updateKeyFile } from "../../../src/desktop/provisioning/provision.js";
import { startEspruinoBoard } from "../../../src/desktop/sim/espruino-board.js";
import type { EspruinoBoard } from "../../../src/desktop/sim/espruino-board.js";
import { attachMhz19 } from "../../../src/desktop/sim/sensors/mhz19.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { signProgram, updateBoard } from "../../../src/desktop/updating/index.js";
import type {
  SignedProgram,
  UpdateOptions,
  UpdateOutcome,
} from "../../../src/desktop/updating/index.js";
import { programOf } from "../../support/board-program.js";
import { embedded } from "../../support/servers.js";
import type { TestServer } from "../../support/servers.js";
import { privateKey } from "../openspime/support.js";

const DOMAIN = "spime.example";
const PASSWORD = "correct horse 4711";
export const BOARD_JID = `board@${DOMAIN}/spime`;
const OWNER_JID = `owner@${DOMAIN}/web`;
const SCOPENODE = `nobody@${DOMAIN}/co2`;
const CERTIFIER = `services@${DOMAIN}/cert`;
const CO2_PPM = 428;
const RESUME_TIMEOUT_MS = 2000;

export const signer: KeyObject = privateKey("scopenode-2048");
export const stranger: KeyObject = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

export function signed(version: string, text: string, key = signer): SignedProgram {
  return signProgram({ board: "linux", version, text: Buffer.from(text, "latin1") }, key);
}

export class UpdateBench {
  readonly lines: string[] = [];

  private constructor(
    private readonly server: TestServer,
    private readonly clock: VirtualClock,
  ) {}

  board!: EspruinoBoard;

  /** Program 1.0.0 is in the place `a`. */
  static async start(): Promise<UpdateBench> {
    const accounts = ["board", "owner", "services"].map((localpart) => ({
      ...{ localpart, password: PASSWORD },
    }));
    const resumeTimeoutMs = RESUME_TIMEOUT_MS;
    const server = await embedded.start({
      domain: DOMAIN,
      accounts,
      components: [],
      resumeTimeoutMs,
    });
    const bench = new UpdateBench(server, new VirtualClock(1));
    await bench.boot();
    return bench;
  }

  private async boot(): Promise<void> {
    const [gps, co2] = [new Wire(), new Wire()];
    attachMhz19(co2, { curve: () => CO2_PPM, clock: this.clock, warmUpMs: 0 });
    const arithmetic = arithmeticOf("linux");
    const updateKey = updateKeyFile(signer, arithmetic);
    const { host, c2sPort: port } = this.server;
    this.board = await startEspruinoBoard({
      configuration: {
        ...{ host, port, tls: false, jid: BOARD_JID, password: PASSWORD },
        ...{ scopenode: SCOPENODE, exposure: "outdoor", samplePeriodS: 3, co2PreheatS: 0 },
        ...{ certifier: CERTIFIER, sign: true, encrypt: false },
        claims: { policy: "owners", owners: [`owner@${DOMAIN}`], days: 30 },
        updates: { trialS: 25 },
      },
      files: {
        "microspime.a": Buffer.from(programOf("1.0.0"), "latin1"),
        ...storeFiles(privateKey("spime-2048"), arithmetic),
        [updateKey.name]: Buffer.from(updateKey.content),
      },
      ...{ gps, co2, clock: this.clock },
      bundle: { file: "build/loader.js", text: readFileSync("build/loader.js", "latin1") },
      onLog: (line) => void this.lines.push(line),
      onTraffic: undefined,
      onCrash: (reason) => void this.lines.push(`crash ${reason}`),
    });
  }

  update(program: SignedProgram, options: Partial<UpdateOptions> = {}): Promise<UpdateOutcome> {
    const { host, c2sPort } = this.server;
    return updateBoard({
      ...{ service: `xmpp://${host}:${c2sPort}`, jid: OWNER_JID, password: PASSWORD },
      ...{ spime: BOARD_JID, program, timeoutMs: 120_000, answerTimeoutMs: 5000, pauseMs: 500 },
      ...options,
    });
  }

  /** Until the board has logged a line with this in it. */
  async logged(text: string, timeoutMs = 30_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!this.lines.some((line) => line.includes(text))) {
      if (performance.now() > endMs) throw new Error(`no "${text}":\n${this.lines.join("\n")}`);
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await this.board?.stop();
    await this.server.stop();
  }
}
