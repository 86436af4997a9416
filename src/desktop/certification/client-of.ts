// The client that a login wants, by what it demands of the server's certificate.

import type { Entity } from "@xmpp/client";
import type { CertificateTrust } from "../certificates/index.js";
import { pinnedClient } from "./pinned-client.js";
import { trustingClient } from "./trusting-client.js";
import type { Credentials, Place } from "./trusting-client.js";
import { verifyingClient } from "./verifying-client.js";

export function clientOf(place: Place, trust: CertificateTrust, login: Credentials): Entity {
  const { isTrusting, fingerprint } = trust;
  if (fingerprint !== undefined) return pinnedClient(place, fingerprint, login);
  return isTrusting ? trustingClient(place, login) : verifyingClient(place, login);
}
