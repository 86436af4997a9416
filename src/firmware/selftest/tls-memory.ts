// What a TLS connection takes: the chip's heap and the engine's variables, before, at the least, and after. An XMPP server
// answers a stream's header, which shows that the handshake is over.

import type { Values } from "./values.js";

export interface TlsSocket {
  on(event: "data" | "close" | "error", handler: () => void): void;
  write(bytes: string): void;
  end(): void;
}

/** What is free now; the heap is absent where there is none but the variables. */
export interface Free {
  heap?: number;
  /** The least since the start, where the chip counts it. */
  leastHeap?: number;
  variables: number;
}

const LOOK_MS = 50;
const PATIENCE_MS = 20000;
const REST_MS = 1000;

export function measureTls(
  dial: (onOpen: () => void) => TlsSocket,
  header: string,
  free: () => Free,
  after: (delayMs: number, next: () => void) => void,
  onDone: (values: Values) => void,
): void {
  const before = free();
  let least = before;
  let isAnswered = false;
  let isOver = false;
  let leftMs = PATIENCE_MS;
  const values: Values = {};

  function put(name: string, { heap, variables }: Free): void {
    values["variables" + name] = variables;
    if (heap !== undefined) values["heap" + name] = heap;
  }

  function look(): void {
    const now = free();
    if (now.variables < least.variables || now.heap! < least.heap!) least = now;
    leftMs -= LOOK_MS;
    if (isOver || leftMs <= 0) {
      socket.end();
      after(REST_MS, finish);
    } else after(LOOK_MS, look);
  }

  function finish(): void {
    const end = free();
    put("Before", before);
    put("AtLeast", least);
    put("After", end);
    if (end.leastHeap !== undefined) values["heapLeastSinceStart"] = end.leastHeap;
    values["handshake"] = isAnswered ? "done" : "failed";
    onDone(values);
  }

  const socket = dial(function () {
    socket.write(header);
  });
  socket.on("data", function () {
    isAnswered = true;
    isOver = true;
  });
  socket.on("close", function () {
    isOver = true;
  });
  // What it says is not known before it says it; the table shows that there was no handshake.
  socket.on("error", function () {
    isOver = true;
  });
  look();
}
