// What a server is started with, checked: a wrong option is a programmer's error and throws.
import { isIP } from "node:net";
import type { Direction } from "./connection.js";
import { foldDomain } from "./jid.js";
import { allManners, type Manners } from "./manners.js";
import { checkLimits, type PubSubOptions } from "./pubsub/options.js";
import { DEFAULT_MAX_ACCOUNTS, type RegistrationOptions } from "./registration.js";
import { type Mechanism, MECHANISMS } from "./sasl.js";

export interface Account {
  readonly localpart: string;
  readonly password: string;
}

export interface ComponentAccount {
  readonly domain: string;
  readonly secret: string;
}

/** Both in PEM. */
export interface OwnCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface TrafficInfo {
  readonly kind: "client" | "component";
  /** The connection is TLS; the bytes are those inside it. */
  readonly secure: boolean;
  /** The session's; bytes may hold credentials in any but `bound` and `connected`. */
  readonly state: string;
}

export type OnTraffic = (
  connectionId: number,
  direction: Direction,
  bytes: Uint8Array,
  info: TrafficInfo,
) => void;

export interface ServerOptions {
  /** Default `localhost`. */
  domain?: string;
  /** A loopback address; default `127.0.0.1`. */
  host?: string;
  /** Ports: 0, the default of `port`, takes any free one; the other two are off when not given. */
  port?: number;
  tlsPort?: number;
  componentPort?: number;
  /** For `tlsPort`; default one of the server's own making, for domain and host. */
  certificate?: OwnCertificate;
  accounts?: readonly Account[];
  /** XEP-0077: anybody may make an account; off when not given. */
  registration?: RegistrationOptions;
  components?: readonly ComponentAccount[];
  /** Domains of PubSub services, each with nodes of its own. */
  pubsub?: string | readonly string[];
  /** Of all of them. */
  pubsubOptions?: PubSubOptions;
  /** All are on unless set to false. */
  manners?: Partial<Manners>;
  /** Of the generator behind the manners; default 1. */
  seed?: number;
  /** PBKDF2 iterations of SCRAM; default 4096. */
  iterations?: number;
  /** In the order offered; default all. PLAIN is only ever offered over TLS. */
  mechanisms?: readonly Mechanism[];
  /** From connection to bound resource or component handshake; default 30 s. */
  handshakeTimeoutMs?: number;
  /** On each port; default 1000. What comes above is closed at once. */
  maxConnections?: number;
  /** XEP-0198; default true. False: it is neither offered nor understood. */
  streamManagement?: boolean;
  /** How long a session whose connection dropped may be resumed; default 60 s. With 0 every resume fails. */
  resumeTimeoutMs?: number;
  /** Stanzas that a session may have under way or waiting; default 500. For one more it ends. */
  maxUnacknowledged?: number;
  /** Sessions that wait to be resumed; default 100. For one more the oldest ends. */
  maxHibernating?: number;
  /** The same, of one account; default 10. */
  maxHibernatingPerAccount?: number;
  onTraffic?: OnTraffic;
}

type Absent = "tlsPort" | "componentPort" | "certificate" | "registration";

export type Settings = Required<Omit<ServerOptions, Absent | "manners">> & {
  readonly tlsPort: number | undefined;
  readonly certificate: OwnCertificate | undefined;
  readonly registration: RegistrationOptions | undefined;
  readonly componentPort: number | undefined;
  readonly manners: Manners;
};

const DEFAULTS = {
  domain: "localhost",
  host: "127.0.0.1",
  port: 0,
  accounts: [],
  components: [],
  pubsub: [],
  pubsubOptions: {},
  seed: 1,
  iterations: 4096,
  mechanisms: MECHANISMS,
  handshakeTimeoutMs: 30_000,
  maxConnections: 1000,
  streamManagement: true,
  resumeTimeoutMs: 60_000,
  maxUnacknowledged: 500,
  maxHibernating: 100,
  maxHibernatingPerAccount: 10,
  onTraffic: () => {},
};

const AT_LEAST_ONE = [
  "iterations",
  "handshakeTimeoutMs",
  "maxConnections",
  "maxUnacknowledged",
  "maxHibernating",
  "maxHibernatingPerAccount",
] as const;

/** What timers of Node take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

export function checkedDomain(field: string, text: string): string {
  const domain = foldDomain(text);
  if (domain === undefined) throw new RangeError(`${field} "${text}" is not a valid domain`);
  return domain;
}

function checkPositive(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${field} must be 1 or more`);
}

function checkTimeout(field: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_TIMER_MS) return;
  throw new RangeError(`${field} must be 0 to ${MAX_TIMER_MS}`);
}

/** Options set to undefined count as not given. */
function given<T extends object>(options: T): Partial<T> {
  const entries = Object.entries(options).filter((pair) => pair[1] !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

export function settingsOf(options: ServerOptions): Settings {
  const { tlsPort, componentPort, certificate, registration } = options;
  const manners = { ...allManners, ...given(options.manners ?? {}) };
  const absent = { tlsPort, componentPort, certificate, registration };
  const settings = { ...DEFAULTS, ...given(options), ...absent, manners };
  if (!isLoopback(settings.host)) throw new RangeError(`host "${settings.host}" is not loopback`);
  AT_LEAST_ONE.forEach((field) => checkPositive(field, settings[field]));
  checkTimeout("resumeTimeoutMs", settings.resumeTimeoutMs);
  checkPositive("registration.maxAccounts", registration?.maxAccounts ?? DEFAULT_MAX_ACCOUNTS);
  checkLimits("pubsubOptions", settings.pubsubOptions);
  if (settings.mechanisms.length === 0) throw new RangeError("mechanisms must not be empty");
  return { ...settings, domain: checkedDomain("domain", settings.domain) };
}
