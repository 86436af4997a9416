// What the agent needs from the machine it runs on. A port implements these interfaces and nothing
// else; tests implement them with plain objects.
//
// All text and all octets inside the firmware are byte strings: one character a byte, 0 to 255, text
// as UTF-8. Espruino stores strings that way, and on every other engine it avoids a conversion whose
// result could differ (RFC 6120 section 11.6 fixes UTF-8 for the wire).

import type { ServerAddress, WifiSettings } from "./configuration.js";

/** One character a byte (0 to 255); text is UTF-8. */
export type ByteString = string;

export interface Clock {
  /** Milliseconds since some fixed moment; never goes back, unknown origin. */
  monotonicMs(): number;
  /** Milliseconds since 1970, as far as the machine knows: less than 2020 when nobody has set its clock. */
  epochMs(): number;
}

export interface Timer {
  /** Calls `callback` once after `delayMs`; returns a handle for `stop`. */
  start(delayMs: number, callback: () => void): number;
  /** Forgets a timer that waits. Not one that has fired: its handle may be another one's by now (Espruino). */
  stop(handle: number): void;
}

export interface UartPlace {
  /** The port's own name for the UART: `Serial2`, or that of a simulated wire. */
  device: string;
  /** Pins by name, where the board lets them be chosen. */
  rx?: string;
  tx?: string;
  /** The file behind the UART where the engine runs on a desktop. */
  path?: string;
}

export interface UartSettings extends UartPlace {
  baud: number;
  /** Even; absent: none. */
  parity?: "e";
}

export interface UartLine {
  write(bytes: ByteString): void;
}

export interface Uart {
  /** Opens a UART with 8 bits and one stop bit. `onBytes` gets pieces cut anywhere. Throws when the device is not there. */
  open(settings: UartSettings, onBytes: (bytes: ByteString) => void): UartLine;
}

export interface I2cPins {
  sda: string;
  scl: string;
}

export interface I2c {
  /** False when the device does not answer (NACK). */
  write(address: number, bytes: ByteString): boolean;
  /** `undefined` when the device does not answer. */
  read(address: number, count: number): ByteString | undefined;
}

export interface SocketHandlers {
  onOpen(): void;
  onBytes(bytes: ByteString): void;
  /** Called once when the connection failed, was cut or ended, never after `close`; for the log. */
  onClose(reason: string): void;
}

export interface Socket {
  /** Queues bytes; ignored after the connection has closed. */
  write(bytes: ByteString): void;
  close(): void;
}

export interface Sockets {
  /** Whether `dial` with TLS makes sure who the server is. */
  isVerifying: boolean;
  /** Never throws, and calls no handler before it has returned: a failure is a call of `onClose`. */
  dial(address: ServerAddress, handlers: SocketHandlers): Socket;
}

export interface Network {
  /** Joins the network and stays in it; `onChange` is told of each change, first of the join. */
  attach(wifi: WifiSettings | undefined, onChange: (up: boolean) => void): void;
}

/** Small files that survive a restart. */
export interface Store {
  /** `undefined` when there is no such file; from `at` on, `count` bytes at most, where they are named. */
  read(name: string, at?: number, count?: number): ByteString | undefined;
  /** A file of `size` bytes can be written piece by piece, each at its place, in order. */
  write(name: string, bytes: ByteString, at?: number, size?: number): void;
  /** Absent, as what follows: the machine runs no program out of its store. */
  erase?(name: string): void;
  /** Bytes of the longest file that it would take now. */
  getFree?(): number;
}

/** Whole pages. */
export interface FlashArea {
  /** In the chip's flash; absent: nowhere in particular, where there is no chip. */
  address?: number;
  pages: number;
  pageBytes: number;
}

/** Flash of the board's own: a bit goes from 1 to 0, and back with its whole page only. Power may fail in any call. */
export interface Flash {
  area: FlashArea;
  read(at: number, count: number): ByteString;
  /** What could not be written shows when it is read. */
  write(at: number, bytes: ByteString): void;
  /** By its number. */
  erase(page: number): void;
}

export type LogLevel = "info" | "warn" | "error";

export interface Log {
  /** One event a line, `name key=value …`; never a secret. */
  write(level: LogLevel, line: string): void;
}

export interface Platform {
  clock: Clock;
  timer: Timer;
  uart: Uart;
  /** Where the board has a bus. */
  i2c?: I2c;
  store: Store;
  /** For what waits to be reported; made anew for each use, so that between two of them it takes no memory. */
  flash(): Flash;
  /** Whether so many variables of memory are free, or would be without garbage; true where that is no question. */
  hasRoom(variables: number): boolean;
  /** Functions that a person can call at the board's console, by name, where it has one. */
  console?: { [name: string]: unknown };
  /** Calls `onPress` at each press of the board's button, where it has one. */
  button(onPress: () => void): void;
  sockets: Sockets;
  network: Network;
  /** Shows that somebody has to see to the board, or no longer; absent: it has nothing to show it with. */
  alarm?(isRaised: boolean): void;
  /** Starts the board anew; absent: it cannot. */
  restart?(): void;
  /** Does not return; afterwards the board starts anew. Absent: it cannot. */
  sleep?(durationMs: number): void;
  /** Unless it is called again within `timeoutS`, the board starts anew; absent: it has no watchdog. */
  feedWatchdog?(timeoutS: number): void;
  /** What a person may want to know about the machine, by name: `freeVariables`, `rssi`, … */
  state?(): { [name: string]: string | number };
  /**
   * What the machine has of chance, as much at a time as it likes, perhaps nothing: only crypto/random.ts
   * makes random numbers of it.
   */
  noise(): ByteString;
  log: Log;
}
