// What a program that embeds JerryScript 3 (or another engine of ECMAScript 5 with typed arrays) gives the agent: the global
// `microspimeHost`. docs/porting.md explains it, and build/conformance.js tries it out on the host itself.
//
// Octets are a Uint8Array, always a whole buffer: a view into a longer one is never given and never taken. Texts are ASCII.
// No function calls back before it has returned, and none is called while another one of the agent's runs.

import type { ServerAddress, WifiSettings } from "../configuration.js";
import type { LogLevel } from "../platform.js";

export interface HostClock {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970; anything before 2020 while nobody has set the clock. */
  epochMs(): number;
}

export interface HostTimer {
  /** Calls `callback` once, `delayMs` (0 to 2^31 - 1) later at the earliest; returns a handle for `stop`. */
  start(delayMs: number, callback: () => void): number;
  /** Forgets a timer that waits. */
  stop(handle: number): void;
}

export interface HostSocketEvents {
  onOpen(): void;
  /** At most 2,048 of them. */
  onBytes(bytes: Uint8Array): void;
  /** Once, when the connection failed, was cut or ended by the other side; never after `close`. */
  onClose(reason: string): void;
}

export interface HostSockets {
  /** What a connection with `tls` is worth: there is `none`, the server is `unverified`, or it is `verified`. */
  tls: "none" | "unverified" | "verified";
  /** Never throws: a failure is a call of `onClose`. Returns a handle. */
  connect(address: ServerAddress, events: HostSocketEvents): number;
  /** 1,024 bytes at most, and one call at a time: `onDone` when the next may come. */
  write(socket: number, bytes: Uint8Array, onDone: () => void): void;
  close(socket: number): void;
}

/** What the board's data file says of it: the names of devices and pins are the host's own. */
export interface HostUartSettings {
  device: string;
  rx?: string;
  tx?: string;
  baud: number;
  /** Even; absent: none. */
  parity?: "e";
}

export interface HostUart {
  /** 8 bits, one stop bit, `parity` as in the settings. Throws when there is no such device. Returns a handle. */
  open(settings: HostUartSettings, onBytes: (bytes: Uint8Array) => void): number;
  write(uart: number, bytes: Uint8Array): void;
}

export interface HostI2cPins {
  sda: string;
  scl: string;
}

/** Absent: the board has no bus. */
export interface HostI2c {
  open(pins: HostI2cPins): void;
  /** False when the device does not answer. */
  write(address: number, bytes: Uint8Array): boolean;
  /** `undefined` when the device does not answer. */
  read(address: number, count: number): Uint8Array | undefined;
}

/** Files of 4 KB at most, with names of letters, digits and dots. */
export interface HostStore {
  /** `undefined` when there is no such file. */
  read(name: string): Uint8Array | undefined;
  /** The whole file. When power fails, what was there before stays or what is written is there whole. Throws when there is no room. */
  write(name: string, bytes: Uint8Array): void;
  /** Nothing happens when there is no such file. */
  erase(name: string): void;
}

export interface HostEntropy {
  /** Unpredictable bytes: as many as there are, perhaps none. */
  noise(): Uint8Array;
}

export interface HostNetwork {
  /** Joins the network (without `wifi`: there is one) and stays in it; `onChange` is told of each change, first of the join. */
  attach(wifi: WifiSettings | undefined, onChange: (isUp: boolean) => void): void;
}

/** What the machine can do, each where it can. */
export interface HostMachine {
  /** Bytes of the engine's heap that are free. */
  freeBytes?(): number;
  /** Calls `onPress` at each press of the button on that pin. */
  button?(pin: string, onPress: () => void): void;
  /** Light on that pin. */
  light?(pin: string, isOn: boolean): void;
  restart?(): void;
  /** Unless it is called again within so many seconds, the board starts anew. */
  feedWatchdog?(timeoutS: number): void;
  /** What a person may want to know, by name. */
  state?(): { [name: string]: string | number };
  /** Where functions that a person can call at a console are put, by name. */
  console?: { [name: string]: unknown };
}

export interface MicrospimeHost {
  clock: HostClock;
  timer: HostTimer;
  sockets: HostSockets;
  uart: HostUart;
  i2c?: HostI2c;
  store: HostStore;
  entropy: HostEntropy;
  network: HostNetwork;
  machine: HostMachine;
  log(level: LogLevel, line: string): void;
}
