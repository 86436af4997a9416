// An XMPP client that connects as a board does: it takes any certificate and does no STARTTLS. What it does
// not do then is say its password to whoever answers: SCRAM or no login.

import { client } from "@xmpp/client";
import type { Authenticate, Element, Entity } from "@xmpp/client";
import { tlsOptions } from "../certificates/index.js";
import { NS } from "../server/namespaces.js";
import { hastenScram } from "./quick-scram.js";
import { decodeWholeCharacters } from "./whole-characters.js";

export interface Place {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  readonly domain: string;
  readonly resource: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export function trustingClient(place: Place, login: Credentials): Entity {
  const entity = client({
    ...place,
    credentials: (authenticate, mechanisms) => logIn(authenticate, mechanisms, login),
  });
  const parametersOf = entity.socketParameters.bind(entity);
  entity.socketParameters = (service) => {
    const parameters = parametersOf(service);
    return parameters && { ...parameters, ...tlsOptions(place.domain, { isTrusting: true }) };
  };
  entity.prependListener("element", forgetStartTls);
  decodeWholeCharacters(entity);
  hastenScram(entity);
  return entity;
}

/** Named as the package's own refusals of a login. */
class NoScram extends Error {
  override readonly name = "SASLError";

  constructor() {
    super("the server offers no SCRAM login");
  }
}

async function logIn(authenticate: Authenticate, mechanisms: string[], login: Credentials) {
  const mechanism = mechanisms.find((name) => name.startsWith("SCRAM-"));
  if (mechanism === undefined) throw new NoScram();
  await authenticate({ ...login }, mechanism);
}

/** The package takes STARTTLS wherever it is offered, and then wants a certificate that it can verify. */
function forgetStartTls(element: Element): void {
  if (!element.is("features", NS.streams)) return;
  element.children = element.children.filter(
    (child) => typeof child === "string" || !child.is("starttls", NS.startTls),
  );
}
