// An XMPP server inside the process, on loopback only, with the manners of real ones: RFC 6120 over
// TCP, direct TLS (XEP-0368), stream management (XEP-0198) and components (XEP-0114).
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { AccountDomain } from "./account-domain.js";
import { Accounts } from "./accounts.js";
import { type Certificate, newCertificate, withFingerprint } from "./certificate.js";
import { ClientSession } from "./client-session.js";
import { ComponentDomain } from "./component-domain.js";
import { ComponentSession } from "./component-session.js";
import { Connection } from "./connection.js";
import { formatJid, parseJid } from "./jid.js";
import { NS } from "./namespaces.js";
import { checkedDomain, type ServerOptions, type Settings, settingsOf } from "./options.js";
import { pubsubService } from "./pubsub.js";
import { Random } from "./random.js";
import { Registration } from "./registration.js";
import { Resumptions } from "./resumptions.js";
import { type LocalService, Router } from "./router.js";
import { SaslNegotiation } from "./sasl.js";
import { Stream } from "./stream.js";

export type { Account, ComponentAccount, ServerOptions, TrafficInfo } from "./options.js";
export type { PubSubOptions } from "./pubsub/options.js";

/** How long peers may take to answer the end of their streams when the server shuts down. */
const SHUTDOWN_GRACE_MS = 500;

export interface Ports {
  readonly client: number;
  readonly tls: number | undefined;
  readonly component: number | undefined;
}

export interface EmbeddedServer {
  readonly domain: string;
  readonly address: string;
  readonly ports: Ports;
  /** Colon-separated SHA-256 of the certificate, and the certificate; undefined without TLS. */
  readonly tlsFingerprint: string | undefined;
  readonly tlsCertificate: string | undefined;
  /** The full JIDs of the bound client streams. */
  sessions(): string[];
  /** The full JIDs of the sessions whose connection was lost and that may be resumed. */
  hibernating(): string[];
  /** Cuts the connection of a full JID without a word; false if it is not bound. */
  dropSession(jid: string): boolean;
  /** Ends the hibernation of a full JID as its time-out would; false if it does not hibernate. */
  expireSession(jid: string): boolean;
  addAccount(localpart: string, password: string): void;
  registerService(domain: string, service: LocalService): void;
  close(): Promise<void>;
}

type Kind = "client" | "component";

class RunningServer implements EmbeddedServer {
  private readonly router = new Router();
  private readonly accounts: Accounts;
  private readonly registration: Registration | undefined;
  private readonly accountDomain: AccountDomain;
  private readonly components: ComponentDomain[];
  private readonly resumptions: Resumptions;
  private readonly listeners: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly streams = new Set<Stream>();
  private connectionCount = 0;
  private certificate: Certificate | undefined;
  ports: Ports = { client: 0, tls: undefined, component: undefined };

  constructor(private readonly settings: Settings) {
    this.accounts = new Accounts(settings.iterations);
    settings.accounts.forEach(({ localpart, password }) => this.addAccount(localpart, password));
    const { registration } = settings;
    this.registration = registration && new Registration(this.accounts, registration);
    this.resumptions = new Resumptions(settings);
    this.accountDomain = new AccountDomain(this.router, this.accounts);
    this.router.register(settings.domain, this.accountDomain);
    this.components = settings.components.map(({ domain, secret }) => {
      const checked = checkedDomain("components.domain", domain);
      const component = new ComponentDomain(this.router, checked, secret);
      this.router.register(checked, component);
      return component;
    });
    [settings.pubsub].flat().forEach((domain) => this.addPubSub(domain));
  }

  private addPubSub(text: string): void {
    const domain = checkedDomain("pubsub", text);
    this.router.registerService(domain, pubsubService(domain, this.settings.pubsubOptions));
  }

  get domain(): string {
    return this.settings.domain;
  }

  get address(): string {
    return this.settings.host;
  }

  get tlsFingerprint(): string | undefined {
    return this.certificate?.fingerprint;
  }

  get tlsCertificate(): string | undefined {
    return this.certificate?.cert;
  }

  sessions(): string[] {
    const connected = this.accountDomain.all().filter(({ isBound }) => isBound);
    return connected.map(({ jid }) => formatJid(jid));
  }

  hibernating(): string[] {
    return this.resumptions.hibernating();
  }

  dropSession(jid: string): boolean {
    const parsed = parseJid(jid);
    const resource = parsed === undefined ? undefined : this.accountDomain.find(parsed);
    if (!resource?.isBound) return false;
    resource.cut();
    return true;
  }

  expireSession(jid: string): boolean {
    const parsed = parseJid(jid);
    return parsed !== undefined && this.resumptions.expireJid(formatJid(parsed));
  }

  addAccount(localpart: string, password: string): void {
    this.accounts.add(localpart, password);
  }

  registerService(domain: string, service: LocalService): void {
    this.router.registerService(checkedDomain("domain", domain), service);
  }

  async listen(): Promise<void> {
    const { port, tlsPort, componentPort } = this.settings;
    this.ports = {
      client: await this.listenPlain("client", port),
      tls: tlsPort === undefined ? undefined : await this.listenTls(tlsPort),
      component:
        componentPort === undefined
          ? undefined
          : await this.listenPlain("component", componentPort),
    };
  }

  private listenPlain(kind: Kind, port: number): Promise<number> {
    // Half-open, so that what is still being sent survives the peer's early end.
    const listener = createServer({ allowHalfOpen: true });
    listener.on("connection", (socket) => this.accept(socket, kind, false));
    return this.listenOn(listener, port);
  }

  private async listenTls(port: number): Promise<number> {
    const { domain, host, certificate } = this.settings;
    this.certificate = certificate
      ? withFingerprint(certificate)
      : await newCertificate(domain, host);
    const listener = createTlsServer({
      key: this.certificate.key,
      cert: this.certificate.cert,
      ALPNProtocols: ["xmpp-client"],
      handshakeTimeout: this.settings.handshakeTimeoutMs,
      allowHalfOpen: true,
    });
    listener.on("secureConnection", (socket) => this.accept(socket, "client", true));
    return this.listenOn(listener, port);
  }

  private async listenOn(listener: Server, port: number): Promise<number> {
    listener.maxConnections = this.settings.maxConnections;
    listener.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      listener.on("error", reject);
      listener.listen({ host: this.settings.host, port, exclusive: true }, resolve);
    });
    this.listeners.push(listener);
    return (listener.address() as AddressInfo).port;
  }

  private accept(socket: Socket, kind: Kind, secure: boolean): void {
    const id = ++this.connectionCount;
    const { manners, seed, onTraffic, handshakeTimeoutMs } = this.settings;
    // A lane of its own for each connection: what others do does not change its luck.
    const style = { manners, random: new Random(seed, id) };
    const connection = new Connection(socket, style, (direction, bytes) =>
      onTraffic(id, direction, bytes, { kind, secure, state: session.state }),
    );
    const namespace = kind === "client" ? NS.client : NS.component;
    const stream = new Stream(connection, style, namespace, this.domain);
    const session = kind === "client" ? this.client(stream, secure) : this.component(stream);
    stream.startDeadline(handshakeTimeoutMs);
    this.streams.add(stream);
    socket.on("close", () => this.streams.delete(stream));
  }

  private client(stream: Stream, secure: boolean): ClientSession {
    const { domain, router, accounts, accountDomain, resumptions } = this;
    const { streamManagement, maxUnacknowledged } = this.settings;
    const management = { resumptions, streamManagement, maxUnacknowledged };
    const sasl = new SaslNegotiation(accounts, domain, this.settings.mechanisms, secure);
    const context = { domain, router, accountDomain, ...management };
    return new ClientSession(stream, sasl, this.registration, context);
  }

  private component(stream: Stream): ComponentSession {
    return new ComponentSession(stream, this.components, this.router);
  }

  async close(): Promise<void> {
    const closed = this.listeners.map(
      (listener) => new Promise((resolve) => listener.close(resolve)),
    );
    this.streams.forEach((stream) => stream.fail("system-shutdown"));
    this.resumptions.close();
    const grace = setTimeout(
      () => this.sockets.forEach((socket) => socket.destroy()),
      SHUTDOWN_GRACE_MS,
    );
    await Promise.all(closed);
    clearTimeout(grace);
  }
}

/** Rejects with the system's error, its `code` kept, when a port cannot be had. */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  const server = new RunningServer(settingsOf(options));
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
