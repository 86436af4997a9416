// The configuration of a board as the desktop writes it: docs/configuration.md has the fields. A board holds its
// password, or in its place what SCRAM makes of it.

import type { Configuration } from "../../firmware/configuration.js";

/**
 * What logs in at one server without the password: RFC 5802 section 3. Octets in Base64. It holds for this salt
 * and this count of iterations only.
 */
export interface ScramKeys {
  readonly mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-1";
  readonly salt: string;
  readonly iterations: number;
  readonly clientKey: string;
  readonly serverKey: string;
}

/** As the board reads them: `MECHANISM$ITERATIONS:SALT$CLIENTKEY:SERVERKEY`. */
export function scramText(keys: ScramKeys): string {
  const { mechanism, iterations, salt, clientKey, serverKey } = keys;
  return `${mechanism}$${iterations}:${salt}$${clientKey}:${serverKey}`;
}

export interface ServerCertificate {
  /** SHA-256 of the certificate that the server must show, `AA:BB:…`; absent: one for the domain of the JID. */
  readonly fingerprint?: string;
}

export type BoardConfiguration = Configuration & ServerCertificate;
