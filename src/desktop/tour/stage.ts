// Everybody that the document's examples need, but the board and the claimer: the server with PubSub, a
// ScopeNode, the certification service of the spimes, and that of the owner.

import type { KeyObject } from "node:crypto";
import { serviceOf } from "../connecting.js";
import { startCertificationService } from "../certification/index.js";
import { certifierJidOf, joinCertifier } from "../certification/joining.js";
import type { CertifierLogin } from "../certification/joining.js";
import type { CertificateTrust } from "../certificates/index.js";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { parseAddress } from "../openspime/address.js";
import { pemOf, publicPemOf } from "../openspime/keys.js";
import { makeKey } from "../provisioning/key-pair.js";
import type { Seek } from "../scopenode/index.js";
import { type EmbeddedServer, startServer } from "../server/server.js";
import { joinScopeNode, TRUST_ADVICE, trustBeside } from "../sim/cast.js";
import type { ComponentLogin, ScopeNodeRole } from "../sim/cast.js";
import {
  CERTIFIER_LOCALPART,
  DOMAIN,
  newSecret,
  SCOPENODE_DOMAIN,
  SPIME_LOCALPART,
} from "../sim/embedded-addresses.js";
import type { OnStanza } from "../openspime/watching.js";

/** A server from outside, who may log in there, and what its certificate is to be. */
export interface TourServer extends CertificateTrust {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Full JID of the board. */
  readonly jid: string;
  readonly password: string;
  readonly scopenode: ComponentLogin;
  readonly certifier: CertifierLogin;
  /** Full JID of the claimer. */
  readonly owner: { readonly jid: string; readonly password: string };
  /** The PubSub service. */
  readonly pubsub: string;
}

interface Cast extends TourServer {
  readonly title: string;
  /** The owner's certification service as a component; else it is the owner's own account. */
  readonly ownerCertifier?: ComponentLogin;
  /** Absent where the server is from outside. */
  readonly embedded?: EmbeddedServer;
}

export interface Stage {
  readonly server: TourServer;
  readonly title: string;
  /** Full JIDs, and the key pairs of board and owner. */
  readonly scopenode: string;
  readonly certifier: string;
  readonly ownerCertifier: string;
  readonly keys: { readonly spime: KeyObject; readonly owner: KeyObject };
  /** The server itself, where it is this program's own. */
  readonly embedded?: EmbeddedServer;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly outside?: TourServer;
  /** Of each key. */
  readonly bits: number;
  /** What the ScopeNode sends and receives. */
  readonly onStanza: OnStanza;
  readonly onSeek: (seek: Seek) => void;
  /** What else the ScopeNode is told to do. */
  readonly role?: Partial<Pick<ScopeNodeRole, "onReport" | "onReplay" | "onRefused" | "scope">>;
}

type CleanUp = (() => Promise<void>)[];

const OWNER_DOMAIN = "cert.spimeowners.localhost";
const PUBSUB_DOMAIN = "pubsub.localhost";
const OWNER = "owner";

/** Rejects with a `Failure`, and then nobody is left on stage. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const cleanUp: CleanUp = [];
  const close = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const cast = options.outside ? outsideCast(options.outside) : await embeddedCast(cleanUp);
    return { ...(await enter(cast, options, cleanUp)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function outsideCast(server: TourServer): Cast {
  const { host, port, tls } = server;
  return { ...server, title: `${host}:${port} (${tls ? "direct TLS" : "plain TCP"})` };
}

async function embeddedCast(cleanUp: CleanUp): Promise<Cast> {
  const [password, secret, owners, certifiers] = Array.from({ length: 4 }, newSecret);
  const account = (localpart: string, itsPassword: string) => ({
    localpart,
    password: itsPassword,
  });
  const component = (domain: string) => ({ domain, secret });
  const server = await startServer({
    domain: DOMAIN,
    accounts: [
      account(SPIME_LOCALPART, password),
      account(OWNER, owners),
      account(CERTIFIER_LOCALPART, certifiers),
    ],
    components: [component(SCOPENODE_DOMAIN), component(OWNER_DOMAIN)],
    componentPort: 0,
    pubsub: PUBSUB_DOMAIN,
  });
  cleanUp.push(() => server.close());
  const { address: host, ports } = server;
  const login = (domain: string) => ({ ...component(domain), host, port: ports.component ?? 0 });
  return {
    title: `embedded XMPP server at ${host}:${ports.client}`,
    ...{ host, port: ports.client, tls: false, password, pubsub: PUBSUB_DOMAIN },
    jid: `${SPIME_LOCALPART}@${DOMAIN}/spime`,
    scopenode: login(SCOPENODE_DOMAIN),
    certifier: {
      service: serviceOf(host, ports.client),
      jid: `${CERTIFIER_LOCALPART}@${DOMAIN}/cert`,
      password: certifiers,
    },
    owner: { jid: `${OWNER}@${DOMAIN}/web`, password: owners },
    ownerCertifier: login(OWNER_DOMAIN),
    embedded: server,
  };
}

async function enter(cast: Cast, options: StageOptions, cleanUp: CleanUp) {
  const { bits, onStanza, onSeek, role = {} } = options;
  const [spime, owner, scopenodeKey] = await Promise.all([bits, bits, bits].map(makeKey));
  const ownerCertifier = await joinOwnersCertifier(cast, owner, cleanUp);
  const certifier = certifierJidOf(cast.certifier);
  const node = await joinScopeNode(cast.scopenode, {
    database: ":memory:",
    pubsub: { service: cast.pubsub },
    key: pemOf(scopenodeKey),
    acceptedCertifiers: [
      { jid: certifier, domains: [parseAddress(cast.jid).domain] },
      { jid: ownerCertifier, domains: [parseAddress(cast.owner.jid).domain] },
    ],
    onReport: () => {},
    ...role,
    onStanza,
    onSeek,
  });
  cleanUp.push(() => node.stop());
  const service = await joinCertifier({
    login: cast.certifier,
    keys: new Map([
      [cast.jid, publicPemOf(spime)],
      [node.jid, publicPemOf(scopenodeKey)],
    ]),
    trust: trustBeside(cast.certifier.service, cast),
    advice: `Check --xmpp and --certifier-jid. ${TRUST_ADVICE}`,
  });
  cleanUp.push(() => service.stop());
  const { title, embedded } = cast;
  return {
    server: cast,
    title,
    ...(embedded && { embedded }),
    scopenode: node.jid,
    certifier,
    ownerCertifier,
    keys: { spime, owner },
  };
}

/** Section 1.2.1 has it on a domain of the owners'; on a server from outside it is the owner himself. */
async function joinOwnersCertifier(cast: Cast, key: KeyObject, cleanUp: CleanUp): Promise<string> {
  const keys = new Map([[cast.owner.jid, publicPemOf(key)]]);
  const service = cast.ownerCertifier
    ? await startComponent(cast.ownerCertifier, keys)
    : await joinCertifier({
        login: {
          service: serviceOf(cast.host, cast.port, cast.tls),
          jid: `${cast.owner.jid.split("/")[0]}/cert`,
          password: cast.owner.password,
        },
        keys,
        trust: trustBeside(serviceOf(cast.host, cast.port, cast.tls), cast),
        advice: `Check --xmpp and --owner-jid. ${TRUST_ADVICE}`,
      });
  cleanUp.push(() => service.stop());
  return service.jid;
}

async function startComponent(login: ComponentLogin, keys: ReadonlyMap<string, string>) {
  const { host, port, domain, secret } = login;
  try {
    const component = { service: serviceOf(host, port), domain, secret };
    return await startCertificationService({ component, keys });
  } catch (error) {
    const message = `The owner's certification service cannot join the server: ${messageOf(error)}.`;
    throw new Failure(ExitCode.network, message, "Run it again.");
  }
}
