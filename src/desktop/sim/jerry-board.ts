// A board whose engine is the real JerryScript, its `jerry` command: the bundle build/jerry.js, and before it
// build/tools/stdio-host.js, whose side of the conversation is described there (src/firmware/entry/stdio-host.ts). Here is
// what the agent's host does for it: clock and timers, sockets, UARTs, files.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket as NetSocket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ServerAddress } from "../../firmware/configuration.js";
import type { Socket, Store } from "../../firmware/platform.js";
import { ExitCode, Failure } from "../failure.js";
import type { BoardSurroundings, HeapPeak, RunningBoard } from "./board.js";
import { readBundle } from "./bundle.js";
import { createBoardSockets, createBoardStore } from "./node-board.js";
import type { Wire } from "./wire.js";

const BOARD = "jerry";
const DEFAULT_BINARY = "jerry";
const PROBE_MS = 5000;
const NOISE_BYTES = 48;
/** Of what comes over a socket in one call: each octet takes four bytes of the engine's heap. */
const PIECE_BYTES = 512;
/** Of jerry-main, for its heap. */
const OUT_OF_MEMORY = 10;
const END_MS = 2000;

/** Kinds of events, as stdio-host.ts numbers them. */
const HEARD = {
  timer: 0,
  open: 1,
  bytes: 2,
  close: 3,
  written: 4,
  uart: 5,
  file: 6,
  noise: 7,
  network: 8,
} as const;

/** The JerryScript to run: `JERRY`, or `jerry` on the PATH. */
export function findJerry(): string {
  const binary = process.env["JERRY"] || DEFAULT_BINARY;
  if (spawnSync(binary, ["--version"], { timeout: PROBE_MS }).status !== 0) {
    throw new Failure(
      ExitCode.toolMissing,
      `There is no JerryScript at "${binary}".`,
      "Set JERRY to the `jerry` command of JerryScript 3.0, or leave --engine out to run in Node.",
    );
  }
  return binary;
}

function octets(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.floor((value / 256 ** (count - 1 - index)) % 256),
  );
}

class JerryHost implements RunningBoard {
  readonly title: string;
  private readonly engine: ChildProcessWithoutNullStreams;
  private readonly store: Store;
  private readonly timers = new Map<number, number>();
  private readonly sockets = new Map<number, Socket>();
  private readonly uarts = new Map<number, Wire>();
  private readonly opened = new Set<NetSocket>();
  private readonly boardSockets;
  private readonly ending: string[] = [];
  /** Of the engine, with all that it has said: it may come before anybody waits for it. */
  private readonly gone: Promise<unknown>;
  private isStopped = false;
  /** By what the agent's host asks for. */
  private readonly answers: Record<string, (...values: never[]) => void> = {
    timer: (handle: number, delayMs: number) => this.startTimer(handle, delayMs),
    stop: (handle: number) => this.stopTimer(handle),
    connect: (handle: number, address: ServerAddress) => this.connect(handle, address),
    write: (handle: number, digits: string) => this.write(handle, digits),
    close: (handle: number) => this.close(handle),
    uart: (handle: number, device: string) => this.openUart(handle, device),
    "uart-write": (handle: number, digits: string) =>
      this.uarts.get(handle)?.toSensor(Buffer.from(digits, "hex")),
    store: (file: string, digits: string) =>
      this.store.write(file, Buffer.from(digits, "hex").toString("latin1")),
    erase: (file: string) => this.store.erase?.(file),
    network: (handle: number) => this.hear(HEARD.network, handle, [1]),
    restart: () => this.crash("it restarts"),
    log: (level: string, line: string) => this.around.onLog(`${level} ${line}`),
  };

  constructor(
    private readonly around: BoardSurroundings,
    binary: string,
  ) {
    const bundle = around.bundle ?? readBundle(BOARD);
    this.title = `build/${path.basename(bundle.file)} (${bundle.text.length} bytes) in JerryScript`;
    this.store = createBoardStore(around);
    this.boardSockets = createBoardSockets(around, this.opened);
    this.engine = spawn(binary, ["--mem-stats", "--no-prompt"], { detached: true });
    this.gone = new Promise((resolve) => this.engine.once("close", resolve));
    this.engine.once("error", (error) => this.crash(error.message));
    this.engine.stdin.on("error", () => {});
    this.engine.on("exit", (code) => this.onExit(code));
    createInterface(this.engine.stdout).on("line", (line) => this.onLine(line));
    createInterface(this.engine.stderr).on("line", (line) => this.onErrorLine(line));
    this.load(readBundle("tools/stdio-host").text);
    for (const name of this.fileNames()) this.tellFile(name);
    this.hear(HEARD.noise, 0, randomBytes(NOISE_BYTES));
    this.load(bundle.text);
  }

  /** What it says when it ends; nothing where it was built without statistics. */
  async memory(): Promise<HeapPeak | undefined> {
    await this.stop();
    const numberOf = (words: string) =>
      Number(new RegExp(`^ *${words} = (\\d+) bytes`, "m").exec(this.ending.join("\n"))?.[1]);
    const [totalBytes, peakBytes] = [numberOf("Heap size"), numberOf("Peak allocated")];
    return peakBytes ? { totalBytes, peakBytes } : undefined;
  }

  /** With the end of what it reads the engine ends by itself, and says what it took. */
  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const socket of this.opened) socket.removeAllListeners("close").destroy();
    this.engine.stdin.end();
    const impatience = setTimeout(() => this.engine.kill("SIGKILL"), END_MS);
    await this.gone;
    clearTimeout(impatience);
  }

  private fileNames(): string[] {
    return [...Object.keys(this.around.files), "microspime.json"];
  }

  private tellFile(name: string): void {
    const text = this.store.read(name);
    if (text !== undefined) this.hear(HEARD.file, 0, Buffer.from(`${name}\0${text}`, "latin1"));
  }

  /** A program of one line. */
  private load(text: string): void {
    this.engine.stdin.write(`${text.trim().replaceAll("\n", " ")}\n`);
  }

  private hear(kind: number, handle: number, bytes: Iterable<number> = []): void {
    if (this.isStopped) return;
    const { clock } = this.around;
    const header = [kind, ...octets(handle, 4), ...octets(clock.nowMs(), 6)];
    const message = [...header, ...octets(Date.now(), 6), ...bytes];
    this.engine.stdin.write(`microspimeHear([${message.join()}])\n`);
  }

  private onLine(line: string): void {
    if (line.startsWith("@")) this.onMessage(JSON.parse(line.slice(1)));
  }

  private onErrorLine(line: string): void {
    if (line.startsWith("Unhandled exception")) this.crash(line);
    else if (this.isStopped) this.ending.push(line);
  }

  private crash(reason: string): void {
    if (!this.isStopped) this.around.onCrash(reason);
  }

  private onExit(code: number | null): void {
    this.crash(code === OUT_OF_MEMORY ? "the engine is out of memory" : `it ended with ${code}`);
  }

  private onMessage([name, ...values]: [string, ...never[]]): void {
    this.answers[name]?.(...values);
  }

  private startTimer(handle: number, delayMs: number): void {
    const { clock } = this.around;
    const fire = () => {
      this.timers.delete(handle);
      this.hear(HEARD.timer, handle);
    };
    this.timers.set(handle, clock.after(delayMs, fire));
  }

  private stopTimer(handle: number): void {
    const timer = this.timers.get(handle);
    if (timer !== undefined) this.around.clock.cancel(timer);
    this.timers.delete(handle);
  }

  private connect(handle: number, address: ServerAddress): void {
    const socket = this.boardSockets.dial(address, {
      onOpen: () => this.hear(HEARD.open, handle),
      onBytes: (text) => {
        const bytes = Buffer.from(text, "latin1");
        for (let at = 0; at < bytes.length; at += PIECE_BYTES)
          this.hear(HEARD.bytes, handle, bytes.subarray(at, at + PIECE_BYTES));
      },
      onClose: (reason) => {
        this.sockets.delete(handle);
        this.hear(HEARD.close, handle, Buffer.from(reason));
      },
    });
    this.sockets.set(handle, socket);
  }

  private write(handle: number, digits: string): void {
    this.sockets.get(handle)?.write(Buffer.from(digits, "hex").toString("latin1"));
    this.hear(HEARD.written, handle);
  }

  private close(handle: number): void {
    this.sockets.get(handle)?.close();
    this.sockets.delete(handle);
  }

  private openUart(handle: number, device: string): void {
    const wire = { gps: this.around.gps, co2: this.around.co2 }[device];
    if (!wire) return;
    this.uarts.set(handle, wire);
    wire.onBytesForBoard((bytes) => this.hear(HEARD.uart, handle, bytes));
  }
}

/** Throws a `Failure` when JerryScript is missing. */
export function startJerryBoard(around: BoardSurroundings): RunningBoard {
  return new JerryHost(around, findJerry());
}
