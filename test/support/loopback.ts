// Ports of the loopback interface: free ones, and whether somebody accepts there.

import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export const HOST = "127.0.0.1";
const START_TIMEOUT_MS = 15_000;
const RETRY_MS = 20;

/** All are held open together, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => resolve(server));
  });
}

/** A program that is to accept connections. */
export interface Starting {
  readonly name: string;
  exited(): boolean;
  /** What it has said, for the error. */
  log(): string;
}

export async function untilAccepting(port: number, program: Starting): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (program.exited() || Date.now() > deadline) {
      throw new Error(`${program.name} does not accept on port ${port}:\n${program.log()}`);
    }
    await delay(RETRY_MS);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once("connect", () => socket.destroy());
    socket.once("error", () => resolve(false));
    socket.once("close", (failed) => resolve(!failed));
  });
}
