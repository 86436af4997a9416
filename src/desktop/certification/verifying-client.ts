// An XMPP client that verifies the server's certificate, with direct TLS or STARTTLS, for the domain of the JID
// (RFC 6120 section 13.7.2.1), wherever that domain's server may be. Where there is no TLS it does SCRAM only.

import { client } from "@xmpp/client";
import type { Entity } from "@xmpp/client";
import { tlsOptions } from "../certificates/index.js";
import type { Credentials, Place } from "./trusting-client.js";
import { hastenScram } from "./quick-scram.js";
import { decodeWholeCharacters } from "./whole-characters.js";

export function verifyingClient(place: Place, login: Credentials): Entity {
  const entity = client({ ...place, ...login });
  const parametersOf = entity.socketParameters.bind(entity);
  // By itself the package has a certificate of direct TLS say the host that is connected to.
  entity.socketParameters = (service) => {
    const parameters = parametersOf(service);
    return parameters && { ...parameters, ...tlsOptions(place.domain, {}) };
  };
  decodeWholeCharacters(entity);
  hastenScram(entity);
  return entity;
}
