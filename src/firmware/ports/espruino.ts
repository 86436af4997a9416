// Espruino 2v29 (https://www.espruino.com/Reference): the engine's modules as a platform. What its TLS
// and its random numbers are worth is in docs/espruino.md.

import type { Board, UartSettings } from "../board.js";
import type { ServerAddress, WifiSettings } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type {
  ByteString,
  Clock,
  Entropy,
  I2c,
  Platform,
  Socket,
  SocketHandlers,
  Store,
  UartLine,
} from "../platform.js";

interface EspruinoSocket {
  on(event: string, handler: (argument: string) => void): void;
  write(bytes: string): void;
  end(): void;
}

interface Connector {
  connect(address: { host: string; port: number }, onOpen: () => void): EspruinoSocket;
}

interface Wifi {
  connect(ssid: string, options: object, callback: (error: string | null) => void): void;
  on(event: string, handler: () => void): void;
  setSNTP(server: string, zone: string): void;
}

interface NativeCrypto {
  SHA1(bytes: string): ArrayBuffer;
  SHA256(bytes: string): ArrayBuffer;
  PBKDF2(password: string, salt: string, options: object): ArrayBuffer;
}

interface SerialLine {
  setup(baud: number, options: { rx?: string; tx?: string; path?: string }): void;
  on(event: string, handler: (bytes: string) => void): void;
  write(bytes: string): void;
}

interface I2cBus {
  setup(pins: object): void;
  writeTo(address: number, bytes: string): void;
  readFrom(address: number, count: number): Uint8Array;
}

interface Storage {
  read(name: string): string | undefined;
  write(name: string, bytes: string): void;
}

declare function require(name: "crypto"): NativeCrypto;
declare function require(name: "net" | "tls"): Connector;
declare function require(name: "Wifi"): Wifi;
declare function require(name: "Storage"): Storage;
declare function getTime(): number;
declare function setTimeout(callback: () => void, delayMs: number): number;
declare function clearTimeout(handle: number): void;
declare function peek32(address: number, count: number): Uint32Array;
declare const console: { log(line: string): void };
declare const global: { [name: string]: SerialLine };
declare const I2C1: I2cBus;
declare const E: {
  toString(bytes: ArrayBuffer | Uint8Array): string;
  openFile(path: string, mode: string): { read(count: number): string; close(): void };
};

const REJOIN_MS = 10000;
/** A step of the clock this long is somebody setting it, not time going by. */
const CLOCK_STEP_MS = 3600000;

function nativeHash(name: string, digest: (bytes: string) => ArrayBuffer, bytes: number): Hash {
  return {
    name: name,
    digest: function (message) {
      return E.toString(digest(message));
    },
    pbkdf2: function (password, salt, iterations) {
      const hasher = name.split("-").join("");
      const options = { keySize: bytes / 4, iterations: iterations, hasher: hasher };
      return E.toString(require("crypto").PBKDF2(password, salt, options));
    },
  };
}

/** Preferred first. */
export const NATIVE_HASHES: Hash[] = [
  nativeHash("SHA-256", require("crypto").SHA256, 32),
  nativeHash("SHA-1", require("crypto").SHA1, 20),
];

function after(delayMs: number, callback: () => void): number {
  return setTimeout(callback, delayMs);
}

/** `getTime` jumps when the clock is set, by SNTP for example: such a step is taken out again. */
function createClock(): Clock {
  let lastMs = getTime() * 1000;
  let offsetMs = -lastMs;
  return {
    monotonicMs: function () {
      const nowMs = getTime() * 1000;
      if (nowMs < lastMs || nowMs > lastMs + CLOCK_STEP_MS) offsetMs += lastMs - nowMs;
      lastMs = nowMs;
      return nowMs + offsetMs;
    },
  };
}

function openUart(settings: UartSettings, onBytes: (bytes: ByteString) => void): UartLine {
  const line = global[settings.device];
  if (!line) throw new Error("UART " + settings.device + " is missing on this board");
  const { baud, rx, tx, path } = settings;
  // An option that it does not know is an error to Espruino.
  line.setup(baud, { rx, tx, path });
  line.on("data", onBytes);
  return {
    write: function (bytes) {
      line.write(bytes);
    },
  };
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
      finish("" + error);
    });
  });

  return {
    write: function (bytes) {
      if (!isClosed) {
        attempt(function () {
          socket.write(bytes);
        });
      }
    },
    close: function () {
      isClosed = true;
      attempt(function () {
        socket.end();
      });
    },
  };
}

function joinWifi(wifi: WifiSettings, onChange: (up: boolean) => void): void {
  const radio = require("Wifi");

  function join(): void {
    radio.connect(wifi.ssid, { password: wifi.password }, function (error) {
      if (error) {
        after(REJOIN_MS, join);
        return;
      }
      // Only now can the clock be asked for.
      radio.setSNTP("pool.ntp.org", "0");
      onChange(true);
    });
  }

  radio.on("disconnected", function () {
    onChange(false);
    after(REJOIN_MS, join);
  });
  join();
}

/** A device that does not answer is an exception here. */
const i2c: I2c = {
  write: function (address, bytes) {
    try {
      I2C1.writeTo(address, bytes);
      return true;
    } catch {
      return false;
    }
  },
  read: function (address, count) {
    try {
      return E.toString(I2C1.readFrom(address, count));
    } catch {
      return undefined;
    }
  },
};

const storage: Store = {
  read: function (name) {
    return require("Storage").read(name);
  },
  write: function (name, bytes) {
    require("Storage").write(name, bytes);
  },
};

/**
 * Hashes together what differs from boot to boot: the provisioned seed, a counter of boots, the clock
 * and the board's source. Espruino's own generator would repeat itself at every boot.
 */
function createEntropy(board: Board): Entropy {
  const boots = +(storage.read("microspime.boots") || 0) + 1;
  const sha256 = NATIVE_HASHES[0].digest;
  const { register, file } = board.entropy;
  let state = (storage.read("microspime.seed") || "") + boots;
  storage.write("microspime.boots", "" + boots);

  function source(): ByteString {
    if (register) return E.toString(peek32(register, 8).buffer);
    if (!file) return "";
    const open = E.openFile(file, "r");
    const bytes = open.read(32);
    open.close();
    return bytes;
  }

  return {
    bytes: function (count) {
      state = sha256(state + getTime() + source());
      return sha256("output" + state).slice(0, count);
    },
  };
}

export function createPlatform(board: Board): Platform {
  if (board.i2c) I2C1.setup(board.i2c);
  return {
    clock: createClock(),
    timer: { start: after, stop: clearTimeout },
    uart: { open: openUart },
    i2c: i2c,
    store: storage,
    sockets: { connect: connectSocket },
    network: {
      join: function (wifi, onChange) {
        if (wifi) joinWifi(wifi, onChange);
        else onChange(true);
      },
    },
    entropy: createEntropy(board),
    log: {
      write: function (level, line) {
        console.log(level + " " + line);
      },
    },
  };
}
