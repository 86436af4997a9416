// A Pico W with Kaluma as a board in Node, for tests: the globals and modules that Kaluma 1.3 has, and no others, around a
// bundle in a context of its own. All of it is our own code with Kaluma's manners, which docs/kaluma.md lists with their sources.

import { randomBytes } from "node:crypto";
import vm from "node:vm";
import { KalumaFiles } from "./kaluma-files.js";
import { Emitter, KalumaLoop } from "./kaluma-loop.js";
import { KalumaNetwork } from "./kaluma-network.js";

const UART_BUFFER_BYTES = 2048;
const UART_PINS: Readonly<Record<number, readonly [tx: number[], rx: number[]]>> = {
  0: [
    [0, 12, 16],
    [1, 13, 17],
  ],
  1: [
    [4, 8],
    [5, 9],
  ],
};
const PARITY_NONE = 0;
const PARITY_EVEN = 2;
/** What the engine says is free of its heap, in bytes. */
const HEAP = { heapTotal: 384 * 1024, heapUsed: 200 * 1024, heapPeak: 220 * 1024 };

export interface LineOptions {
  readonly baudrate: number;
  readonly parity: number;
  readonly rx: number;
  readonly tx: number;
}

/** What is at the other end of a UART's pins. */
export interface UartEnd {
  readonly options: LineOptions;
  /** Octets from the sensor: the board takes them when its loop comes round. */
  receive(bytes: Uint8Array): void;
  /** Called with what the board sends. */
  onSent: (bytes: Buffer) => void;
}

/** A device on the bus. */
export interface BusDevice {
  write(bytes: Buffer): void;
  read(count: number): Uint8Array;
}

interface Watch {
  readonly callback: () => void;
  readonly pin: number;
  readonly event: number;
}

export interface KalumaBoardOptions {
  /** What its file system holds, by path; it changes. */
  readonly flash?: Map<string, Uint8Array>;
  /** A clock that goes on by itself, or is led. */
  readonly clockMs: () => number;
  readonly onLog?: (line: string) => void;
  readonly onReset?: () => void;
  /** Instead of Wi-Fi's chip and driver: none, as in Kaluma on Linux. */
  readonly lacksNetwork?: boolean;
}

/** All octets behind a view, as Kaluma's UART and I2C send them. */
const wholeBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer as ArrayBuffer);

export class KalumaBoard {
  readonly loop: KalumaLoop;
  readonly network: KalumaNetwork;
  readonly files: KalumaFiles;
  readonly uarts = new Map<number, UartEnd>();
  /** By bus and address. */
  readonly devices = new Map<string, BusDevice>();
  /** What the program asked of the watchdog: it cannot be stopped. */
  readonly watchdogsMs: number[] = [];
  readonly pinModes = new Map<number, number>();
  readonly pins = new Map<number, number>();
  readonly log: string[] = [];
  private readonly watches: Watch[] = [];
  private readonly context: vm.Context;
  private readonly onReset: () => void;
  private ticker: NodeJS.Timeout | undefined;

  constructor({ flash, clockMs, onLog, onReset, lacksNetwork }: KalumaBoardOptions) {
    this.loop = new KalumaLoop(clockMs);
    this.network = new KalumaNetwork(this.loop);
    this.files = new KalumaFiles(flash);
    this.onReset = onReset ?? (() => {});
    const say = (...words: string[]) => {
      this.log.push(words.join(" "));
      onLog?.(words.join(" "));
    };
    this.context = vm.createContext(this.globals(say, lacksNetwork ?? false));
    // The same numbers after every start, and a clock that begins at 0.
    vm.runInContext(
      "Math.random = (n => () => (n = n * 16807 % 2147483647) / 2147483647)(1); Date.now = millis;",
      this.context,
    );
  }

  /** As Kaluma 1.3 loads a program: what it throws nobody prints. */
  run(text: string): unknown {
    try {
      return vm.runInContext(text, this.context) as unknown;
    } catch (error) {
      this.loop.lost.push(error);
      return undefined;
    }
  }

  /** Its loop comes round by itself. */
  start(): void {
    const round = () => {
      this.loop.run();
      this.ticker = setTimeout(round, 1);
    };
    this.ticker = setTimeout(round, 0);
  }

  stop(): void {
    clearTimeout(this.ticker);
    this.network.stop();
  }

  /** A press of a button that pulls that pin low. */
  press(pin: number): void {
    const FALLING = 2;
    for (const watch of this.watches)
      if (watch.pin === pin && watch.event === FALLING) this.loop.guard(watch.callback);
  }

  private globals(say: (...words: string[]) => void, lacksNetwork: boolean): object {
    const { loop, network } = this;
    const modules = this.modules(lacksNetwork);
    const globals = {
      require: (name: string): object => {
        if (!(name in modules)) throw new Error(`Failed to load module: ${name}`);
        return modules[name]!;
      },
      // Of this realm, as those are that modules give.
      Uint8Array,
      setTimeout: (callback: () => void, delayMs: number) => loop.setTimeout(callback, delayMs),
      clearTimeout: (id: number) => loop.clearTimeout(id),
      millis: () => loop.nowMs(),
      console: { log: say, error: say },
      process: { version: "1.3.0-beta.2", platform: "rp2", memoryUsage: () => ({ ...HEAP }) },
      ...{ INPUT: 0, OUTPUT: 1, INPUT_PULLUP: 2, INPUT_PULLDOWN: 3 },
      ...{ LOW_LEVEL: 0, HIGH_LEVEL: 1, FALLING: 2, RISING: 3, CHANGE: 4 },
      pinMode: (pin: number, mode: number) => void this.pinModes.set(pin, mode),
      digitalWrite: (pin: number, value: number) => void this.pins.set(pin, value),
      setWatch: (callback: () => void, pin: number, event: number) =>
        this.watches.push({ callback, pin, event }),
      btoa: (bytes: string) => Buffer.from(bytes, "latin1").toString("base64"),
      // Octets, where everybody else gives a text.
      atob: (text: string) => Uint8Array.from(Buffer.from(text, "base64")),
    };
    return lacksNetwork ? globals : { ...globals, __netdev: network.driver };
  }

  private modules(lacksNetwork: boolean): Record<string, object> {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const board = this;
    const { network } = this;
    class Absent {
      constructor() {
        throw new Error("IEEE 802.11 device not found");
      }
    }
    class UART extends Emitter {
      static readonly PARITY_NONE = PARITY_NONE;
      static readonly PARITY_EVEN = PARITY_EVEN;
      constructor(
        private readonly port: number,
        options: LineOptions,
      ) {
        super();
        board.openUart(port, options, (bytes) => this.emit("data", bytes));
      }
      write(bytes: Uint8Array): void {
        board.uarts.get(this.port)!.onSent(wholeBuffer(bytes));
      }
    }
    class I2C {
      constructor(
        private readonly bus: number,
        { sda, scl }: { sda: number; scl: number },
      ) {
        if (sda % 4 !== bus * 2 || scl % 4 !== bus * 2 + 1) throw new Error("Device init");
      }
      write(bytes: Uint8Array, address: number): void {
        this.at(address).write(wholeBuffer(bytes));
      }
      read(count: number, address: number): Uint8Array {
        return this.at(address).read(count);
      }
      private at(address: number): BusDevice {
        const device = board.devices.get(`${this.bus}:${address}`);
        if (!device) throw new Error("Device write");
        return device;
      }
    }
    class WDT {
      constructor(timeoutMs: number) {
        board.watchdogsMs.push(timeoutMs);
        if (timeoutMs === 1) board.onReset();
      }
    }
    return {
      fs: this.files.module,
      net: network.net,
      wifi: lacksNetwork ? { WiFi: Absent } : network.wifi,
      uart: { UART },
      i2c: { I2C },
      wdt: { WDT },
      rp2: { randomBigInt: () => BigInt(`0x${randomBytes(16).toString("hex")}`) },
    };
  }

  private openUart(port: number, options: LineOptions, take: (bytes: Uint8Array) => void): void {
    const [tx, rx] = UART_PINS[port] ?? [[], []];
    if (!tx.includes(options.tx) || !rx.includes(options.rx) || this.uarts.has(port))
      throw new Error("Device init");
    let waiting = Buffer.alloc(0);
    this.uarts.set(port, {
      options,
      receive: (bytes) =>
        void (waiting = Buffer.concat([waiting, bytes]).subarray(-UART_BUFFER_BYTES)),
      onSent: () => {},
    });
    this.loop.add(() => {
      const bytes = waiting;
      waiting = Buffer.alloc(0);
      if (bytes.length > 0) this.loop.guard(() => take(Uint8Array.from(bytes)));
    });
  }
}
