// Everybody of the document under the document's own addresses, on the embedded server, which re-serialises
// what passes through it: some are our programs, the others say what is printed, word for word.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { startCertificationService } from "../../src/desktop/certification/index.js";
import { keyValueOf } from "../../src/desktop/openspime/key-info.js";
import { startScopeNode } from "../../src/desktop/scopenode/index.js";
import type { Report, Seek } from "../../src/desktop/scopenode/index.js";
import { handshakeDigest } from "../../src/desktop/server/component-session.js";
import { noManners } from "../../src/desktop/server/manners.js";
import { NS } from "../../src/desktop/server/namespaces.js";
import { Random } from "../../src/desktop/server/random.js";
import { serialise } from "../../src/desktop/server/serialise.js";
import { startServer } from "../../src/desktop/server/server.js";
import type { EmbeddedServer } from "../../src/desktop/server/server.js";
import { TourBoard } from "../../src/desktop/tour/tour-board.js";
import type { TourBoardOptions } from "../../src/desktop/tour/tour-board.js";
import { privateKey } from "../desktop/openspime/support.js";
import { newKey } from "../desktop/scopenode/seek-support.js";
import { bindRequest, connect, scram } from "../desktop/server/peers.js";
import type { RawPeer } from "../desktop/server/peers.js";
import { golden } from "./golden.js";

export const SPIME = "4A6B-5638-0312111D@spime.openspime.com/spime";
export const SCOPENODE = "775B-F2C2-2B3765F4@scopenode.openspime.com/co2";
export const CERTIFIER = "services@spime.openspime.com/cert";
export const OWNER_CERTIFIER = "cert.spimeowners.com";
export const OWNER = "owner@mydomain.com/web";
export const SEEKER = "spimeowner@mydomain.com/web";
export const PUBSUB = "pubsub.openspime.com";

export const spimeKey = privateKey("spime-2048");
export const scopenodeKey = privateKey("scopenode-2048");
export const ownerKey = newKey();

const PASSWORD = "correct horse";
const SECRET = "battery staple";
const SPIME_DOMAIN = "spime.openspime.com";
const SCOPENODE_DOMAIN = "scopenode.openspime.com";
const OWNER_DOMAIN = "mydomain.com";

/** Numbers of a public key as `<Modulus>` and `<Exponent>` have them. */
export function numbersOf(key: KeyObject): [string, string] {
  const { modulus, exponent } = keyValueOf(createPublicKey(key));
  return [modulus, exponent];
}

/** The document's answer of a certification service, for another who asks, about another's key. */
export function keyAnswer(asker: string, owner: string, key: KeyObject): string {
  const text = golden("1.0.1-3-pubkeys-result", ...numbersOf(key));
  return text
    .replace(`to='${SCOPENODE}'`, `to='${asker}'`)
    .replace(`jid='${SPIME}'`, `jid='${owner}'`);
}

/** Says what a test wants, and hears what comes. */
export class Party {
  constructor(private readonly peer: RawPeer) {}

  say(text: string): void {
    this.peer.write(text);
  }

  /** The next stanza, as XML. */
  async hear(): Promise<string> {
    const style = { manners: noManners, random: new Random(0) };
    return serialise(await this.peer.next(), NS.client, style);
  }

  leave(): void {
    this.peer.socket.destroy();
  }
}

/** What a ScopeNode has told. */
export interface Told {
  readonly reports: Report[];
  readonly seeks: Seek[];
}

export class Stage {
  private readonly cleanUp: (() => unknown)[] = [];

  private constructor(private readonly server: EmbeddedServer) {
    this.cleanUp.push(() => server.close());
  }

  /** The spimes' server; PubSub is its own, or a component that somebody plays. */
  static async ofSpimes(pubsub: "played" | "real"): Promise<Stage> {
    const others = [SCOPENODE_DOMAIN, OWNER_CERTIFIER, OWNER_DOMAIN];
    return Stage.start(SPIME_DOMAIN, [SPIME, CERTIFIER], others, pubsub);
  }

  /** The owners' server. */
  static async ofOwners(): Promise<Stage> {
    const others = [SCOPENODE_DOMAIN, SPIME_DOMAIN, OWNER_CERTIFIER];
    return Stage.start(OWNER_DOMAIN, [OWNER, SEEKER], others, "played");
  }

  private static async start(
    domain: string,
    accounts: string[],
    others: string[],
    pubsub: "played" | "real",
  ): Promise<Stage> {
    const played = pubsub === "played" ? [...others, PUBSUB] : others;
    const server = await startServer({
      domain,
      accounts: accounts.map((jid) => ({ localpart: localpartOf(jid), password: PASSWORD })),
      components: played.map((component) => ({ domain: component, secret: SECRET })),
      componentPort: 0,
      ...(pubsub === "real" && { pubsub: PUBSUB }),
    });
    return new Stage(server);
  }

  /** Where an account of ours logs in. */
  loginOf(jid: string) {
    const service = `xmpp://${this.server.address}:${this.server.ports.client}`;
    return { service, jid, password: PASSWORD, isTrusting: true };
  }

  /** An account that the test plays. */
  async account(jid: string): Promise<Party> {
    const peer = await connect(this.server.ports.client);
    const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${NS.streams}' version='1.0' to='${this.server.domain}'>`;
    await peer.open(header);
    const login = { user: localpartOf(jid), password: PASSWORD };
    assert.equal((await scram(peer, login)).name, "success");
    await peer.reopen(header);
    const bound = await peer.ask(bindRequest(jid.split("/")[1] ?? ""));
    assert.equal(bound.get("type"), "result");
    return this.joined(peer);
  }

  /** A domain that the test plays. */
  async component(domain: string): Promise<Party> {
    const peer = await connect(this.componentPort);
    await peer.openOnly(
      `<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.streams}' to='${domain}'>`,
    );
    const digest = handshakeDigest(peer.header?.get("id") ?? "", SECRET);
    assert.equal((await peer.ask(`<handshake>${digest}</handshake>`)).name, "handshake");
    return this.joined(peer);
  }

  /** Our ScopeNode, of which `now` is the clock. */
  async scopenode(now: () => Date, pubsub?: string): Promise<Told> {
    const told: Told = { reports: [], seeks: [] };
    const node = await startScopeNode({
      service: `xmpp://${this.server.address}:${this.componentPort}`,
      ...{ domain: SCOPENODE_DOMAIN, secret: SECRET, jid: SCOPENODE, now },
      key: pemOf(scopenodeKey),
      acceptedCertifiers: [CERTIFIER, { jid: OWNER_CERTIFIER, domains: ["mydomain.com"] }],
      database: ":memory:",
      ...(pubsub !== undefined && { pubsub: { service: pubsub } }),
      onReport: (report) => void told.reports.push(report),
      onSeek: (seek) => void told.seeks.push(seek),
    });
    this.cleanUp.push(() => node.stop());
    return told;
  }

  /** Our certification service of the spimes, an account. */
  async certifier(): Promise<void> {
    const { service } = this.loginOf(CERTIFIER);
    const [username, domain, resource] = CERTIFIER.split(/[@/]/);
    const login = { service, username, domain, resource, password: PASSWORD };
    const keys = new Map([[SPIME, pemOf(spimeKey)]]);
    const { stop } = await startCertificationService({ ...login, keys });
    this.cleanUp.push(stop);
  }

  /** Our certification service of the owners, a component. */
  async ownerCertifier(): Promise<void> {
    const service = `xmpp://${this.server.address}:${this.componentPort}`;
    const component = { service, domain: OWNER_CERTIFIER, secret: SECRET };
    const keys = new Map([[SEEKER, pemOf(ownerKey)]]);
    const { stop } = await startCertificationService({ component, keys });
    this.cleanUp.push(stop);
  }

  /** The firmware, under a fix and in 428 ppm. */
  async board(
    changes: Partial<TourBoardOptions["configuration"]>,
    { hasFix = true, isSecured = true } = {},
  ): Promise<TourBoard> {
    const { address: host, ports } = this.server;
    const secured = isSecured ? { certifier: CERTIFIER, ...changes } : changes;
    const board = await TourBoard.start({
      engine: "node",
      configuration: {
        ...{ host, port: ports.client, tls: false, jid: SPIME, password: PASSWORD },
        ...{ scopenode: SCOPENODE, ...secured },
      },
      ...(isSecured && { key: spimeKey }),
      hasFix,
      co2: "0,428",
      onStanza: () => {},
      onLog: () => {},
    });
    this.cleanUp.push(() => board.stop());
    return board;
  }

  async close(): Promise<void> {
    for (const step of this.cleanUp.splice(0).reverse()) await step();
  }

  private get componentPort(): number {
    return this.server.ports.component ?? assert.fail("no component port");
  }

  private joined(peer: RawPeer): Party {
    const party = new Party(peer);
    this.cleanUp.push(() => party.leave());
    return party;
  }
}

function localpartOf(jid: string): string {
  return jid.split("@")[0].toLowerCase();
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs1", format: "pem" }));
}
