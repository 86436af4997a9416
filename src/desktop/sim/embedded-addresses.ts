// Who is called what on an embedded server: the localparts are those of the document's examples.

import { randomBytes } from "node:crypto";

export const DOMAIN = "spime.localhost";
export const SCOPENODE_DOMAIN = "scopenode.localhost";
export const SPIME_LOCALPART = "4a6b-5638-0312111d";
export const SCOPENODE_LOCALPART = "775b-f2c2-2b3765f4";
export const CERTIFIER_LOCALPART = "services";

/** A password that lives as long as the server. */
export function newSecret(): string {
  return randomBytes(18).toString("base64url");
}
