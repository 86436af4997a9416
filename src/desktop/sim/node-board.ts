// A board whose engine is Node: the bundle build/sim.js in a context of its own, with a platform made of
// Node's sockets, simulated UARTs and a virtual clock.

import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket as NetSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import vm from "node:vm";
import type {
  Platform,
  Socket,
  SocketHandlers,
  Sockets,
  Store,
  Uart,
} from "../../firmware/platform.js";
import { codeOf, messageOf } from "../failure.js";
import { configurationText } from "../provisioning/configuration-text.js";
import { CONFIGURATION_FILE } from "../provisioning/provision.js";
import type { BoardSurroundings, RunningBoard } from "./board.js";
import { readBundle } from "./bundle.js";
import type { Traffic } from "./trace.js";
import type { Wire } from "./wire.js";

const BOARD = "sim";
/** A seed and a nonce of 256 bits of security (NIST SP 800-90A). */
const NOISE_BYTES = 48;

const toBytes = (text: string) => Buffer.from(text, "latin1");
const toText = (bytes: Buffer) => bytes.toString("latin1");

function openSocket(host: string, port: number, tls: boolean): NetSocket {
  // The embedded server's certificate is its own. What proves the server is SCRAM's signature.
  return tls ? connectTls({ host, port, rejectUnauthorized: false }) : connectTcp({ host, port });
}

function listen(socket: NetSocket, tls: boolean, handlers: SocketHandlers, traffic?: Traffic) {
  let reason = "closed";
  socket.on(tls ? "secureConnect" : "connect", () => {
    traffic?.("sent", undefined);
    handlers.onOpen();
  });
  socket.on("data", (bytes) => {
    traffic?.("received", bytes);
    handlers.onBytes(toText(bytes));
  });
  socket.on("error", (error) => {
    reason = codeOf(error) || messageOf(error);
  });
  socket.on("close", () => handlers.onClose(reason));
}

function createSockets(opened: Set<NetSocket>, traffic?: Traffic): Sockets {
  return {
    isVerifying: false,
    dial({ host, port, tls }, handlers): Socket {
      const socket = openSocket(host, port, tls);
      opened.add(socket);
      socket.on("close", () => opened.delete(socket));
      listen(socket, tls, handlers, traffic);
      return {
        write(text) {
          const bytes = toBytes(text);
          traffic?.("sent", bytes);
          if (socket.writable) socket.write(bytes);
        },
        close() {
          socket.removeAllListeners("close");
          socket.on("close", () => opened.delete(socket));
          socket.end();
        },
      };
    },
  };
}

function createUart(wires: Record<string, Wire>): Uart {
  return {
    open({ device }, onBytes) {
      const wire = wires[device];
      if (!wire) throw new Error(`no UART ${device}`);
      wire.onBytesForBoard((bytes) => onBytes(toText(bytes)));
      return { write: (text) => wire.toSensor(toBytes(text)) };
    },
  };
}

/** As flash does it: what is kept of a string is the low byte of each character. */
function createStore({ configuration, files }: BoardSurroundings): Store {
  const kept = new Map(Object.entries(files));
  kept.set(CONFIGURATION_FILE, toBytes(configurationText(configuration)));
  return {
    read(name) {
      const bytes = kept.get(name);
      return bytes && toText(bytes);
    },
    write: (name, text) => void kept.set(name, toBytes(text)),
  };
}

function createPlatform(around: BoardSurroundings, opened: Set<NetSocket>): Platform {
  const { clock, gps, co2, onLog, onTraffic } = around;
  return {
    clock: { monotonicMs: () => clock.nowMs(), epochMs: Date.now },
    timer: {
      start: (delayMs, callback) => clock.after(delayMs, callback),
      stop: (handle) => clock.cancel(handle),
    },
    uart: createUart({ gps, co2 }),
    store: createStore(around),
    button: () => {},
    sockets: createSockets(opened, onTraffic),
    network: { attach: (_wifi, onChange) => onChange(true) },
    noise: () => toText(randomBytes(NOISE_BYTES)),
    log: { write: (level, line) => onLog(`${level} ${line}`) },
  };
}

/** Throws what the bundle throws at its start: a wrong configuration. */
export function startNodeBoard(around: BoardSurroundings): RunningBoard {
  const opened = new Set<NetSocket>();
  const { file, text } = readBundle(BOARD);
  const context = vm.createContext({
    microspimeHost: createPlatform(around, opened),
    btoa,
    atob,
  });
  vm.runInContext(text, context, { filename: file });
  return {
    title: `build/${BOARD}.js (${text.length} bytes) in Node ${process.version}`,
    memory: async () => undefined,
    async stop() {
      for (const socket of opened) socket.removeAllListeners("close").destroy();
    },
  };
}
