// A certification service that is a client account, since section 1.0.1 of OpenSpime v0.9 puts it on the
// spimes' own domain (services@spime.openspime.com/cert). The iq's to its full JID are for it alone.

import type { Element, Entity } from "@xmpp/client";
import type { CertificateTrust } from "../certificates/index.js";
import { parseAddress } from "../openspime/address.js";
import { DISCO_INFO, PUBKEY } from "../openspime/namespaces.js";
import { errorElement } from "../openspime/replies.js";
import { answerDisco, answerPubkeys } from "./answers.js";
import type { Answer } from "./answers.js";
import { clientOf } from "./client-of.js";
import { goOnline } from "./going-online.js";
import type { KeyStore } from "./key-store.js";

/**
 * `isTrusting`: connects as a board does: no STARTTLS, any certificate (XEP-0368), SCRAM or nothing. For tests and
 * simulations, where the server's certificate is its own.
 */
export interface ClientLogin extends CertificateTrust {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
  /** Default `cert`. */
  readonly resource?: string;
}

/** Online: who it is, and its end. */
export interface Presence {
  readonly jid: string;
  stop(): Promise<void>;
}

const RESOURCE = "cert";
const identity = { category: "client", type: "bot" };

export async function joinAsClient(
  login: ClientLogin,
  store: KeyStore,
  onError: (error: Error) => void,
): Promise<Presence> {
  const entity = makeEntity(login, store);
  const jid = await logIn(entity, login, onError);
  return { jid, stop: () => disconnect(entity) };
}

/** The package answers pings itself, every other iq with bad-request or service-unavailable. */
function makeEntity(login: ClientLogin, store: KeyStore): Entity {
  const { service, domain, username, password, resource = RESOURCE } = login;
  const entity = clientOf({ service, domain, resource }, login, { username, password });
  entity.iqCallee.get(PUBKEY, "pubkeys", ({ element }) => childOf(answerPubkeys(element, store)));
  entity.iqCallee.get(DISCO_INFO, "query", ({ element }) =>
    childOf(answerDisco(element, identity)),
  );
  return entity;
}

function childOf(answer: Answer): Element {
  return typeof answer === "string" ? errorElement(answer) : answer;
}

async function logIn(
  entity: Entity,
  { service, username, domain, resource = RESOURCE }: ClientLogin,
  onError: (error: Error) => void,
): Promise<string> {
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
