// Which certification services are believed, and about whom: OpenSpime v0.9 section 1.0.1. The document has one
// list of services that are believed about everybody. A service that lies could then certify a key of its own for
// any spime, so that here each has the addresses that it is believed about.

import { foldAddress, isAddress, isSameAddress, parseAddress } from "./address.js";
import { clip, refuse } from "./conditions.js";
import type { Parsed } from "./conditions.js";

export interface BoundCertifier {
  /** Address of the service. */
  readonly jid: string;
  /** Whom it is believed about, one at least: domains, bare JIDs and full JIDs. */
  readonly domains: readonly string[];
}

/**
 * Given by its address alone a service is believed about everybody if there is no other, since nobody else could
 * tell a key; and if there is, about the addresses of its own domain.
 */
export type AcceptedCertifier = string | BoundCertifier;

const REFUSED = "signature-error-invalid-cert-auth";

/** The service to ask for the key of `osid`, as it is configured. */
export function certifierFor(
  osid: string,
  certifier: string,
  accepted: readonly AcceptedCertifier[],
): Parsed<string> {
  const same = accepted.filter((one) => isSameAddress(jidOf(one), certifier));
  const [first] = same;
  if (first === undefined) return refuse(REFUSED, `cert ${clip(certifier)} is not accepted`);
  const isAlone = same.length === accepted.length;
  if (same.some((one) => isBelieved(one, osid, isAlone))) return { value: jidOf(first) };
  const advice = `if it should be, accept it for ${clip(parseAddress(osid).domain)}`;
  return refuse(REFUSED, `cert ${clip(certifier)} is not believed about ${clip(osid)}: ${advice}`);
}

/** Throws a TypeError that names the field. */
export function checkCertifiers(field: string, accepted: readonly AcceptedCertifier[]): void {
  for (const one of accepted) {
    const domains = typeof one === "string" ? undefined : one.domains;
    if (domains?.length === 0) throw new TypeError(`${field}: no domains for ${jidOf(one)}`);
    const wrong = [jidOf(one), ...(domains ?? [])].find((address) => !isAddress(address));
    if (wrong !== undefined) throw new TypeError(`${field}: ${JSON.stringify(wrong)}`);
  }
}

function jidOf(certifier: AcceptedCertifier): string {
  return typeof certifier === "string" ? certifier : certifier.jid;
}

function isBelieved(certifier: AcceptedCertifier, osid: string, isAlone: boolean): boolean {
  if (typeof certifier !== "string") return certifier.domains.some((one) => covers(one, osid));
  return isAlone || covers(parseAddress(certifier).domain, osid);
}

/** A domain stands for all its addresses, a bare JID for all its resources; neither for what is below a domain. */
function covers(address: string, osid: string): boolean {
  const full = foldAddress(osid);
  const [bare = ""] = full.split("/", 1);
  return [full, bare, parseAddress(osid).domain].includes(foldAddress(address));
}
