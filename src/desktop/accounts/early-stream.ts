// A client's stream before its login, RFC 6120 sections 4 to 6: as far as TLS goes xmpp.js does it, what comes then
// is up to the task. No resource is bound, so that whoever is online with the account stays online.

import { xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import type { CertificateTrust } from "../certificates/index.js";
import { clientOf } from "../certification/client-of.js";
import { parseAddress } from "../openspime/address.js";
import { NS } from "../server/namespaces.js";
import { within } from "../within.js";

export interface AccountPlace extends CertificateTrust {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  /** Bare or full. */
  readonly jid: string;
}

export interface EarlyStream {
  readonly entity: Entity;
  /** Those after TLS. */
  readonly features: Element;
  /** Rejects when the stream ends, with its error if it had one. */
  readonly lost: Promise<never>;
}

const TIMEOUT_MS = 30_000;
const LATE = "the server did not answer in time";

/** Sends, and resolves to the first element afterwards that is an answer. */
export async function askAbout(
  { entity, lost }: EarlyStream,
  question: Element,
  isAnswer: (element: Element) => boolean,
): Promise<Element> {
  const answer = new Promise<Element>((resolve) => {
    entity.on("element", (element: Element) => isAnswer(element) && resolve(element));
  });
  await entity.send(question);
  return Promise.race([answer, lost]);
}

/** The stream ends with the task. Rejects with the task's error, or that of the connection. */
export async function withEarlyStream<T>(
  { service, jid, ...trust }: AccountPlace,
  task: (stream: EarlyStream) => Promise<T>,
): Promise<T> {
  const { domain } = parseAddress(jid);
  // The package logs nobody in: it never sees that it could.
  const entity = clientOf({ service, domain, resource: "" }, trust, { username: "", password: "" });
  entity.reconnect.stop();
  const lost = endOf(entity);
  const features = takeFeatures(entity);
  const play = async () => {
    await Promise.race([entity.connect(service).then(() => entity.open({ domain })), lost]);
    return task({ entity, features: await Promise.race([features, lost]), lost });
  };
  try {
    return await within(TIMEOUT_MS, LATE, play());
  } finally {
    await entity.stop();
  }
}

function endOf(entity: Entity): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    entity.on("error", reject);
    entity.once("disconnect", () => reject(new Error("the server closed the connection")));
  });
  // Also where nobody is waiting for it.
  lost.catch(() => {});
  return lost;
}

/** The package takes STARTTLS where it is offered; the features after that are kept from it. */
function takeFeatures(entity: Entity): Promise<Element> {
  return new Promise((resolve) => {
    entity.prependListener("element", (element: Element) => {
      if (!element.is("features", NS.streams)) return;
      if (!entity.isSecure() && element.getChild("starttls", NS.startTls)) return;
      resolve(xml("features", element.attrs, ...element.children));
      element.children = [];
    });
  });
}
