// XMPP addresses as far as a component needs them: RFC 7622 section 3. Servers fold localpart and domain
// (the document prints 775B-F2C2-2B3765F4, the wire shows 775b-f2c2-2b3765f4); resources keep their case.

export interface Address {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** Splits and folds. The server has validated what it delivers: nothing is checked again. */
export function parseAddress(jid: string): Address {
  const slash = jid.indexOf("/");
  const bare = (slash < 0 ? jid : jid.slice(0, slash)).toLowerCase();
  const at = bare.indexOf("@");
  return {
    local: bare.slice(0, Math.max(at, 0)),
    domain: bare.slice(at + 1),
    resource: slash < 0 ? "" : jid.slice(slash + 1),
  };
}

export function isSameAddress(one: string, other: string): boolean {
  const a = parseAddress(one);
  const b = parseAddress(other);
  return a.local === b.local && a.domain === b.domain && a.resource === b.resource;
}

/** Whether a request to this address is for the node: one that names no resource takes any. */
export function isServedBy(node: Address, to: Address): boolean {
  if (to.local !== node.local || to.domain !== node.domain) return false;
  return node.resource === "" || to.resource === "" || to.resource === node.resource;
}

/** Folded: equal text for equal addresses. */
export function formatAddress({ local, domain, resource }: Address): string {
  return `${local && `${local}@`}${domain}${resource && `/${resource}`}`;
}

/** As servers show it. */
export function foldAddress(jid: string): string {
  return formatAddress(parseAddress(jid));
}

/** RFC 7622 section 3.1: three parts of at most 1,023 octets, two separators. */
const MAX_ADDRESS_OCTETS = 3071;

/** Whether a text that no server has seen can be an address at all. */
export function isAddress(jid: string): boolean {
  const hasForbidden = /[\s"&'<>]/.test(jid.split("/", 1)[0] ?? "");
  return !hasForbidden && /^(?:[^@/]+@)?[^@/]+(?:\/.+)?$/s.test(jid) && isShort(jid);
}

function isShort(jid: string): boolean {
  return Buffer.byteLength(jid) <= MAX_ADDRESS_OCTETS;
}
