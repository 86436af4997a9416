// An XMPP client that believes one certificate, told by its fingerprint, and speaks to nobody without it.

import { client } from "@xmpp/client";
import type { Entity } from "@xmpp/client";
import { PinnedSocket } from "./pinned-socket.js";
import type { Credentials, Place } from "./trusting-client.js";
import { hastenScram } from "./quick-scram.js";
import { decodeWholeCharacters } from "./whole-characters.js";

export function pinnedClient(place: Place, fingerprint: string, login: Credentials): Entity {
  const { domain } = place;
  const entity = client({ ...place, ...login });
  const parametersOf = entity.socketParameters.bind(entity);
  entity.socketParameters = (service) => {
    const parameters = parametersOf(service);
    const isDirect = service.startsWith("xmpps:");
    return parameters && { ...parameters, domain, fingerprint, isDirect };
  };
  entity.transports = entity.transports.map(pinned);
  decodeWholeCharacters(entity);
  hastenScram(entity);
  return entity;
}

/** A transport of the package takes its sockets from its prototype. */
function pinned(Transport: Entity["transports"][number]): Entity["transports"][number] {
  class Pinned extends Transport {}
  Pinned.prototype.Socket = PinnedSocket;
  return Pinned;
}
