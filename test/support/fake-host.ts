// A host of the contract (src/firmware/ports/host-contract.ts) on Node, in memory but for its sockets.

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { MicrospimeHost } from "../../src/firmware/ports/host-contract.js";

const PIECE_BYTES = 700;

/** An array of its own: Node's are views into longer ones. */
export const owned = (bytes: Uint8Array) => Uint8Array.from(bytes);

export interface FakeHost {
  readonly host: MicrospimeHost;
  readonly lines: string[];
  stop(): void;
}

function createSockets(opened: Map<number, Socket>): MicrospimeHost["sockets"] {
  let lastHandle = 0;
  return {
    tls: "none",
    connect({ host, port }, events) {
      const handle = ++lastHandle;
      let reason = "closed";
      const socket = connect({ host, port }, () => events.onOpen());
      opened.set(handle, socket);
      socket.on("data", (bytes) => {
        for (let at = 0; at < bytes.length; at += PIECE_BYTES)
          if (opened.has(handle)) events.onBytes(owned(bytes.subarray(at, at + PIECE_BYTES)));
      });
      socket.on("error", (error) => (reason = error.message));
      socket.on("close", () => opened.delete(handle) && events.onClose(reason));
      return handle;
    },
    write: (handle, bytes, onDone) => void opened.get(handle)?.write(owned(bytes), () => onDone()),
    close(handle) {
      opened.get(handle)?.end();
      opened.delete(handle);
    },
  };
}

function createStore(): MicrospimeHost["store"] {
  const files = new Map<string, Uint8Array>();
  return {
    read(name) {
      const bytes = files.get(name);
      return bytes && owned(bytes);
    },
    write: (name, bytes) => void files.set(name, owned(bytes)),
    erase: (name) => void files.delete(name),
  };
}

export function createFakeHost(): FakeHost {
  const opened = new Map<number, Socket>();
  const timers = new Map<number, NodeJS.Timeout>();
  const lines: string[] = [];
  let lastHandle = 0;
  const host: MicrospimeHost = {
    clock: { monotonicMs: () => performance.now(), epochMs: () => Date.now() },
    timer: {
      start(delayMs, callback) {
        timers.set(++lastHandle, setTimeout(callback, delayMs));
        return lastHandle;
      },
      stop: (handle) => clearTimeout(timers.get(handle)),
    },
    sockets: createSockets(opened),
    uart: {
      open({ device }) {
        if (device !== "gps") throw new Error(`no UART ${device}`);
        return 1;
      },
      write() {},
    },
    store: createStore(),
    entropy: { noise: () => owned(randomBytes(32)) },
    network: { attach: (_wifi, onChange) => void setTimeout(() => onChange(true), 0) },
    machine: {},
    log: (_level, line) => void lines.push(line),
  };
  return {
    host,
    lines,
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const socket of opened.values()) socket.destroy();
    },
  };
}
