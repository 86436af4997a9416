// A host of the contract (ports/host-contract.ts) for the `jerry` command, which has `print` and reads programs from its
// standard input, a line each, and nothing else: what the agent asks of its host is printed, a line of JSON behind an "@", and
// what happens comes as a call of `microspimeHear`. The desktop's side is src/desktop/sim/jerry-board.ts.
//
// A call's argument is an array of octets, because those are no literals: the engine keeps a text or a larger number that
// has stood in a program for as long as it runs. They are the kind of event, a handle (4 octets), the clock's milliseconds
// and those since 1970 (6 octets each), and what has come.

import type { MicrospimeHost } from "../ports/host-contract.js";
import { textOf } from "../octets.js";

declare function print(text: string): void;

const enum Heard {
  Timer,
  Open,
  Bytes,
  Close,
  Written,
  Uart,
  /** Name, a zero, content: before the agent is loaded. */
  File,
  Noise,
  Network,
  Press,
}

interface Listener {
  [kind: number]: (bytes: Uint8Array) => void;
}

interface Everywhere {
  microspimeHost: MicrospimeHost;
  microspimeHear(octets: number[]): void;
}

const everywhere = globalThis as unknown as Everywhere;
const HEADER_OCTETS = 17;
/** What the desktop has: nothing can be asked there and answered at once. */
const UARTS = ["gps", "co2"];
const files: { [name: string]: Uint8Array } = {};
const timers: { [handle: number]: () => void } = {};
const listeners: { [handle: number]: Listener } = {};
let lastHandle = 0;
let heardMs = 0;
let heardEpochMs = 0;
/** By the engine's own clock, which goes on while the agent is at work. */
let heardAtMs = 0;
let noise = new Uint8Array(0);

function say(...message: unknown[]): void {
  print("@" + JSON.stringify(message));
}

function hex(bytes: Uint8Array): string {
  let digits = "";
  for (let at = 0; at < bytes.length; at++) digits += (256 + bytes[at]).toString(16).slice(1);
  return digits;
}

function listen(listener: Listener): number {
  listeners[++lastHandle] = listener;
  return lastHandle;
}

function sinceMs(): number {
  return Date.now() - heardAtMs;
}

everywhere.microspimeHost = {
  clock: {
    monotonicMs: () => heardMs + sinceMs(),
    epochMs: () => heardEpochMs + sinceMs(),
  },
  timer: {
    start: function (delayMs, callback) {
      timers[++lastHandle] = callback;
      say("timer", lastHandle, delayMs);
      return lastHandle;
    },
    stop: function (handle) {
      delete timers[handle];
      say("stop", handle);
    },
  },
  sockets: {
    tls: "verified",
    connect: function ({ host, port, tls }, events) {
      const listener: Listener = {};
      listener[Heard.Open] = events.onOpen;
      listener[Heard.Bytes] = events.onBytes;
      listener[Heard.Close] = function (bytes) {
        events.onClose(textOf(bytes));
      };
      const handle = listen(listener);
      say("connect", handle, { host, port, tls });
      return handle;
    },
    write: function (socket, bytes, onDone) {
      const listener = listeners[socket];
      if (!listener) return;
      listener[Heard.Written] = onDone;
      say("write", socket, hex(bytes));
    },
    close: function (socket) {
      delete listeners[socket];
      say("close", socket);
    },
  },
  uart: {
    open: function (settings, onBytes) {
      if (UARTS.indexOf(settings.device) < 0) throw new Error("no UART " + settings.device);
      const listener: Listener = {};
      listener[Heard.Uart] = onBytes;
      const handle = listen(listener);
      say("uart", handle, settings.device);
      return handle;
    },
    write: function (uart, bytes) {
      say("uart-write", uart, hex(bytes));
    },
  },
  store: {
    read: (name) => files[name] && new Uint8Array(files[name]),
    write: function (name, bytes) {
      files[name] = new Uint8Array(bytes);
      say("store", name, hex(bytes));
    },
    erase: function (name) {
      delete files[name];
      say("erase", name);
    },
  },
  entropy: {
    noise: function () {
      const bytes = noise;
      noise = new Uint8Array(0);
      return bytes;
    },
  },
  network: {
    attach: function (_wifi, onChange) {
      const listener: Listener = {};
      listener[Heard.Network] = (bytes) => onChange(bytes[0] > 0);
      say("network", listen(listener));
    },
  },
  machine: {
    restart: () => say("restart"),
  },
  log: (level, line) => say("log", level, line),
};

function keepFile(bytes: Uint8Array): void {
  const text = textOf(bytes);
  const end = text.indexOf("\0");
  files[text.slice(0, end)] = new Uint8Array(bytes.subarray(end + 1));
}

function numberAt(octets: number[], at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) value = value * 256 + octets[index];
  return value;
}

function fire(handle: number): void {
  const callback = timers[handle];
  delete timers[handle];
  if (callback) callback();
}

everywhere.microspimeHear = function (octets) {
  const [kind] = octets;
  const handle = numberAt(octets, 1, 4);
  const bytes = new Uint8Array(octets.slice(HEADER_OCTETS));
  heardMs = numberAt(octets, 5, 6);
  heardEpochMs = numberAt(octets, 11, 6);
  heardAtMs = Date.now();
  if (kind === Heard.Timer) fire(handle);
  else if (kind === Heard.File) keepFile(bytes);
  else if (kind === Heard.Noise) noise = bytes;
  else {
    const listener = listeners[handle];
    if (kind === Heard.Close) delete listeners[handle];
    if (listener && listener[kind]) listener[kind](bytes);
  }
};
