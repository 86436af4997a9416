// A board on a bench, for the rig: Espruino on Linux, whose console is a pseudo-terminal and whose UARTs are pairs of
// them in the place of serial adapters, and whose power two shell scripts switch.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { bootEspruino } from "../../support/espruino.js";

export interface Bench {
  /** Its rig.yaml. */
  readonly rig: string;
  /** Types a line into its console. */
  type(line: string): Promise<void>;
  /** Its console over TCP, for one program; how to reach it. */
  listen(port: number): Promise<string>;
  stop(): Promise<void>;
}

const OPEN_TIMEOUT_MS = 5000;
const LOOK_MS = 20;

/** The program is in its flash, as after `microspime flash`; nothing else is. */
export async function setBench(binary: string): Promise<Bench> {
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-bench-"));
  const children: ChildProcess[] = [];
  const at = (name: string) => path.join(folder, name);
  const stop = async () => {
    await shell(`sh ${at("power-off")}`);
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await writeProgram(binary, folder);
    for (const line of ["gps", "co2"]) {
      const ends = [at(`${line}-board`), at(`${line}-rig`)];
      children.push(
        spawn(
          "socat",
          ends.map((end) => `PTY,raw,echo=0,link=${end}`),
        ),
      );
      await untilThere(ends[1]);
    }
    writeScripts(binary, folder);
    writeFileSync(at("rig.yaml"), rigText(folder));
    await shell(`sh ${at("power-on")}`);
    await untilThere(at("console"));
    const listen = async (port: number) => {
      const listener = `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`;
      const child = spawn("socat", ["-d", "-d", listener, `FILE:${at("console")},raw,echo=0`]);
      children.push(child);
      // It says that it listens.
      await once(child.stderr, "data");
      return `tcp://127.0.0.1:${port}`;
    };
    const type = (line: string) =>
      shell(`printf '\\020%s\\n' '${line}' >${at("console")}; sleep 1`);
    return { rig: at("rig.yaml"), listen, type, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeProgram(binary: string, folder: string): Promise<void> {
  const { text } = readBundle("linux");
  const engine = await bootEspruino({ binary, files: { ".bootcde": text } });
  await shell(`cp ${path.join(engine.directory, "espruino.flash")} ${folder}`);
  await engine.stop();
}

/** The console ends with the engine, as one on USB does with the board's power. */
function writeScripts(binary: string, folder: string): void {
  const socat = `socat PTY,raw,echo=0,link=${folder}/console EXEC:${binary},pty,raw,echo=0`;
  const leader = `echo $$ >${folder}/pid; cd ${folder}; exec ${socat}`;
  const on = `setsid sh -c '${leader}' >/dev/null 2>&1 </dev/null &`;
  writeFileSync(path.join(folder, "power-on"), `${on}\n`);
  const off = `kill -KILL -$(cat ${folder}/pid) 2>/dev/null; rm -f ${folder}/console ${folder}/pid`;
  writeFileSync(path.join(folder, "power-off"), `${off}\n`);
}

function rigText(folder: string): string {
  return [
    "board: linux",
    `console: ${folder}/console`,
    "server: { address: 127.0.0.1, listen: 127.0.0.1 }",
    `gps: { port: ${folder}/gps-rig, paced: rig }`,
    `co2: { port: ${folder}/co2-rig, paced: rig }`,
    `power: { off: sh ${folder}/power-off, on: sh ${folder}/power-on }`,
    `configuration: { uartPaths: { gps: ${folder}/gps-board, co2: ${folder}/co2-board } }`,
    "",
  ].join("\n");
}

async function shell(command: string): Promise<void> {
  await once(spawn("sh", ["-c", command], { stdio: "ignore" }), "exit");
}

async function untilThere(file: string): Promise<void> {
  for (let waitedMs = 0; !existsSync(file); waitedMs += LOOK_MS) {
    if (waitedMs > OPEN_TIMEOUT_MS) throw new Error(`${file} did not come`);
    await delay(LOOK_MS);
  }
}
