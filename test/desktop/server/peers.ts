// Peers for the tests: the packages of xmpp.js, and a raw one that can misbehave.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import assert from "node:assert/strict";
import type { Element } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { ServerOptions } from "../../../src/desktop/server/options.js";
import type { Mechanism } from "../../../src/desktop/server/sasl.js";
import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import { StreamParser } from "../../../src/desktop/server/stream-parser.js";

export const DOMAIN = "spime.example";
export const PASSWORD = "pencil";
export const SECRET = "component secret";
export const COMPONENT = "scope.spime.example";

const DEFAULTS: ServerOptions = {
  domain: DOMAIN,
  accounts: ["user", "other"].map((localpart) => ({ localpart, password: PASSWORD })),
};

export async function withServer(
  options: ServerOptions,
  body: (server: EmbeddedServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({ ...DEFAULTS, ...options });
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

export const HEADER =
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' ` +
  `xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='${DOMAIN}'>`;

const START_OF_STREAM = Symbol("header");
const END_OF_STREAM = Symbol("footer");

type Event = typeof START_OF_STREAM | typeof END_OF_STREAM | Element;

export class RawPeer {
  header: Element | undefined;
  readonly chunks: Buffer[] = [];
  readonly closed: Promise<void>;
  private readonly events: Event[] = [];
  private wake = () => {};
  private parser: StreamParser;

  constructor(readonly socket: Socket) {
    this.parser = new StreamParser({
      onHeader: (header) => {
        this.header = header;
        this.push(START_OF_STREAM);
      },
      onElement: (element) => this.push(element),
      onFooter: () => this.push(END_OF_STREAM),
      onFault: (condition) => assert.fail(`the server sent XML that is ${condition}`),
    });
    socket.on("data", (bytes: Buffer) => {
      this.chunks.push(bytes);
      this.parser.write(bytes);
    });
    socket.on("error", () => {});
    // Half-open, so that all the server says is read; closed once it has nothing more to say.
    socket.on("end", () => socket.end());
    this.closed = new Promise((resolve) => socket.on("close", () => resolve()));
  }

  private push(event: Event): void {
    this.events.push(event);
    this.wake();
  }

  private async nextEvent(): Promise<Event> {
    while (this.events.length === 0) {
      const more = new Promise<void>((resolve) => (this.wake = resolve));
      const gone = this.closed.then(() => assert.fail("the server closed the connection"));
      await Promise.race([more, gone]);
    }
    return this.events.shift()!;
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  async next(): Promise<Element> {
    const event = await this.nextEvent();
    if (typeof event === "symbol") return assert.fail(`unexpected ${String(event.description)}`);
    return event;
  }

  async ask(request: string): Promise<Element> {
    this.write(request);
    return this.next();
  }

  /** Sends a stream header; returns the features. */
  async open(header = HEADER): Promise<Element> {
    await this.openOnly(header);
    return this.next();
  }

  async openOnly(header: string): Promise<void> {
    this.write(header);
    assert.equal(await this.nextEvent(), START_OF_STREAM);
  }

  async reopen(header = HEADER): Promise<Element> {
    this.parser.restart();
    return this.open(header);
  }

  async streamError(): Promise<string> {
    let event = await this.nextEvent();
    if (event === START_OF_STREAM) event = await this.nextEvent();
    assert.ok(typeof event !== "symbol" && event.is("error", NS.streams));
    const [condition] = event.elements();
    assert.equal(condition.namespace, NS.streamErrors);
    await this.footer();
    return condition.name;
  }

  async footer(): Promise<void> {
    assert.equal(await this.nextEvent(), END_OF_STREAM);
    this.socket.end();
    await this.closed;
  }

  async close(): Promise<void> {
    this.write("</stream:stream>");
    await this.footer();
  }
}

export function connect(port: number): Promise<RawPeer> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true });
    const peer = new RawPeer(socket);
    socket.once("connect", () => resolve(peer));
    socket.once("error", reject);
  });
}

export function connectSecurely(server: EmbeddedServer): Promise<RawPeer> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: "127.0.0.1",
      port: server.ports.tls,
      servername: server.domain,
      ca: server.tlsCertificate,
      ALPNProtocols: ["xmpp-client"],
    });
    const peer = new RawPeer(socket);
    socket.once("secureConnect", () => resolve(peer));
    socket.once("error", reject);
  });
}

export const base64 = (text: string) => Buffer.from(text).toString("base64");
export const unbase64 = (text: string) => Buffer.from(text, "base64").toString();

export const auth = (mechanism: string, initial: string) =>
  `<auth xmlns='${NS.sasl}' mechanism='${mechanism}'>${initial}</auth>`;
export const response = (text: string) => `<response xmlns='${NS.sasl}'>${base64(text)}</response>`;

export interface Proof {
  clientFinal: string;
  serverSignature: string;
}

/** The client's half of RFC 5802, section 3. */
export function prove(
  mechanism: string,
  password: string,
  firstBare: string,
  serverFirst: string,
): Proof {
  const hash = mechanism === "SCRAM-SHA-256" ? "sha256" : "sha1";
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  const [, nonce, salt, iterations] = /^r=(.*),s=(.*),i=(.*)$/.exec(serverFirst)!;
  const length = hash === "sha256" ? 32 : 20;
  const saltBytes = Buffer.from(salt, "base64");
  const salted = pbkdf2Sync(password, saltBytes, Number(iterations), length, hash);
  const clientKey = hmac(salted, "Client Key");
  const withoutProof = `c=biws,r=${nonce}`;
  const message = `${firstBare},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash(hash).update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]));
  return {
    clientFinal: `${withoutProof},p=${proof.toString("base64")}`,
    serverSignature: `v=${hmac(hmac(salted, "Server Key"), message).toString("base64")}`,
  };
}

export interface Login {
  user?: string;
  password?: string;
  mechanism?: Mechanism;
}

/** Returns what the server said last, success or failure. */
export async function scram(peer: RawPeer, login: Login = {}): Promise<Element> {
  const { user = "user", password = PASSWORD, mechanism = "SCRAM-SHA-256" } = login;
  const bare = `n=${user},r=${randomBytes(12).toString("hex")}`;
  const challenge = await peer.ask(auth(mechanism, base64(`n,,${bare}`)));
  if (challenge.name !== "challenge") return challenge;
  const { clientFinal, serverSignature } = prove(
    mechanism,
    password,
    bare,
    unbase64(challenge.text()),
  );
  const last = await peer.ask(response(clientFinal));
  if (last.name === "success") assert.equal(unbase64(last.text()), serverSignature);
  return last;
}

export const bindRequest = (resource: string, id = "bind") =>
  `<iq type='set' id='${id}'><bind xmlns='${NS.bind}'>` +
  `${resource === "" ? "" : `<resource>${resource}</resource>`}</bind></iq>`;

/** Everything up to the bound resource; returns the JID that the server shows. */
export async function bindAs(peer: RawPeer, resource = "r", login: Login = {}): Promise<string> {
  await peer.open();
  assert.equal((await scram(peer, login)).name, "success");
  await peer.reopen();
  const result = await peer.ask(bindRequest(resource));
  assert.equal(result.get("type"), "result");
  return result.child("bind", NS.bind)!.child("jid", NS.bind)!.text();
}

export async function bound(
  server: EmbeddedServer,
  resource?: string,
  login?: Login,
): Promise<RawPeer> {
  const peer = await connect(server.ports.client);
  await bindAs(peer, resource, login);
  return peer;
}

/** The condition of an error reply. */
export function conditionOf(stanza: Element): string {
  assert.equal(stanza.get("type"), "error");
  const [condition] = stanza.child("error", NS.client)!.elements();
  assert.equal(condition.namespace, NS.stanzaErrors);
  return condition.name;
}

/** The part of xmpp.js that is used here; the packages bring no types. */
export interface XmlElement {
  attrs: Record<string, string>;
  name: string;
  getChild(name: string, namespace?: string): XmlElement | undefined;
  getText(): string;
  toString(): string;
}
export type Xml = (
  name: string,
  attributes?: Record<string, string>,
  ...children: (XmlElement | string)[]
) => XmlElement;
export interface XmppEntity {
  start(): Promise<{ toString(): string }>;
  stop(): Promise<unknown>;
  send(element: XmlElement): Promise<void>;
  on(event: string, listener: (argument: unknown) => void): void;
  once(event: string, listener: (argument: unknown) => void): void;
  /** Stopped: connects again only when asked to. */
  reconnect: { stop(): void; reconnect(): Promise<void> };
  iqCaller: { request(iq: XmlElement, timeoutMs?: number): Promise<XmlElement> };
  iqCallee: {
    get(ns: string, name: string, handler: (context: { stanza: XmlElement }) => XmlElement): void;
  };
}
type Factory = (options: Record<string, string>) => XmppEntity;

const load = (name: string): Promise<Record<string, unknown>> => import(name);

const clientPackage = await load("@xmpp/client");
const componentPackage = await load("@xmpp/component");
export const xml = clientPackage.xml as Xml;
export const componentXml = componentPackage.xml as Xml;

function prepared(factory: unknown, options: Record<string, string>): XmppEntity {
  const entity = (factory as Factory)(options);
  entity.reconnect.stop();
  return entity;
}

export const xmppClient = (options: Record<string, string>) =>
  prepared(clientPackage.client, { domain: DOMAIN, password: PASSWORD, ...options });

export const xmppComponent = (options: Record<string, string>) =>
  prepared(componentPackage.component, { domain: COMPONENT, password: SECRET, ...options });

export function once<T>(entity: XmppEntity, event: string): Promise<T> {
  return new Promise((resolve) => entity.once(event, (argument) => resolve(argument as T)));
}
