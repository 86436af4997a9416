// Espruino 2v29 (https://www.espruino.com/Reference): the engine's modules as a platform. What its TLS
// and its random numbers are worth is in docs/espruino.md.

import type { ServerAddress, WifiSettings } from "../configuration.js";
import type { Cipher } from "../crypto/cipher.js";
import type { Hash } from "../crypto/hash.js";
import type {
  ByteString,
  Clock,
  Flash,
  FlashArea,
  Platform,
  Socket,
  SocketHandlers,
  Store,
  UartLine,
  UartSettings,
} from "../platform.js";

interface EspruinoSocket {
  on(event: "error", handler: (error: { message?: string }) => void): void;
  on(event: "data" | "close", handler: (bytes: string) => void): void;
  removeAllListeners(): void;
  write(bytes: string): void;
  end(): void;
}

interface Connector {
  connect(address: object, onOpen: (socket: string) => void): EspruinoSocket;
}

interface Wifi {
  connect(ssid: string, options: object, callback: (error: string | null) => void): void;
  on(event: string, handler: () => void): void;
  setSNTP(server: string, zone: string): void;
}

type NativeAes = (bytes: string, key: string, options: { iv: string; mode: "CBC" }) => ArrayBuffer;

interface NativeCrypto {
  SHA1(bytes: string): ArrayBuffer;
  SHA256(bytes: string): ArrayBuffer;
  AES: { encrypt: NativeAes; decrypt: NativeAes };
  PBKDF2(password: string, salt?: string, options?: object): ArrayBuffer;
}

interface FlashModule {
  read(count: number, address: number): Uint8Array;
  write(bytes: string, address: number): void;
  erasePage(address: number): void;
}

interface SerialOptions {
  rx?: string;
  tx?: string;
  path?: string;
  parity?: string;
}

interface SerialLine {
  setup(baud: number, options: SerialOptions): void;
  on(event: string, handler: (bytes: string) => void): void;
  write(bytes: string): void;
}

declare function require(name: "crypto"): NativeCrypto;
declare function require(name: "net" | "tls"): Connector;
declare function require(name: "Wifi"): Wifi;
/** Its names are the engine's. */
interface Storage extends Store {
  erase(name: string): void;
  getFree(): number;
}

declare function require(name: "Storage"): Storage;
declare function require(name: "Flash"): FlashModule;
declare function getTime(): number;
declare function setTimeout(callback: () => void, delayMs: number): number;
declare function clearTimeout(handle: number): void;
declare function pinMode(pin: string, mode: "input_pullup"): void;
declare function setWatch(
  callback: () => void,
  pin: string,
  options: { repeat: boolean; edge: "falling"; debounce: number },
): void;
declare function peek32(address: number): number;
/** `collects`: garbage, first. */
declare const process: { version: string; memory(collects: boolean): { free: number } };
declare const console: { log(level: string, line: string): void };
/** `ssl`: what TLS knows of each open connection, by the connection's number. */
declare const global: { [name: string]: SerialLine } & { ssl?: { [connection: string]: unknown } };
declare const E: {
  reboot(): void;
  toString(bytes: ArrayBuffer | Uint8Array): string;
  defrag(...unmoved: unknown[]): void;
  openFile(path: string, mode: string): { read(count: number): string; close(): void };
};

const REJOIN_MS = 10000;
/** A step of the clock this long is somebody setting it, not time going by. */
const CLOCK_STEP_MS = 3600000;

const crypto = require("crypto");

/**
 * Moves the variables together, but for TLS's: it points into them, and the engine ends when they have moved. What is an
 * argument of a call that runs stays where it is.
 */
export function defragment(): void {
  const contexts = global.ssl || {};
  const unmoved = Object.keys(contexts).map(function (connection) {
    return contexts[connection];
  });
  // eslint-disable-next-line prefer-spread -- the engine knows no spread
  E.defrag.apply(E, unmoved);
}

/**
 * The bytes that a native function gives. They have to lie in one piece: where free memory is in many, it says
 * so and gives nothing, and its variables are moved together.
 */
function bytesOf(native: () => ArrayBuffer | undefined): ByteString {
  let bytes = native();
  if (!bytes) {
    defragment();
    bytes = native();
  }
  return E.toString(bytes!);
}

/** What both hashes have in common: functions of each of them would take thirty variables. */
const NATIVE_HASH = {
  digest: function (this: NativeHash, message: string): string {
    const { hasher } = this;
    return bytesOf(function () {
      return crypto[hasher](message);
    });
  },
  pbkdf2: function (this: NativeHash, password: string, salt: string, iterations: number): string {
    const { hasher, keySize } = this;
    const options = { keySize, iterations, hasher };
    return bytesOf(function () {
      return crypto.PBKDF2(password, salt, options);
    });
  },
};

interface NativeHash extends Hash {
  hasher: "SHA1" | "SHA256";
  /** In words of four bytes. */
  keySize: number;
}

function nativeHash(bits: "1" | "256", keySize: number): Hash {
  const hash: NativeHash = Object.create(NATIVE_HASH);
  hash.name = "SHA-" + bits;
  hash.hasher = ("SHA" + bits) as "SHA1" | "SHA256";
  hash.keySize = keySize;
  return hash;
}

/** Preferred first. */
export const NATIVE_HASHES: Hash[] = [nativeHash("256", 8), nativeHash("1", 5)];

/** What AES gives has to lie in one piece of memory, and there the pieces are small after a while. */
const AES_PIECE_BYTES = 64;

/** CBC piece by piece: each begins from the last block of ciphertext before it. */
function nativeAes(operation: "encrypt" | "decrypt"): Cipher["encipher"] {
  return function (key, iv, bytes) {
    let result = "";
    for (let at = 0; at < bytes.length; at += AES_PIECE_BYTES) {
      const piece = bytes.slice(at, at + AES_PIECE_BYTES);
      const done = bytesOf(function () {
        return crypto.AES[operation](piece, key, { iv, mode: "CBC" });
      });
      iv = (operation === "encrypt" ? done : piece).slice(-16);
      result += done;
    }
    return result;
  };
}

/** Whole blocks only: for others it prints an error and gives nothing. */
export const NATIVE_CIPHER: Cipher = {
  encipher: nativeAes("encrypt"),
  decipher: nativeAes("decrypt"),
};

function after(delayMs: number, callback: () => void): number {
  return setTimeout(callback, delayMs);
}

/** `getTime` jumps when the clock is set, by SNTP for example: such a step is taken out again. */
function createClock(): Clock {
  let lastMs = 0;
  let offsetMs = 0;
  return {
    monotonicMs: function () {
      const nowMs = getTime() * 1000;
      if (nowMs < lastMs || nowMs > lastMs + CLOCK_STEP_MS) offsetMs += lastMs - nowMs;
      lastMs = nowMs;
      return nowMs + offsetMs;
    },
    epochMs: Date.now,
  };
}

function openUart(settings: UartSettings, onBytes: (bytes: ByteString) => void): UartLine {
  const line = global[settings.device];
  if (!line) throw new Error("no UART " + settings.device);
  const { baud, rx, tx, path, parity } = settings;
  // An option that it does not know is an error to Espruino, and so is a parity without a value.
  const options: SerialOptions = { rx, tx, path };
  if (parity) options.parity = parity;
  line.setup(baud, options);
  line.on("data", onBytes);
  return line;
}

function connectSocket(address: ServerAddress, handlers: SocketHandlers): Socket {
  let socket: EspruinoSocket;
  let isClosed = false;

  function finish(reason: string): void {
    if (isClosed) return;
    isClosed = true;
    handlers.onClose(reason);
  }

  /** Espruino throws what others would report later: no such host, refused, written after a close. */
  function attempt(action: () => void): void {
    if (isClosed) return;
    try {
      action();
    } catch (error) {
      after(0, function () {
        finish("" + error);
      });
    }
  }

  attempt(function () {
    socket = require(address.tls ? "tls" : "net").connect(
      { host: address.host, port: address.port },
      handlers.onOpen,
    );
    socket.on("data", handlers.onBytes);
    socket.on("close", function () {
      finish("closed");
    });
    socket.on("error", function (error) {
      finish("" + (error.message || error));
    });
  });

  return {
    write: function (bytes) {
      attempt(function () {
        socket.write(bytes);
      });
    },
    close: function () {
      attempt(function () {
        isClosed = true;
        // Espruino goes on telling what happens to a socket that has been closed.
        socket.removeAllListeners();
        socket.end();
      });
    },
  };
}

function joinWifi(wifi: WifiSettings, onChange: (up: boolean) => void): void {
  const radio = require("Wifi");
  let isWaiting = false;

  /** A failed join can be both an error and a "disconnected": it counts once. */
  function joinLater(): void {
    if (isWaiting) return;
    isWaiting = true;
    after(REJOIN_MS, join);
  }

  function join(): void {
    isWaiting = false;
    // Of the options it looks at the password.
    radio.connect(wifi.ssid, wifi, function (error) {
      if (error) {
        joinLater();
        return;
      }
      // Only now can the clock be asked for.
      radio.setSNTP("pool.ntp.org", "0");
      onChange(true);
    });
  }

  radio.on("disconnected", function () {
    onChange(false);
    joinLater();
  });
  join();
}

/** The chip's random register, word by word: asked for more, peek32 reads the registers behind it. */
export function noiseOfRegister(address: number): ByteString {
  let noise = "";
  for (let count = 8; count; count--) noise += peek32(address);
  return noise;
}

export function noiseOfFile(path: string): ByteString {
  const file = E.openFile(path, "r");
  const noise = file.read(32);
  file.close();
  return noise;
}

/** The module takes any address and asks nothing: `area` has to be of the chip's flash that nothing else is in. */
function openFlash(area: FlashArea): Flash {
  const module = require("Flash");
  const address = area.address!;
  return {
    area,
    read: function (at, count) {
      return E.toString(module.read(count, address + at));
    },
    write: function (at, bytes) {
      module.write(bytes, address + at);
    },
    erase: function (page) {
      // It takes no number with a point, not even one that is whole.
      module.erasePage((address + page * area.pageBytes) | 0);
    },
  };
}

/** A button's contacts bounce: presses within this time are one. */
const BOUNCE_MS = 50;

/**
 * `noiseOf` reads the board's source of noise, a register or a file; not Espruino's own generator, which
 * repeats itself at every boot.
 */
export function createPlatform<Source>(
  noiseOf: (source: Source) => ByteString,
  source: Source,
  area: FlashArea,
  buttonPin?: string,
): Platform {
  return {
    clock: createClock(),
    timer: { start: after, stop: clearTimeout },
    uart: { open: openUart },
    store: require("Storage"),
    flash: function () {
      return openFlash(area);
    },
    hasRoom: function (variables) {
      // Garbage is looked for only where it counts.
      return process.memory(false).free >= variables || process.memory(true).free >= variables;
    },
    console: global,
    button: function (onPress) {
      if (!buttonPin) return;
      pinMode(buttonPin, "input_pullup");
      setWatch(onPress, buttonPin, { repeat: true, edge: "falling", debounce: BOUNCE_MS });
    },
    sockets: { isVerifying: false, dial: connectSocket },
    restart: E.reboot,
    network: {
      attach: function (wifi, onChange) {
        if (wifi) joinWifi(wifi, onChange);
        // Not at once: an error inside boot code costs its whole text in memory for the trace.
        else {
          after(0, function () {
            onChange(true);
          });
        }
      },
    },
    noise: function () {
      return noiseOf(source);
    },
    log: { write: console.log },
    state: function () {
      const state: { [name: string]: string | number } = {};
      state["engine"] = process.version;
      state["freeVariables"] = process.memory(true).free;
      return state;
    },
  };
}
