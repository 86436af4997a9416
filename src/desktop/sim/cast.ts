// Who is on stage besides the board: a server (embedded, or one from outside), a ScopeNode and, where
// reports are signed, the certification service that tells their keys.

import type { KeyObject } from "node:crypto";
import { serviceOf } from "../connecting.js";
import type { Configuration } from "../../firmware/configuration.js";
import { trustOf } from "../certificates/index.js";
import type { CertificateTrust } from "../certificates/index.js";
import { certifierJidOf, joinCertifier } from "../certification/joining.js";
import type { CertifierLogin } from "../certification/joining.js";
import { ExitCode, Failure, messageOf, usageFailure } from "../failure.js";
import { bitsOf, pemOf, publicPemOf } from "../openspime/keys.js";
import type { ServerCertificate } from "../provisioning/board-configuration.js";
import { startScopeNode } from "../scopenode/index.js";
import { componentRefused } from "../scopenode/joining.js";
import type { ScopeNodeOptions } from "../scopenode/index.js";
import { startServer } from "../server/server.js";
import type { ServerOptions } from "../server/server.js";
import {
  CERTIFIER_LOCALPART,
  DOMAIN,
  newSecret,
  SCOPENODE_DOMAIN,
  SCOPENODE_LOCALPART,
  SPIME_LOCALPART,
} from "./embedded-addresses.js";
import { Tally } from "./tally.js";

/** A server from outside, with what the simulation needs there, and what its certificate is to be. */
export interface OutsideServer extends CertificateTrust {
  readonly host: string;
  readonly port: number;
  readonly jid: string;
  readonly password: string;
  /** The ScopeNode: one that runs elsewhere, by its full JID, or one to start as a component. */
  readonly scopenode: string | ComponentLogin;
  /** The certification service, likewise, or one to start as a client; nobody asks for it without keys. */
  readonly certifier?: string | CertifierLogin | undefined;
}

export interface ComponentLogin {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly secret: string;
}

/** With them reports are signed and encrypted. */
export interface SimulationKeys {
  readonly spime: KeyObject;
  /** Private for a ScopeNode of this simulation's, public for one elsewhere whose key is told from here. */
  readonly scopenode: KeyObject | undefined;
}

export interface CastOptions {
  readonly tls: boolean;
  /** Of the embedded server; 0: any that is free. */
  readonly port: number;
  readonly outside: OutsideServer | undefined;
  /** `undefined`: plain reports, the document's 1.0.0. */
  readonly keys: SimulationKeys | undefined;
}

export interface Cast {
  /** Its text as people write it. */
  readonly configuration: Omit<Configuration, "exposure" | "samplePeriodS"> & ServerCertificate;
  /** As in `BoardSurroundings`. */
  readonly isTrusting: boolean;
  readonly server: string;
  readonly security: string;
  /** What this simulation's ScopeNode has taken; `undefined` when it runs elsewhere. */
  readonly tally: Tally | undefined;
  close(): Promise<void>;
}

type CleanUp = (() => Promise<void>)[];

/** Rejects with a `Failure`, and then nobody is left on stage. */
export async function castOf(options: CastOptions): Promise<Cast> {
  const cleanUp: CleanUp = [];
  const close = async () => {
    for (const step of cleanUp.reverse()) await step();
  };
  try {
    const cast = await (options.outside
      ? castOn(options.outside, "", options, cleanUp)
      : castEmbedded(options, cleanUp));
    return { ...cast, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type CastWithoutEnd = Omit<Cast, "close">;

async function castEmbedded(options: CastOptions, cleanUp: CleanUp): Promise<CastWithoutEnd> {
  const { tls, keys } = options;
  const [password, secret, certifierPassword] = [newSecret(), newSecret(), newSecret()];
  const certifier = { localpart: CERTIFIER_LOCALPART, password: certifierPassword };
  const setup: ServerOptions = {
    domain: DOMAIN,
    accounts: [{ localpart: SPIME_LOCALPART, password }, ...(keys ? [certifier] : [])],
    components: [{ domain: SCOPENODE_DOMAIN, secret }],
    componentPort: 0,
  };
  const { address: host, ports, fingerprint, close } = await startEmbedded(setup, options);
  cleanUp.push(close);
  const server: OutsideServer = {
    host,
    port: (tls ? ports.tls : ports.client) ?? 0,
    jid: `${SPIME_LOCALPART}@${DOMAIN}/spime`,
    password,
    // Its certificate is its own: nobody else has vouched for it.
    ...(fingerprint !== undefined && { fingerprint }),
    scopenode: { host, port: ports.component ?? 0, domain: SCOPENODE_DOMAIN, secret },
    certifier: {
      service: serviceOf(host, ports.client),
      jid: `${CERTIFIER_LOCALPART}@${DOMAIN}/cert`,
      password: certifierPassword,
    },
  };
  return castOn(server, "embedded XMPP server at ", options, cleanUp);
}

/** The embedded server, its client port (with TLS: its direct TLS port) as wanted. */
async function startEmbedded(setup: ServerOptions, { tls, port }: CastOptions) {
  try {
    const server = await startServer({ ...setup, ...(tls ? { tlsPort: port } : { port }) });
    const { address, ports, tlsFingerprint: fingerprint } = server;
    return { address, ports, fingerprint, close: () => server.close() };
  } catch (error) {
    const message = `The embedded server cannot have port ${port}: ${messageOf(error)}.`;
    throw new Failure(ExitCode.network, message, "Choose another with --port, or leave it out.");
  }
}

async function castOn(
  server: OutsideServer,
  title: string,
  { tls, keys }: CastOptions,
  cleanUp: CleanUp,
): Promise<CastWithoutEnd> {
  const { host, port, jid, password, isTrusting = false, fingerprint } = server;
  const tally = typeof server.scopenode === "string" ? undefined : new Tally(jid);
  const scopenode = await scopeNodeOn(server, keys, tally, cleanUp);
  const certifier = keys && (await certifierOn(server, keys, scopenode, cleanUp));
  return {
    configuration: {
      ...{ host, port, tls, jid, password, scopenode },
      ...(tls && fingerprint !== undefined && { fingerprint }),
      ...(certifier !== undefined && { certifier, encrypt: true }),
    },
    isTrusting,
    server: `${title}${host}:${port} (${tls ? "direct TLS" : "plain TCP"})`,
    security: securityLine(keys, certifier),
    tally,
  };
}

function securityLine(keys: SimulationKeys | undefined, certifier = ""): string {
  if (!keys) return "plain (1.0.0)";
  return `signed (RSA-${bitsOf(keys.spime)}) and encrypted, keys told by ${certifier}`;
}

/** The JID of the ScopeNode, which is started if it is to be ours. */
async function scopeNodeOn(
  { scopenode, certifier }: OutsideServer,
  keys: SimulationKeys | undefined,
  tally: Tally | undefined,
  cleanUp: CleanUp,
): Promise<string> {
  if (typeof scopenode === "string") return scopenode;
  const accepted =
    typeof certifier === "string" ? certifier : certifier && certifierJidOf(certifier);
  const node = await joinScopeNode(scopenode, {
    onReport: (report) => tally?.add(report),
    onReplay: (report) => tally?.addReplay(report),
    ...(keys?.scopenode && { key: pemOf(keys.scopenode) }),
    ...(keys && accepted !== undefined && { acceptedCertifiers: [accepted] }),
  });
  cleanUp.push(() => node.stop());
  return node.jid;
}

/** What a ScopeNode is started with, beside its login. */
export type ScopeNodeRole = Omit<
  ScopeNodeOptions,
  "service" | "domain" | "secret" | "jid" | "onWarning"
>;

/** Rejects with a `Failure`. */
export async function joinScopeNode(login: ComponentLogin, role: ScopeNodeRole) {
  const { host, port, domain, secret } = login;
  const jid = `${SCOPENODE_LOCALPART}@${domain}/co2`;
  const service = serviceOf(host, port);
  // Whoever chose the keys has been warned of them.
  const onWarning = () => {};
  try {
    return await startScopeNode({ ...role, service, domain, secret, jid, onWarning });
  } catch (error) {
    if (error instanceof TypeError) {
      const message = `The ScopeNode's login is not possible: ${messageOf(error)}.`;
      const advice = "Check --component-domain and --component-secret.";
      throw usageFailure(message, advice);
    }
    throw componentRefused("The ScopeNode", `${host}:${port}`, domain, error);
  }
}

/** The JID of the certification service, which is started with the keys if it is to be ours. */
async function certifierOn(
  server: OutsideServer,
  keys: SimulationKeys,
  scopenode: string,
  cleanUp: CleanUp,
): Promise<string> {
  const { jid, certifier } = server;
  if (certifier === undefined) throw new TypeError("certifier: missing beside keys");
  if (typeof certifier === "string") return certifier;
  const registered = new Map([[jid, publicPemOf(keys.spime)]]);
  if (keys.scopenode) registered.set(scopenode, publicPemOf(keys.scopenode));
  const service = await joinCertifier({
    login: certifier,
    keys: registered,
    trust: trustBeside(certifier.service, server),
    advice: `Check --xmpp and --certifier-jid, or use --plain. ${TRUST_ADVICE}`,
  });
  cleanUp.push(() => service.stop());
  return service.jid;
}

/** What to do about a certificate that nobody known has signed. */
export const TRUST_ADVICE =
  "A certificate of the server's own making needs --fingerprint or --trusting.";

/** As the board does it: where it has no TLS it does not look for any either. */
export function trustBeside(service: string, server: CertificateTrust): CertificateTrust {
  return service.startsWith("xmpps:") ? trustOf(server) : { isTrusting: true };
}
