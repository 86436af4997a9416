// A board as a target: its console for the log and for putting files on it, its UARTs behind serial adapters, its
// power behind a command of the user's. Tried against Espruino on Linux only, whose lines are pseudo-terminals.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { ExitCode, Failure, usageFailure } from "../../failure.js";
import { configurationText } from "../../provisioning/configuration-text.js";
import { CONFIGURATION_FILE, SEED_FILE } from "../../provisioning/provision.js";
import { flashScript } from "../../sim/flash-script.js";
import type { Adapter, Rig } from "../rig.js";
import { type AdapterLine, openAdapter } from "./adapter-line.js";
import { Console } from "./console.js";
import { linesOf } from "./target.js";
import type {
  LineSettings,
  SensorLines,
  Target,
  TargetKind,
  TargetSurroundings,
} from "./target.js";

/** Of earlier runs: whoever claimed the board, whose keys it knows, what waits on it, how often it has been started. */
const OWN_FILES = [
  ...["claims0", "claims1", "refused0", "refused1", "boots0", "boots1", "queue"],
  ...["key0", "key1", "key2", "key3"],
];

class BoardTarget implements Target {
  readonly title: string;
  private console: Console | undefined;
  private adapters: AdapterLine[] = [];
  /** What is said before belongs to whoever had the board before. */
  private isStarted = false;

  constructor(
    private readonly rig: Rig,
    private readonly lines: SensorLines,
    private readonly port: string,
    private readonly password: string | undefined,
    private readonly around: TargetSurroundings,
  ) {
    this.title = `${rig.board} at ${port}`;
  }

  async start(): Promise<void> {
    const { rig, lines, around } = this;
    await this.plug(rig.gps, lines.gps, around.gps);
    await this.plug(rig.co2, lines.co2, around.co2);
    this.console = await Console.open(this.port, rig.consoleBaud, {
      onLog: (line) => {
        if (this.isStarted) around.onLog(line);
      },
      onCrash: (reason) => {
        if (this.isStarted) around.onCrash(reason);
      },
    });
    await this.putFiles(this.console);
    this.isStarted = true;
    this.console.write(`\x10${rig.restart}\n`);
  }

  async cutPower(): Promise<void> {
    await command("power.off", this.rig.power!.off);
  }

  async powerUp(): Promise<void> {
    await command("power.on", this.rig.power!.on);
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    this.console?.close();
    for (const line of this.adapters) await line.close();
  }

  /** A board whose sensor is its own has no adapter there. */
  private async plug(
    adapter: Adapter | undefined,
    settings: LineSettings,
    wire: TargetSurroundings["gps"],
  ): Promise<void> {
    if (adapter) this.adapters.push(await openAdapter(adapter, settings, wire));
  }

  /** The agent that runs there is ended first; it starts again with the new ones. */
  private async putFiles(console: Console): Promise<void> {
    const { configuration, files } = this.around;
    await console.wake(this.password);
    const [, seed] = await console.ask(
      `print("seed="+(require("Storage").read("${SEED_FILE}")||"").length)`,
      /seed=(\d+)/,
    );
    const names = JSON.stringify(OWN_FILES);
    const erase = `${names}.forEach(function(n){require("Storage").erase("microspime."+n)})`;
    await this.type(console, erase, 0);
    const put: Record<string, Buffer> = {
      ...files,
      [CONFIGURATION_FILE]: Buffer.from(configurationText(configuration), "latin1"),
    };
    // A board's seed is its own: it stays.
    if (Number(seed) > 0) delete put[SEED_FILE];
    // A program of a line each, which leaves nothing behind.
    const lines = flashScript(put).split("\n").filter(Boolean);
    for (const [index, line] of lines.entries()) await this.type(console, line, index + 1);
  }

  private async type(console: Console, line: string, number: number): Promise<void> {
    const code = line.replace(/;$/, "");
    await console.ask(`${code};print("put="+${number})`, new RegExp(`put=${number}\\b`));
  }
}

/** Rejects with a `Failure` that says what the command said. */
async function command(name: string, text: string): Promise<void> {
  const child = spawn(text, { shell: true, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code === 0) return;
  const why = said.trim().split("\n").at(-1) || `exit code ${code}`;
  const message = `The rig's command ${name} has failed: ${why}.`;
  throw new Failure(ExitCode.toolMissing, message, `It was: ${text}`);
}

/** `password`: of a locked console. Throws a `Failure` where the rig says too little. */
export function boardTarget(
  rig: Rig,
  port: string | undefined,
  password: string | undefined,
): TargetKind {
  const console = port ?? rig.console;
  if (console === undefined) {
    throw usageFailure("Where is the board's console?", "Give --port, or the rig's file console.");
  }
  const lines = linesOf(rig.board);
  const { server, configuration, power } = rig;
  const adapters = { gps: rig.gps, co2: rig.co2 };
  return {
    board: rig.board,
    lines,
    hasPower: power !== undefined,
    listen: { host: server.listen, port: server.port },
    serverAddress: server.address,
    configuration,
    isPaced: (sensor) => adapters[sensor]?.paced === "rig",
    start: async (around) => {
      const target = new BoardTarget(rig, lines, console, password, around);
      try {
        await target.start();
      } catch (error) {
        await target.stop();
        throw error;
      }
      return target;
    },
  };
}
