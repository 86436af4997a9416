// A loopback relay in front of a server, for seeing what an engine in another process sends over TCP.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Traffic } from "./trace.js";

const LOOPBACK = "127.0.0.1";

function relay(board: Socket, server: Socket, onTraffic: Traffic): void {
  onTraffic("sent", undefined);
  board.on("data", (bytes) => onTraffic("sent", bytes));
  server.on("data", (bytes) => onTraffic("received", bytes));
  board.pipe(server).pipe(board);
  board.on("error", () => server.destroy());
  server.on("error", () => board.destroy());
}

export async function openTap(host: string, port: number, onTraffic: Traffic) {
  const sockets = new Set<Socket>();
  const listener = createServer((board) => {
    const server = connect({ host, port });
    for (const socket of [board, server]) {
      sockets.add(socket.on("close", () => sockets.delete(socket)));
    }
    relay(board, server, onTraffic);
  });
  listener.listen(0, LOOPBACK);
  await once(listener, "listening");
  return {
    address: LOOPBACK,
    port: (listener.address() as AddressInfo).port,
    /** From now on nothing is relayed, nor told. */
    close() {
      listener.close();
      for (const socket of sockets) socket.removeAllListeners("data").destroy();
    },
  };
}
