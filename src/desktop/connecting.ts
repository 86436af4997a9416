// Where a command connects to, and why it could not, in a person's words.

import { certificateFaultOf } from "./certificates/index.js";
import { codeOf, messageOf } from "./failure.js";

/** xmpp://host:port, or xmpps:// for direct TLS, as xmpp.js takes it. */
export function serviceOf(host: string, port: number, tls = false): string {
  const scheme = tls ? "xmpps" : "xmpp";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** host:port of a service. */
export function whereOf(service: string): string {
  return service.replace(/^xmpps?:\/\//, "");
}

/** Without a full stop. OpenSSL's own words are for those who know its source. */
export function connectionReason(error: unknown): string {
  const code = codeOf(error);
  const said = code.startsWith("ERR_SSL") ? `no TLS that works (${code})` : messageOf(error);
  return said.trim().replace(/\.$/, "");
}

/** `orElse`: what else helps against a certificate that is not believed. */
export function connectionAdvice(error: unknown, orElse = ""): string {
  return certificateFaultOf(error)
    ? `--fingerprint or NODE_EXTRA_CA_CERTS=FILE name a certificate to believe${orElse}.`
    : "Check --xmpp, and --tls: a port for direct TLS needs it, others do not take it.";
}
