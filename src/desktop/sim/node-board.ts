// A board whose engine is Node: the bundle build/sim.js in a context of its own, with a platform made of
// Node's sockets, simulated UARTs and a virtual clock.

import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket as NetSocket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import path from "node:path";
import vm from "node:vm";
import type { ServerAddress } from "../../firmware/configuration.js";
import type {
  Flash,
  Platform,
  Socket,
  SocketHandlers,
  Sockets,
  Store,
  Uart,
} from "../../firmware/platform.js";
import { certificateFaultOf, tlsOptions, whenTrusted } from "../certificates/index.js";
import type { CertificateTrust } from "../certificates/index.js";
import { codeOf, messageOf } from "../failure.js";
import { parseAddress } from "../openspime/address.js";
import { configurationText } from "../provisioning/configuration-text.js";
import { CONFIGURATION_FILE, SEED_FILE } from "../provisioning/provision.js";
import type { BoardSurroundings, RunningBoard } from "./board.js";
import { readBundle } from "./bundle.js";
import { memoryFolder } from "./store-folder.js";
import type { StoreFolder } from "./store-folder.js";
import type { Traffic } from "./trace.js";
import type { Wire } from "./wire.js";

const BOARD = "sim";

/** A seed and a nonce of 256 bits of security (NIST SP 800-90A). */
const NOISE_BYTES = 48;

const toBytes = (text: string) => Buffer.from(text, "latin1");
const toText = (bytes: Buffer) => bytes.toString("latin1");

/** Whose certificate the board's server has to show. */
interface ExpectedServer extends CertificateTrust {
  /** Of the board's JID: `host` may be anybody's who was dialled for it. */
  readonly domain: string;
}

function expectedServer({ configuration, isTrusting }: BoardSurroundings): ExpectedServer {
  const { jid, fingerprint } = configuration;
  const { domain } = parseAddress(jid);
  return { domain, isTrusting, ...(fingerprint !== undefined && { fingerprint }) };
}

/** Calls back when the connection is open, and the server with TLS the one that is expected. */
function openSocket(
  { host, port, tls }: ServerAddress,
  server: ExpectedServer,
  onOpen: () => void,
): NetSocket {
  if (!tls) return connectTcp({ host, port }, onOpen);
  const socket: TLSSocket = connectTls({ host, port, ...tlsOptions(server.domain, server) });
  whenTrusted(socket, server, onOpen);
  return socket;
}

function listen(socket: NetSocket, handlers: SocketHandlers, traffic?: Traffic) {
  let reason = "closed";
  socket.on("data", (bytes) => {
    traffic?.("received", bytes);
    handlers.onBytes(toText(bytes));
  });
  socket.on("error", (error) => {
    reason = certificateFaultOf(error) ?? (codeOf(error) || messageOf(error));
  });
  socket.on("close", () => handlers.onClose(reason));
}

/** Of the machine, for whichever engine; those that are open are in `opened`. */
export function createBoardSockets(around: BoardSurroundings, opened: Set<NetSocket>): Sockets {
  const server = expectedServer(around);
  const traffic = around.onTraffic;
  return {
    isVerifying: true,
    dial(address, handlers): Socket {
      const socket = openSocket(address, server, () => {
        traffic?.("sent", undefined);
        handlers.onOpen();
      });
      opened.add(socket);
      socket.on("close", () => opened.delete(socket));
      listen(socket, handlers, traffic);
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

/** What a board keeps, as at its start. The seed of a board is its own, and stays. */
export function createBoardStore(around: BoardSurroundings): StoreFolder {
  const { configuration, files, folder = memoryFolder() } = around;
  const written = { ...files, [CONFIGURATION_FILE]: toBytes(configurationText(configuration)) };
  for (const [name, bytes] of Object.entries(written))
    if (name !== SEED_FILE || folder.read(name) === undefined) folder.write(name, toText(bytes));
  return folder;
}

function createPlatform(
  around: BoardSurroundings,
  store: Store,
  flash: Flash,
  opened: Set<NetSocket>,
): Platform {
  const { clock, gps, co2, onLog } = around;
  return {
    clock: { monotonicMs: () => clock.nowMs(), epochMs: Date.now },
    timer: {
      start: (delayMs, callback) => clock.after(delayMs, callback),
      stop: (handle) => clock.cancel(handle),
    },
    uart: createUart({ gps, co2 }),
    hasRoom: () => true,
    flash: () => flash,
    store,
    button: () => {},
    sockets: createBoardSockets(around, opened),
    network: { attach: (_wifi, onChange) => onChange(true) },
    noise: () => toText(randomBytes(NOISE_BYTES)),
    log: { write: (level, line) => onLog(`${level} ${line}`) },
  };
}

/** `flash`: another than the folder's, which never fails. Throws what the bundle throws at its start: a wrong configuration. */
export function startNodeBoard(around: BoardSurroundings, flash?: Flash): RunningBoard {
  const { file, text } = around.bundle ?? readBundle(BOARD);
  const folder = createBoardStore(around);
  const opened = new Set<NetSocket>();
  const context = vm.createContext({
    microspimeHost: createPlatform(around, folder, flash ?? folder.flash, opened),
    btoa,
    atob,
  });
  vm.runInContext(text, context, { filename: file });
  return {
    title: `build/${path.basename(file)} (${text.length} bytes) in Node ${process.version}`,
    memory: async () => undefined,
    async stop() {
      for (const socket of opened) socket.removeAllListeners("close").destroy();
    },
  };
}
