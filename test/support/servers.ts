// The servers that a suite runs on, each started in the same way.

import { startServer } from "../../src/desktop/server/server.js";
import { lackOfEjabberd, startEjabberd } from "./ejabberd.js";
import { findProsody, startProsody } from "./prosody.js";

export interface ServerSetup {
  readonly domain: string;
  readonly accounts: { readonly localpart: string; readonly password: string }[];
  readonly components: { readonly domain: string; readonly secret: string }[];
  /** Domain of a PubSub service. */
  readonly pubsub?: string | readonly string[];
  /** With direct TLS (XEP-0368) and a certificate that nobody else has signed. */
  readonly tls?: boolean;
  /** How long a session whose connection dropped may be resumed (XEP-0198). */
  readonly resumeTimeoutMs?: number;
  /** Anybody may make an account (XEP-0077); not on ejabberd. */
  readonly registration?: Record<string, never>;
}

export interface TestServer {
  readonly host: string;
  /** Without TLS, with SCRAM-SHA-1. */
  readonly c2sPort: number;
  /** With `tls` only, as is its certificate's fingerprint. */
  readonly directTlsPort?: number;
  readonly fingerprint?: string;
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

const lack = lackOfEjabberd();

export const ejabberd: ServerFixture = {
  name: "ejabberd",
  ...(lack !== undefined && { skipped: lack }),
  start: startEjabberd,
};

export const embedded: ServerFixture = {
  name: "the embedded server",
  async start({ tls = false, ...setup }) {
    const server = await startServer({ ...setup, componentPort: 0, ...(tls && { tlsPort: 0 }) });
    const { client: c2sPort, tls: directTlsPort, component: componentPort = 0 } = server.ports;
    const { address: host, tlsFingerprint: fingerprint } = server;
    const ports = { c2sPort, componentPort, ...(directTlsPort && { directTlsPort }) };
    const close = () => server.close();
    return { host, ...ports, ...(fingerprint && { fingerprint }), stop: close };
  },
};
