// The server's side of XEP-0114 on loopback, for what a real server cannot be made to do.

import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface FakeServer {
  readonly service: string;
  /** The connection of the last component that was let in. */
  connection(): Promise<Socket>;
  /** What it sent after the handshake, once that matches. */
  received(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'" +
  " xmlns='jabber:component:accept' from='scopenode.openspime.com' id='3BF96D32'>";

/** Lets any secret in, or does with the handshake what the caller says. */
export async function startFakeServer(
  onHandshake: (socket: Socket) => void = (socket) => socket.write("<handshake/>"),
): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  let current: Socket | undefined;
  let text = "";
  const server = createServer((socket) => {
    sockets.add(socket.setEncoding("utf8"));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      if (chunk.includes("<stream:stream")) socket.write(HEADER);
      else if (chunk.includes("<handshake")) onHandshake((current = socket));
      else if (chunk.includes("</stream:stream>")) socket.end("</stream:stream>");
      else text += chunk;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    service: `xmpp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connection: () => until(() => current),
    received: (pattern) => until(() => pattern.exec(text)?.[0]),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Mocha's own time limit is the bound. */
export async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
