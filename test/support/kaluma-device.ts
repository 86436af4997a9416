// A Pico with Kaluma as its USB shows it, in a thread of its own because it reads its console while JavaScript runs: own
// code, after src/repl.c, src/ymodem.c, src/prog.c, src/runtime.c and targets/rp2/src/tty.c of 1.3.0-beta.2. Its program
// runs in Node's engine, with a clock, files and the console, and nothing else of Kaluma's modules.

import vm from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { KalumaFiles } from "./kaluma-files.js";

export interface Flash {
  /** As it lies there, without the 0 behind it; empty: erased. */
  program: Uint8Array;
  files: Map<string, Uint8Array>;
}

export interface DeviceData {
  /** Two counters, of what was put in and taken out. */
  readonly counters: SharedArrayBuffer;
  readonly line: SharedArrayBuffer;
  readonly flash: Flash;
  readonly board: string;
  readonly version: string;
  /** Of a program; more is refused. */
  readonly programBytes: number;
  /** An octet that the flash does not keep, of the program: none if it is not given. */
  readonly wornAt?: number | undefined;
}

export type DeviceMessage = { printed: Uint8Array } | { flash: Flash } | { misuse: string };

const USB_PACKET = 64;
const RING_BYTES = 2048;
const LINE_BYTES = 1024;
const ETX = 3;
const [STX, EOT, ACK, NAK, CA, CRC16] = [2, 4, 6, 0x15, 0x18, 0x43];
const MAX_ERRORS = 5;
const PACKET_BYTES = 1024;
/** Half of Kaluma's, so that tests do not wait long. */
const PACKET_MS = 500;

class Aborted extends Error {}

const { counters, line, flash, board, version, programBytes, wornAt } = workerData as DeviceData;
const tell = (message: DeviceMessage) => parentPort!.postMessage(message);

class Tty {
  ring: number[] = [];
  isStopped = false;
  isTransferring = false;
  private readonly counts = new Int32Array(counters);
  private readonly bytes = new Uint8Array(line);

  print(text: string): void {
    tell({ printed: Buffer.from(text, "latin1") });
  }

  /** Waits so long for the first, if there is none. */
  available(waitMs = 0): number {
    const there = Atomics.load(this.counts, 0);
    if (there === this.counts[1] && waitMs > 0) Atomics.wait(this.counts, 0, there, waitMs);
    while (this.counts[1] !== Atomics.load(this.counts, 0)) this.takePacket();
    if (this.ring.length > RING_BYTES) tell({ misuse: "the console's 2 KB have overflown" });
    return this.ring.length;
  }

  /** tud_cdc_rx_wanted_cb: Ctrl-C takes with it all that the USB has received. */
  private takePacket(): void {
    const end = Math.min(Atomics.load(this.counts, 0), this.counts[1] + USB_PACKET);
    const packet = [];
    for (let at = this.counts[1]; at < end; at++) packet.push(this.bytes[at % this.bytes.length]);
    Atomics.store(this.counts, 1, end);
    if (packet.includes(ETX) && !this.isTransferring) {
      Atomics.store(this.counts, 1, Atomics.load(this.counts, 0));
      this.isStopped = true;
      return;
    }
    this.ring.push(...packet);
    this.isStopped = false;
  }

  read(count: number): number[] | undefined {
    return this.available() < count ? undefined : this.ring.splice(0, count);
  }

  readSync(count: number, timeoutMs: number): number[] | undefined {
    const endMs = performance.now() + timeoutMs;
    while (this.ring.length < count) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return undefined;
      this.available(leftMs);
    }
    return this.ring.splice(0, count);
  }
}

function crcOf(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 8; bit; bit--) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc;
}

type Packet = "timeout" | "error" | "abort" | "end" | { number: number; data: number[] };

function receivePacket(tty: Tty): Packet {
  const first = tty.readSync(1, PACKET_MS)?.[0];
  if (first === undefined) return "timeout";
  if (first === EOT) return "end";
  if (first === 0x41 || first === 0x61) return "abort";
  if (first !== STX) return "error";
  const rest = tty.readSync(PACKET_BYTES + 4, PACKET_MS);
  if (!rest) return "timeout";
  const [number, complement] = rest;
  const data = rest.slice(2, 2 + PACKET_BYTES);
  const crc = rest[PACKET_BYTES + 2] * 256 + rest[PACKET_BYTES + 3];
  return number === (complement ^ 0xff) && crc === crcOf(data) ? { number, data } : "error";
}

class Device {
  private readonly tty = new Tty();
  private readonly files = new KalumaFiles(flash.files);
  private context: vm.Context = {};
  private timers: { dueMs: number; periodMs: number; callback: () => void }[] = [];
  private buffer = "";
  private hasEcho = true;

  constructor() {
    this.files.onStep = () => this.save();
  }

  run(): never {
    this.print(`   _____/ . \\   Welcome to Kaluma v${version}\r\n`);
    this.startRuntime(true);
    for (;;) {
      this.tty.available(20);
      for (const octet of this.tty.ring.splice(0)) this.type(String.fromCharCode(octet));
      this.fireTimers();
    }
  }

  private print(text: string): void {
    this.tty.print(text);
  }

  private save(): void {
    tell({ flash });
  }

  private startRuntime(loads: boolean): void {
    this.timers = [];
    this.context = vm.createContext(this.globals());
    vm.runInContext("globalThis.global = globalThis", this.context);
    const program = Buffer.from(flash.program).toString("latin1");
    if (loads && program !== "") this.guarded(() => this.evaluate(program));
  }

  private globals() {
    return {
      require: (name: string) => {
        if (name === "fs") return this.files.module;
        throw new Error(`no module ${name}`);
      },
      console: { log: this.printLine, error: this.printLine },
      board: { name: board },
      process: {
        version,
        memoryUsage: () => ({ heapTotal: 393216, heapUsed: 40000 }),
        stdin: { read: (count: number) => this.readInput(count) },
        stdout: {
          write: (bytes: Uint8Array) => this.print(Buffer.from(bytes).toString("latin1")),
        },
      },
      setTimeout: (callback: () => void, ms: number) => this.addTimer(callback, ms, 0),
      setInterval: (callback: () => void, ms: number) => this.addTimer(callback, ms, ms),
    };
  }

  private readonly printLine = (...words: string[]): void =>
    this.print(`\x1b[2K\r\x1b[0m${words.join(" ")}\r\n`);

  /** The engine looks every 16 instructions whether it is stopped: here whenever input is read. */
  private readInput(count: number): Uint8Array | null {
    this.tty.available(1);
    if (this.tty.isStopped) {
      this.tty.isStopped = false;
      throw new Aborted("Aborted");
    }
    const bytes = this.tty.read(count);
    return bytes ? Uint8Array.from(bytes) : null;
  }

  private addTimer(callback: () => void, ms: number, periodMs: number): void {
    this.timers.push({ dueMs: performance.now() + ms, periodMs, callback });
  }

  private fireTimers(): void {
    for (const timer of this.timers.filter(({ dueMs }) => dueMs <= performance.now())) {
      if (timer.periodMs > 0) timer.dueMs = performance.now() + timer.periodMs;
      else this.timers.splice(this.timers.indexOf(timer), 1);
      this.guarded(timer.callback);
    }
  }

  /** 1.3 prints no exception. */
  private guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch {
      return undefined;
    }
  }

  private evaluate(code: string): unknown {
    return vm.runInContext(`"use strict";${code}`, this.context);
  }

  private type(character: string): void {
    if (character !== "\r") {
      if (this.buffer.length >= LINE_BYTES - 1) this.print("REPL buffer overflow\r\n");
      else this.buffer += character;
      if (this.hasEcho) this.print(character);
      return;
    }
    if (this.hasEcho) this.print("\r\n");
    const text = this.buffer;
    this.buffer = "";
    if (text.startsWith(".")) this.command(text);
    else if (text !== "") {
      const value = this.guarded(() => this.evaluate(text));
      this.print(`\x1b[90m${String(value)}\x1b[0m\r\n`);
    }
    this.prompt();
  }

  private prompt(): void {
    this.print("\x1b[0m");
    if (this.hasEcho) this.print("\r\x1b7> \x1b[H\x1b[900C\x1b[6n\x1b8\x1b[2C");
  }

  private command(text: string): void {
    const [name, argument] = text.split(" ");
    if (name === ".echo") this.hasEcho = argument === "on";
    else if (name === ".reset") {
      this.startRuntime(false);
      this.print("\r\nsoft reset\r\n");
    } else if (name === ".load") this.startRuntime(true);
    else if (name === ".flash") this.flashCommand(argument);
    else this.print(`\x1b[31mUnknown command: ${name}\r\n\x1b[0m`);
  }

  private flashCommand(option: string): void {
    if (option === "-e") {
      this.setProgram([]);
      this.print("Flash has erased\r\n");
    } else if (option === "-s") this.print(`${flash.program.length}\r\n`);
    else if (option === "-r") {
      this.print(Buffer.from(flash.program).toString("latin1").replace(/\n/g, "\r\n") + "\r\n");
    } else if (option === "-w") {
      this.tty.isTransferring = true;
      this.print("Transfer a file via YMODEM... (press 'a' to abort)\r\n");
      const result = this.receive();
      this.tty.isTransferring = false;
      this.print(`\r\n${result}\r\n`);
    }
  }

  private setProgram(bytes: readonly number[]): void {
    flash.program = Uint8Array.from(bytes);
    if (wornAt !== undefined && wornAt < bytes.length) flash.program[wornAt] ^= 1;
    this.save();
  }

  private answer(...octets: number[]): void {
    this.print(String.fromCharCode(...octets));
  }

  /** km_ymodem_receive, with its way of giving up: it says so for ever. */
  private receive(): string {
    let [packets, errors] = [0, 0];
    let hasBegun = false;
    let remaining = 0;
    const received: number[] = [];
    for (;;) {
      const packet = receivePacket(this.tty);
      if (packet === "abort") {
        this.answer(CA, CA);
        return "Aborted";
      }
      if (packet === "timeout" || packet === "error") {
        if (hasBegun) errors++;
        if (errors > MAX_ERRORS) this.answer(CA, CA);
        else this.answer(CRC16);
        continue;
      }
      errors = 0;
      if (packet === "end") {
        this.answer(ACK);
        packets = 0;
      } else if (packet.number !== (packets & 255)) this.answer(NAK);
      else if (packets === 0) {
        if (packet.data[0] === 0) {
          this.answer(ACK);
          return "Done";
        }
        const [, size] = Buffer.from(packet.data).toString("latin1").split("\0");
        remaining = parseInt(size);
        this.setProgram([]);
        this.answer(ACK, CRC16);
        hasBegun = true;
        packets = 1;
      } else {
        received.push(...packet.data.slice(0, remaining));
        remaining = Math.max(0, remaining - packet.data.length);
        if (received.length >= programBytes) {
          this.answer(CA, CA);
          return "Verification failed";
        }
        // Behind it is erased flash: nobody takes the half of a program for a whole one.
        this.setProgram(remaining > 0 ? [...received, 0xff] : received);
        this.answer(ACK);
        hasBegun = true;
        packets++;
      }
    }
  }
}

new Device().run();
