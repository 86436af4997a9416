// The component connection of XEP-0114, on @xmpp/component 0.13: stream, handshake, reconnection.

import { component } from "@xmpp/component";
import type { Element, Entity } from "@xmpp/component";
import { goOnline } from "../certification/going-online.js";
import { decodeWholeCharacters } from "../certification/whole-characters.js";

export interface ComponentOptions {
  /** xmpp://host:port of the server's component listener. XEP-0114 has no encryption: keep it on loopback. */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  /** Who connects, for what is said of a failure; default `ScopeNode`. */
  readonly title?: string;
  readonly onStanza: (stanza: Element) => void;
  /** Faults of the connection after it came online; it reconnects by itself. */
  readonly onError: (error: Error) => void;
  /** A reconnection that is not online after this is given up for the next one; default 5,000. */
  readonly onlineTimeoutMs?: number;
}

/** The package waits two seconds for the stream's header, and two for the handshake. */
const ONLINE_TIMEOUT_MS = 5_000;

/** Resolves once the server has accepted the handshake. */
export async function connectComponent(options: ComponentOptions): Promise<Entity> {
  checkOptions(options);
  const entity = makeEntity(options);
  try {
    await goOnlineOrFail(entity);
  } catch (cause) {
    await disconnect(entity);
    throw explain(cause as ConnectionFault, options);
  }
  entity.on("error", options.onError);
  giveUpLateReconnections(entity, options.onlineTimeoutMs);
  return entity;
}

export async function disconnect(entity: Entity): Promise<void> {
  entity.reconnect.stop();
  await entity.stop();
}

function makeEntity({ service, domain, secret, onStanza }: ComponentOptions): Entity {
  const entity = component({ service, domain, password: secret });
  // The package's own iq handler echoes each refused request and words the errors itself.
  entity.removeAllListeners("element");
  entity.on("stanza", onStanza);
  decodeWholeCharacters(entity);
  return entity;
}

async function goOnlineOrFail(entity: Entity): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    entity.on("error", reject);
    entity.once("disconnect", () => {
      reject(new Error("the server closed the connection before the handshake"));
    });
  });
  await Promise.race([goOnline(entity), failed]);
}

/**
 * The package does not hear a handshake that comes after its time, and leaves the connection as it is: neither online nor
 * one to replace. Destroyed and not ended, since a server that hangs does not end its side.
 */
function giveUpLateReconnections(entity: Entity, timeoutMs = ONLINE_TIMEOUT_MS): void {
  let timer: NodeJS.Timeout | undefined;
  const clear = () => clearTimeout(timer);
  entity.on("connect", () => {
    clear();
    timer = setTimeout(() => entity.socket?.destroy(), timeoutMs);
  });
  for (const event of ["online", "disconnect"]) entity.on(event, clear);
}

/** Errors of the socket have a code, errors of the stream (RFC 6120 section 4.9.3) a condition. */
interface ConnectionFault extends Error {
  readonly code?: string;
  readonly condition?: string;
}

const refusals: Readonly<Record<string, string>> = {
  "not-authorized": "component secret refused by the server",
  "host-unknown": "the server has no such component",
  conflict: "the component is already connected",
  TimeoutError: "the server did not answer in time",
};

function explain(cause: ConnectionFault, options: ComponentOptions): Error {
  const { title = "ScopeNode", service, domain } = options;
  const code = cause.code ?? cause.condition ?? cause.name;
  const why = refusals[code] ?? cause.message;
  const error = new Error(`${title} ${domain} on ${service}: ${why}`, { cause });
  return Object.assign(error, { code });
}

function checkOptions({ service, domain, secret }: ComponentOptions): void {
  if (!/^xmpp:\/\/[^/]+$/.test(service)) throw new TypeError("service: not xmpp://host:port");
  if (domain === "") throw new TypeError("domain: empty");
  // @xmpp/component hashes it as Latin-1, servers as UTF-8: only ASCII is the same in both.
  if (!/^[\x20-\x7e]+$/.test(secret)) throw new TypeError("secret: not printable ASCII");
}
