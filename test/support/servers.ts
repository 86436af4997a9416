// The servers that a suite runs on, each started in the same way.

import { startServer } from "../../src/desktop/server/server.js";
import { findProsody, startProsody } from "./prosody.js";

export interface ServerSetup {
  readonly domain: string;
  readonly accounts: { readonly localpart: string; readonly password: string }[];
  readonly components: { readonly domain: string; readonly secret: string }[];
  /** Domain of a PubSub service. */
  readonly pubsub?: string | readonly string[];
  /** How long a session whose connection dropped may be resumed (XEP-0198). */
  readonly resumeTimeoutMs?: number;
}

export interface TestServer {
  readonly host: string;
  /** Without TLS, with SCRAM-SHA-1. */
  readonly c2sPort: number;
  readonly componentPort: number;
  stop(): Promise<void>;
}

export interface ServerFixture {
  readonly name: string;
  /** Why the suite cannot run here. */
  readonly skipped?: string;
  start(setup: ServerSetup): Promise<TestServer>;
}

export const prosody: ServerFixture = {
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  start: startProsody,
};

export const embedded: ServerFixture = {
  name: "the embedded server",
  async start(setup) {
    const server = await startServer({ ...setup, componentPort: 0 });
    const { client: c2sPort, component: componentPort = 0 } = server.ports;
    return { host: server.address, c2sPort, componentPort, stop: () => server.close() };
  },
};
