// Kaluma 1.3 on a Pico 2 W, 1.2 on a Pico W (https://kalumajs.org), read in its sources of 1.3.0-beta.2 and 1.2.1: its modules
// as a host of the contract. What it lacks and how that was found is in docs/kaluma.md. Nothing of it has run on a chip yet.

import type { HostI2c, HostMachine, HostStore, HostUart, MicrospimeHost } from "./host-contract.js";
import { kalumaSockets } from "./kaluma-sockets.js";
import { kalumaNetwork } from "./kaluma-wifi.js";
import { octetsOf } from "../octets.js";

interface LineOptions {
  baudrate: number;
  rx: number;
  tx: number;
  parity: number;
}

interface KalumaUart {
  on(event: "data", handler: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
}

interface KalumaI2c {
  write(bytes: Uint8Array, address: number, timeoutMs: number): void;
  read(count: number, address: number, timeoutMs: number): Uint8Array;
}

interface UartModule {
  UART: {
    new (port: number, options: LineOptions): KalumaUart;
    PARITY_NONE: number;
    PARITY_EVEN: number;
  };
}

interface FileModule {
  exists(path: string): boolean;
  readFile(path: string): Uint8Array;
  open(path: string, flags: string): number;
  write(file: number, bytes: Uint8Array, offset: number, count: number, at: number): void;
  close(file: number): void;
  rename(path: string, newPath: string): void;
  unlink(path: string): void;
}

declare function require(name: "uart"): UartModule;
declare function require(name: "i2c"): {
  I2C: new (bus: number, pins: { sda: number; scl: number }) => KalumaI2c;
};
declare function require(name: "fs"): FileModule;
declare function require(name: "wdt"): { WDT: new (timeoutMs: number) => object };
declare function require(name: "rp2"): { randomBigInt(): object };
declare function setTimeout(callback: () => void, delayMs: number): number;
declare function clearTimeout(id: number): void;
declare function millis(): number;
declare function pinMode(pin: number, mode: number): void;
declare function digitalWrite(pin: number, value: number): void;
declare function setWatch(
  callback: () => void,
  pin: number,
  event: number,
  debounceMs: number,
): void;
declare const OUTPUT: number;
declare const INPUT_PULLUP: number;
declare const FALLING: number;
declare const console: { log(level: string, line: string): void };
declare const process: {
  version: string;
  memoryUsage(): { heapTotal: number; heapUsed: number };
};

const BOUNCE_MS = 50;
/** The driver keeps the lowest 8 bits of it. */
const I2C_TIMEOUT_MS = 200;

/** `GP4` is pin 4. */
function pinNumber(name: string): number {
  return +name.slice(2);
}

const waiting: { [handle: number]: number } = {};
let lastHandle = 0;

/**
 * Kaluma reckons a timer from the moment at which its loop came round last: after something that has blocked, a join or a
 * signature, it would be early by that. And who clears a timer that is just firing has it freed twice.
 */
function startTimer(delayMs: number, callback: () => void): number {
  const handle = ++lastHandle;
  const dueMs = millis() + delayMs;

  function wait(): void {
    waiting[handle] = setTimeout(
      function () {
        if (millis() < dueMs) wait();
        else {
          delete waiting[handle];
          callback();
        }
      },
      Math.max(0, dueMs - millis()),
    );
  }

  wait();
  return handle;
}

function stopTimer(handle: number): void {
  if (waiting[handle] === undefined) return;
  clearTimeout(waiting[handle]);
  delete waiting[handle];
}

/** The chip's random numbers have a source of chance each time (pico_rand), and `Math.random` begins alike after every start. */
function noise(): Uint8Array {
  const { randomBigInt } = require("rp2");
  return octetsOf("" + randomBigInt() + randomBigInt());
}

function openUarts(isStale: () => boolean): HostUart {
  const lines: KalumaUart[] = [];

  return {
    open: function ({ device, baud, rx, tx, parity }, onBytes) {
      const { UART } = require("uart");
      let line: KalumaUart;
      try {
        line = new UART(+device.slice(-1), {
          baudrate: baud,
          rx: pinNumber(rx!),
          tx: pinNumber(tx!),
          parity: parity ? UART.PARITY_EVEN : UART.PARITY_NONE,
        });
      } catch {
        throw new Error("no UART " + device + " at " + rx + ", " + tx);
      }
      line.on("data", function (bytes) {
        if (!isStale()) onBytes(bytes);
      });
      return lines.push(line) - 1;
    },
    // Kaluma sends the whole buffer behind a view: a host of the contract is given none.
    write: function (uart, bytes) {
      lines[uart].write(bytes);
    },
  };
}

/** A device that does not answer is an exception there. */
function openBus(): HostI2c {
  let bus: KalumaI2c;

  return {
    open: function (pins) {
      const [sda, scl] = [pinNumber(pins.sda), pinNumber(pins.scl)];
      // GP0 and GP1, GP4 and GP5 … are of bus 0, those between of bus 1.
      bus = new (require("i2c").I2C)((sda >> 1) & 1, { sda, scl });
    },
    write: function (address, bytes) {
      try {
        bus.write(bytes, address, I2C_TIMEOUT_MS);
        return true;
      } catch {
        return false;
      }
    },
    read: function (address, count) {
      try {
        return bus.read(count, address, I2C_TIMEOUT_MS);
      } catch {
        return undefined;
      }
    },
  };
}

/** Where a file is written that is not there yet. */
const ASIDE = "/microspime.aside";

/**
 * On littlefs 2.4, which commits what is in a file when it is closed, but that there is one, an empty one, when it is opened: so
 * a new one is written aside. One that is not there must not be opened to be read: Kaluma would forget the memory for it.
 */
function openStore(): HostStore {
  const files = require("fs");

  return {
    read: function (name) {
      const path = "/" + name;
      return files.exists(path) ? files.readFile(path) : undefined;
    },
    write: function (name, bytes) {
      const path = "/" + name;
      const isNew = !files.exists(path);
      const file = files.open(isNew ? ASIDE : path, "w");
      try {
        files.write(file, bytes, 0, bytes.length, 0);
      } catch (error) {
        // What it could not write it does not commit either.
        files.close(file);
        throw error;
      }
      files.close(file);
      if (isNew) files.rename(ASIDE, path);
    },
    erase: function (name) {
      const path = "/" + name;
      if (files.exists(path)) files.unlink(path);
    },
  };
}

/** There is no other way: the watchdog bites at once. */
function restart(): void {
  new (require("wdt").WDT)(1);
}

/**
 * The chip's watchdog bites after 8.3 s (RP2040) or 16.8 s (RP2350), whatever is asked for, nobody can stop it, and a join
 * blocks for 30 s: it would end in a circle of restarts wherever the network is away. So a timer watches over the agent, and
 * nobody over the engine.
 */
function createMachine(): HostMachine {
  let watch = 0;

  /** Garbage counts as used: 8 KB of it at most, then the engine collects it. */
  function freeBytes(): number {
    const { heapTotal, heapUsed } = process.memoryUsage();
    return heapTotal - heapUsed;
  }

  return {
    freeBytes,
    button: function (pin, onPress) {
      pinMode(pinNumber(pin), INPUT_PULLUP);
      setWatch(onPress, pinNumber(pin), FALLING, BOUNCE_MS);
    },
    light: function (pin, isOn) {
      pinMode(pinNumber(pin), OUTPUT);
      digitalWrite(pinNumber(pin), isOn ? 1 : 0);
    },
    restart,
    feedWatchdog: function (timeoutS) {
      stopTimer(watch);
      watch = startTimer(timeoutS * 1000, restart);
    },
    state: function () {
      const state: { [name: string]: string | number } = {};
      state["engine"] = "Kaluma/" + process.version;
      state["freeBytes"] = freeBytes();
      return state;
    },
    console: globalThis as unknown as { [name: string]: unknown },
  };
}

export function kalumaHost(): MicrospimeHost {
  let isStale = false;

  /** What waited in a UART while nothing ran is older than it looks: it comes in this round of the loop. */
  function dropWaiting(): void {
    isStale = true;
    setTimeout(function () {
      isStale = false;
    }, 0);
  }

  return {
    // `Date.now` is the time since the start, whatever one does: for each call Kaluma sets its clock anew.
    clock: { monotonicMs: millis, epochMs: Date.now },
    timer: { start: startTimer, stop: stopTimer },
    sockets: kalumaSockets(startTimer, restart),
    uart: openUarts(function () {
      return isStale;
    }),
    i2c: openBus(),
    store: openStore(),
    entropy: { noise },
    network: kalumaNetwork(startTimer, dropWaiting),
    machine: createMachine(),
    log: function (level, line) {
      console.log(level, line);
    },
  };
}
