// Who a server's certificate has to be for: RFC 9525 with the rules of RFC 6120 section 13.7.2. The name is the
// domain of the JID, and not that of the host that was dialled, which a lookup or an option has named
// (CVE-2022-24968). Names count in subjectAltName only, a wildcard as the whole first label only.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { ConnectionOptions, PeerCertificate } from "node:tls";
import { domainToASCII } from "node:url";

class WrongName extends Error {
  readonly code = "ERR_TLS_CERT_ALTNAME_INVALID";

  constructor(domain: string, names: string | undefined) {
    super(`its certificate is not for ${domain}, but for ${names || "no name at all"}`);
  }
}

/** An error if the certificate (DER) is not for the domain. */
export function identityFault(domain: string, der: Uint8Array): Error | undefined {
  const certificate = new X509Certificate(der);
  const options = { subject: "never", partialWildcards: false } as const;
  const isRight = isIP(domain)
    ? certificate.checkIP(domain)
    : certificate.checkHost(domainToASCII(domain), options);
  return isRight === undefined ? new WrongName(domain, namesOf(certificate)) : undefined;
}

const MAX_NAMES_CHARACTERS = 100;

/** Of others' making, and as long as they like. */
function namesOf({ subjectAltName = "" }: X509Certificate): string {
  const names = subjectAltName.replace(/[^ -~]/g, "?");
  return names.length <= MAX_NAMES_CHARACTERS ? names : `${names.slice(0, MAX_NAMES_CHARACTERS)}…`;
}

/** How TLS is opened to the server of a domain: SNI (RFC 6066, which knows no IP addresses) and the check. */
export function identityOptions(domain: string): ConnectionOptions {
  return {
    servername: isIP(domain) ? "" : domainToASCII(domain),
    checkServerIdentity: (_dialled: string, { raw }: PeerCertificate) => identityFault(domain, raw),
  };
}
