// A whole platform in memory, moved by the test: time stands still until `advance`, the network until
// `setNetwork`, and a connection says what the test lets it say. Like firmware it is ES5 without a
// platform, so that the same conversation runs on every engine.

import type { ServerAddress } from "../../src/firmware/configuration.js";
import type { Entropy } from "../../src/firmware/crypto/random.js";
import type { ByteString, Platform, SocketHandlers } from "../../src/firmware/platform.js";
import { createFakeFlash } from "./fake-flash.js";

/** As little as a flash can be: three pages of seven records each. */
const FLASH_PAGES = 3;
const FLASH_PAGE_BYTES = 256;

/** One connection that the firmware asked for, seen from the server's end. */
export interface FakeConnection {
  address: ServerAddress;
  /** The connection stands. */
  open(): void;
  /** Bytes for the firmware; they are delivered even after it closed, as a careless port would. */
  receive(bytes: ByteString): void;
  /** The same, one byte at a time. */
  trickle(bytes: ByteString): void;
  /** The connection fails or ends; nothing after the firmware has closed it. */
  fail(reason: string): void;
  /** What was written since the last call. */
  sent(): ByteString;
  /** Takes these bytes only, where they were written. */
  skip(bytes: ByteString): void;
  /** Whether the firmware has closed it. */
  isClosed(): boolean;
}

export interface FakeUart {
  push(bytes: ByteString): void;
  /** What was written since the last call. */
  sent(): ByteString;
}

export interface FakePlatform extends Platform {
  /** Lets time go by; timers fire in order, those that they start too. */
  advance(delayMs: number): void;
  /** Timers that wait. */
  timers(): number;
  /** The newest connection. */
  connection(): FakeConnection;
  /** How many connections were asked for. */
  connections(): number;
  /** The UART that was opened as `device`. */
  line(device: string): FakeUart;
  setNetwork(up: boolean): void;
  /** For what takes random bytes but does not make them. */
  entropy: Entropy;
  /** From now on all of those are this one; without it they count up. */
  setChance(byte: number): void;
  /** Variables of memory that are free from now on. */
  setRoom(free: number): void;
  /** When the fake's time began, in milliseconds since 1970; 0, as at first: nobody knows. */
  setClock(startMs: number): void;
  pressButton(): void;
  /** The log, a line an entry: `level text`. */
  lines: string[];
  /** The last line with `text` in it, or nothing. */
  logged(text: string): string;
  files: { [name: string]: ByteString | undefined };
}

/**
 * Whether one text is in another. Espruino 2v29 finds `"?>"` in `"a?"`, at its end: its indexOf is of no
 * use in a test for anything longer than a character.
 */
export function contains(text: string, part: string): boolean {
  return text.split(part).length > 1;
}

/** Not by charAt: in Espruino 2v29 `text += "\xff".charAt(0)` appends two bytes. */
export function eachByte(bytes: ByteString, take: (byte: ByteString) => void): void {
  for (let at = 0; at < bytes.length; at++) take(bytes.slice(at, at + 1));
}

interface FakeTimer {
  handle: number;
  atMs: number;
  callback: () => void;
}

interface Outbox {
  write(bytes: ByteString): void;
  take(): ByteString;
  skip(bytes: ByteString): void;
}

function createOutbox(): Outbox {
  let written = "";
  return {
    write: function (bytes) {
      written += bytes;
    },
    take: function () {
      const bytes = written;
      written = "";
      return bytes;
    },
    skip: function (bytes) {
      written = written.split(bytes).join("");
    },
  };
}

interface ClientEnd {
  connection: FakeConnection;
  write(bytes: ByteString): void;
  close(): void;
}

function createConnection(address: ServerAddress, handlers: SocketHandlers): ClientEnd {
  const outbox = createOutbox();
  let isClosed = false;
  let isOver = false;
  return {
    connection: {
      address: address,
      open: handlers.onOpen,
      receive: handlers.onBytes,
      trickle: function (bytes) {
        eachByte(bytes, handlers.onBytes);
      },
      fail: function (reason) {
        if (isClosed || isOver) return;
        isOver = true;
        handlers.onClose(reason);
      },
      sent: outbox.take,
      skip: outbox.skip,
      isClosed: function () {
        return isClosed;
      },
    },
    write: function (bytes) {
      if (!isClosed && !isOver) outbox.write(bytes);
    },
    close: function () {
      isClosed = true;
    },
  };
}

/** Time and timers. */
function createTime() {
  let nowMs = 5000;
  let started = 0;
  let waiting: FakeTimer[] = [];

  function remove(handle: number): void {
    waiting = waiting.filter((one) => one.handle !== handle);
  }

  /** The first timer due until then. */
  function nextUntil(untilMs: number): FakeTimer | undefined {
    let next: FakeTimer | undefined;
    waiting.forEach(function (one) {
      if (one.atMs <= untilMs && (!next || one.atMs < next.atMs)) next = one;
    });
    return next;
  }

  return {
    monotonicMs: function () {
      return nowMs;
    },
    start: function (delayMs: number, callback: () => void) {
      if (!(delayMs >= 0)) throw new Error("timer: delay " + delayMs);
      const timer: FakeTimer = { handle: ++started, atMs: nowMs + delayMs, callback: callback };
      waiting.push(timer);
      return timer.handle;
    },
    stop: function (handle: number) {
      // In Espruino its number may be another one's by now.
      if (!waiting.some((one) => one.handle === handle)) throw new Error("timer: not waiting");
      remove(handle);
    },
    count: function () {
      return waiting.length;
    },
    advance: function (delayMs: number) {
      const untilMs = nowMs + delayMs;
      let timer = nextUntil(untilMs);
      while (timer) {
        nowMs = timer.atMs;
        remove(timer.handle);
        timer.callback();
        timer = nextUntil(untilMs);
      }
      nowMs = untilMs;
    },
  };
}

export function createFakePlatform(): FakePlatform {
  const time = createTime();
  const lines: string[] = [];
  const files: { [name: string]: ByteString | undefined } = {};
  const uarts: { [device: string]: FakeUart } = {};
  let onNetwork: (up: boolean) => void;
  let room = Infinity;
  // Only the newest is kept: what the firmware forgets has to be garbage.
  let connection: FakeConnection;
  let connections = 0;
  let chance = -1;
  let epochMs = 0;
  let press = function () {};
  let counter = 0;

  const flash = createFakeFlash(FLASH_PAGES, FLASH_PAGE_BYTES, function () {
    return 0;
  });

  function randomByte(): string {
    counter = (counter + 73) % 251;
    return String.fromCharCode(chance < 0 ? counter : chance);
  }

  return {
    clock: {
      monotonicMs: time.monotonicMs,
      epochMs: function () {
        return epochMs && epochMs + time.monotonicMs();
      },
    },
    timer: { start: time.start, stop: time.stop },
    uart: {
      open: function (settings, onBytes) {
        const outbox = createOutbox();
        uarts[settings.device] = { push: onBytes, sent: outbox.take };
        return { write: outbox.write };
      },
    },
    i2c: {
      write: function () {
        return false;
      },
      read: function () {
        return undefined;
      },
    },
    store: {
      read: function (name) {
        return files[name];
      },
      write: function (name, bytes) {
        files[name] = bytes;
      },
    },
    flash: function () {
      return flash;
    },
    hasRoom: function (variables) {
      return room >= variables;
    },
    console: {},
    button: function (onPress) {
      press = onPress;
    },
    sockets: {
      isVerifying: false,
      dial: function (address, handlers) {
        const end = createConnection(address, handlers);
        connection = end.connection;
        connections++;
        return { write: end.write, close: end.close };
      },
    },
    network: {
      attach: function (_wifi, onChange) {
        onNetwork = onChange;
      },
    },
    noise: function () {
      return "noise";
    },
    entropy: {
      bytes: function (count) {
        let bytes = "";
        while (bytes.length < count) bytes += randomByte();
        return bytes;
      },
    },
    log: {
      write: function (level, line) {
        lines.push(level + " " + line);
      },
    },
    advance: time.advance,
    timers: time.count,
    connection: function () {
      return connection;
    },
    connections: function () {
      return connections;
    },
    line: function (device) {
      return uarts[device];
    },
    setNetwork: function (up) {
      onNetwork(up);
    },
    setRoom: function (free) {
      room = free;
    },
    setClock: function (startMs) {
      epochMs = startMs;
    },
    pressButton: function () {
      press();
    },
    setChance: function (byte) {
      chance = byte;
    },
    lines: lines,
    logged: function (text) {
      const found = lines.filter((line) => contains(line, text));
      return found.length ? found[found.length - 1] : "";
    },
    files: files,
  };
}
