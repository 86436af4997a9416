// A certification service, OpenSpime v0.9 section 1.0.1: it tells anyone the public keys that are
// registered with it, by XEP-0189 0.7. It is a client account, since the document puts it on the spimes'
// own domain (services@spime.openspime.com/cert), and the iq's that come to its full JID are for it alone.

import type { Element, Entity } from "@xmpp/client";
import { isAddress, parseAddress } from "../openspime/address.js";
import type { XmlElement } from "../openspime/element.js";
import { DISCO_INFO, PING, PUBKEY } from "../openspime/namespaces.js";
import { pubkeysResult } from "../openspime/pubkeys.js";
import { discoInfo, errorElement } from "../openspime/replies.js";
import { goOnline } from "./going-online.js";
import { KeyStore } from "./key-store.js";
import type { KeySource } from "./key-store.js";
import { trustingClient } from "./trusting-client.js";
import { verifyingClient } from "./verifying-client.js";

export interface CertificationOptions {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
  /** Default `cert`. */
  readonly resource?: string;
  readonly keys: KeySource;
  /**
   * Connects as a board does: no STARTTLS, any certificate (XEP-0368), SCRAM or nothing. For tests and
   * simulations, where the server's certificate is its own.
   */
  readonly isTrusting?: boolean;
  /** Lost connections: it reconnects by itself. */
  readonly onError?: (error: Error) => void;
}

export interface CertificationService {
  readonly jid: string;
  /** How many keys it has. */
  readonly size: number;
  /** Reads the keys anew; rejects, and keeps what it had, if one is wrong. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

const RESOURCE = "cert";

/** Resolves once it is online; rejects with the reason if a key is wrong or it cannot log in. */
export async function startCertificationService(
  options: CertificationOptions,
): Promise<CertificationService> {
  const store = new KeyStore(options.keys);
  await store.load();
  const entity = makeEntity(options, store);
  const jid = await logIn(entity, options);
  return {
    jid,
    get size() {
      return store.size;
    },
    reload: () => store.load(),
    stop: () => disconnect(entity),
  };
}

/** The package answers pings itself, every other iq with bad-request or service-unavailable. */
function makeEntity(options: CertificationOptions, store: KeyStore): Entity {
  const { service, domain, username, password, resource = RESOURCE, isTrusting } = options;
  const connect = isTrusting ? trustingClient : verifyingClient;
  const entity = connect({ service, domain, resource }, { username, password });
  entity.iqCallee.get(PUBKEY, "pubkeys", ({ element }) => answerPubkeys(element, store));
  entity.iqCallee.get(DISCO_INFO, "query", ({ element }) => answerDisco(element));
  return entity;
}

async function logIn(entity: Entity, options: CertificationOptions): Promise<string> {
  const { service, username, domain, resource = RESOURCE, onError = () => {} } = options;
  // Listened to from the start: an "error" that nobody hears would end the process.
  let report: (error: Error) => void = () => {};
  entity.on("error", (error: Error) => report(error));
  try {
    const jid = await goOnline(entity);
    if (parseAddress(jid).resource !== resource) throw new Error(`the server made it ${jid}`);
    report = onError;
    return jid;
  } catch (cause) {
    await disconnect(entity);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`certification service ${username}@${domain} on ${service}: ${why}`, { cause });
  }
}

async function disconnect(entity: Entity): Promise<void> {
  entity.reconnect.stop();
  await entity.stop();
}

function answerPubkeys({ attrs }: XmlElement, store: KeyStore): Element {
  const { jid = "" } = attrs;
  if (!isAddress(jid)) return errorElement("bad-request");
  const key = store.find(jid);
  return key ? pubkeysResult(jid, key) : errorElement("no-available-public-key");
}

const identity = { category: "client", type: "bot", name: "OpenSpime certification service" };

function answerDisco({ attrs }: XmlElement): Element {
  if (attrs.node !== undefined) return errorElement("item-not-found");
  return discoInfo(identity, [DISCO_INFO, PING, PUBKEY]);
}
