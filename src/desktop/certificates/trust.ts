// How much of a server's certificate has to be right, and TLS opened accordingly.

import type { ConnectionOptions, TLSSocket } from "node:tls";
import { WrongFingerprint } from "./faults.js";
import { foldFingerprint } from "./fingerprint.js";
import { identityOptions } from "./server-identity.js";

/** Nothing said: its authority is known, it is valid today, and for the domain of the JID. */
export interface CertificateTrust {
  /** Any certificate will do, as for a board whose TLS verifies none. */
  readonly isTrusting?: boolean;
  /** SHA-256 of the one certificate that will do (`foldFingerprint`); its authority, date and names are not asked. */
  readonly fingerprint?: string;
}

/** No more of what has these fields beside others. */
export function trustOf({ isTrusting, fingerprint }: CertificateTrust): CertificateTrust {
  return {
    ...(isTrusting !== undefined && { isTrusting }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

/** What `tls.connect` is told; with a fingerprint, `whenTrusted` has to follow. Throws if it is none. */
export function tlsOptions(domain: string, trust: CertificateTrust): ConnectionOptions {
  const { isTrusting = false, fingerprint } = trust;
  if (fingerprint !== undefined && foldFingerprint(fingerprint) === undefined) {
    throw new TypeError("fingerprint: must be 64 hexadecimal digits, the SHA-256 of a certificate");
  }
  const isLater = isTrusting || fingerprint !== undefined;
  return { ...identityOptions(domain), rejectUnauthorized: !isLater };
}

/** Calls back once, before a byte has been written; else the socket ends with an error that says why. */
export function whenTrusted(
  socket: TLSSocket,
  { fingerprint }: CertificateTrust,
  onTrusted: () => void,
): void {
  socket.once("secureConnect", () => {
    if (fingerprint === undefined) return onTrusted();
    const shown = shownBy(socket);
    if (shown === foldFingerprint(fingerprint)) onTrusted();
    else socket.destroy(new WrongFingerprint(shown));
  });
}

function shownBy(socket: TLSSocket): string {
  return socket.getPeerX509Certificate()?.fingerprint256 ?? "none";
}
