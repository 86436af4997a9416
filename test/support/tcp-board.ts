// Espruino on Linux as a board on a desk: it runs whether anybody listens to its console or not, its flash file survives
// its restarts, and its console is at a TCP port.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface TcpBoard {
  /** tcp://127.0.0.1:PORT */
  readonly port: string;
  /** The engine's working folder, with its flash. */
  readonly folder: string;
  /** All that it has printed, since its power was on for the last time. */
  log(): string;
  /** Resolves when it has printed that, since then. */
  untilPrinted(text: string | RegExp, timeoutMs?: number): Promise<void>;
  /** What happens to bytes for the board; nothing: they are passed on. */
  intercept(handler: ((bytes: Buffer, cable: Socket) => Buffer | undefined) | undefined): void;
  /** The connections break; the board does not notice. */
  unplug(): void;
  cutPower(): Promise<void>;
  powerUp(): void;
  stop(): Promise<void>;
}

const PRINT_MS = 15_000;

export async function startTcpBoard(binary: string, folder?: string): Promise<TcpBoard> {
  const home = folder ?? mkdtempSync(path.join(tmpdir(), "microspime-board-"));
  const cables = new Set<Socket>();
  let engine: ChildProcessWithoutNullStreams | undefined;
  let printed = "";
  let change: ((bytes: Buffer, cable: Socket) => Buffer | undefined) | undefined;

  function powerUp(): void {
    printed = "";
    const started = spawn(binary, [], { cwd: home });
    engine = started;
    started.stdin.on("error", () => {});
    started.stdout.on("data", (bytes: Buffer) => {
      printed += bytes.toString("latin1");
      for (const cable of cables) cable.write(bytes);
    });
  }

  const server = createServer((cable) => {
    cable.setNoDelay(true);
    cables.add(cable);
    cable.on("error", () => {});
    cable.on("close", () => cables.delete(cable));
    cable.on("data", (bytes) => {
      const passed = change ? change(bytes, cable) : bytes;
      if (passed) engine?.stdin.write(passed);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  powerUp();

  async function cutPower(): Promise<void> {
    if (!engine || engine.exitCode !== null || engine.signalCode !== null) return;
    const gone = once(engine, "close");
    engine.kill("SIGKILL");
    await gone;
  }

  return {
    port: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder: home,
    log: () => printed,
    untilPrinted: async (text, timeoutMs = PRINT_MS) => {
      const endMs = performance.now() + timeoutMs;
      const isThere = () =>
        typeof text === "string" ? printed.includes(text) : text.test(printed);
      while (!isThere()) {
        if (performance.now() > endMs)
          throw new Error(`The board has not printed ${text}:\n${printed}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    intercept: (handler) => void (change = handler),
    unplug: () => cables.forEach((cable) => cable.destroy()),
    cutPower,
    powerUp,
    stop: async () => {
      cables.forEach((cable) => cable.destroy());
      server.close();
      await cutPower();
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
