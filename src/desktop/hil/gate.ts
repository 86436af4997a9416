// The only way from the board to the server: a TCP relay that can be closed (the server is down), cut (a reset), or
// dead (a partition: what is sent arrives when it is over, if anybody is still there). It shows what goes through.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { ExitCode, Failure, messageOf } from "../failure.js";
import type { Traffic } from "../sim/trace.js";

export interface GateOptions {
  /** The server's. */
  readonly host: string;
  readonly port: number;
  /** Where the board comes in; port 0: any that is free. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly onTraffic: Traffic;
}

interface Pair {
  readonly board: Socket;
  readonly server: Socket;
}

export class Gate {
  private readonly pairs = new Set<Pair>();
  private listener: Server | undefined;
  private isPartitioned = false;
  /** The same one again after an outage. */
  port: number;

  constructor(private readonly options: GateOptions) {
    this.port = options.listen.port;
  }

  /** Rejects with a `Failure`. */
  async open(): Promise<void> {
    if (this.listener) return;
    const listener = createServer((board) => this.accept(board));
    listener.listen({ host: this.options.listen.host, port: this.port });
    try {
      await once(listener, "listening");
    } catch (error) {
      const message = `The server for the board cannot be opened: ${messageOf(error)}.`;
      throw new Failure(
        ExitCode.network,
        message,
        "Check server.listen and server.port of the rig.",
      );
    }
    this.listener = listener;
    this.port = (listener.address() as AddressInfo).port;
  }

  /** New connections are refused, open ones reset. */
  async close(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    this.cut();
    if (listener) await new Promise((resolve) => listener.close(resolve));
  }

  cut(): void {
    for (const { board, server } of this.pairs) {
      board.resetAndDestroy();
      server.destroy();
    }
  }

  partition(isPartitioned: boolean): void {
    this.isPartitioned = isPartitioned;
    for (const pair of this.pairs) hold(pair, isPartitioned);
  }

  private accept(board: Socket): void {
    const { host, port, onTraffic } = this.options;
    const server = connect({ host, port, noDelay: true });
    const pair = { board: board.setNoDelay(true), server };
    this.pairs.add(pair);
    onTraffic("sent", undefined);
    relay(board, server, (bytes) => onTraffic("sent", bytes));
    relay(server, board, (bytes) => onTraffic("received", bytes));
    board.on("close", () => {
      this.pairs.delete(pair);
      server.destroy();
    });
    server.on("close", () => board.destroy());
    hold(pair, this.isPartitioned);
  }
}

function relay(from: Socket, to: Socket, onBytes: (bytes: Buffer) => void): void {
  from.on("data", (bytes: Buffer) => {
    onBytes(bytes);
    if (to.writable) to.write(bytes);
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
}

function hold({ board, server }: Pair, isHeld: boolean): void {
  for (const socket of [board, server]) {
    if (isHeld) socket.pause();
    else socket.resume();
  }
}
