// XMPP addresses: RFC 7622. PRECIS is approximated: the localpart is lower-cased and put in NFC
// (UsernameCaseMapped, RFC 8265 section 3.3), the resource only in NFC, so that it stays
// case-sensitive.
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

const MAX_PART_BYTES = 1023; // RFC 7622 section 3.1

// RFC 7622 section 3.3.1, and the separators, spaces and controls that PRECIS disallows.
// eslint-disable-next-line no-control-regex
const FORBIDDEN_IN_LOCALPART = /["&'/:<>@\s\u0000-\u001f\u007f-\u009f]/u;
// eslint-disable-next-line no-control-regex
const FORBIDDEN_IN_RESOURCE = /[\u0000-\u001f\u007f-\u009f]/u;
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?|\[[0-9a-f:.]+\])$/u;

const fits = (part: string) => part.length > 0 && Buffer.byteLength(part) <= MAX_PART_BYTES;

export function foldLocalpart(text: string): string | undefined {
  const local = text.toLowerCase().normalize("NFC");
  return fits(local) && !FORBIDDEN_IN_LOCALPART.test(local) ? local : undefined;
}

export function foldDomain(text: string): string | undefined {
  const domain = text.toLowerCase().normalize("NFC").replace(/\.$/, "");
  return fits(domain) && DOMAIN.test(domain) ? domain : undefined;
}

export function foldResource(text: string): string | undefined {
  const resource = text.normalize("NFC");
  return fits(resource) && !FORBIDDEN_IN_RESOURCE.test(resource) ? resource : undefined;
}

const split = (text: string, at: number): [string, string] => [
  text.slice(0, at),
  text.slice(at + 1),
];

/** RFC 7622 section 3.2: cut at the first slash, then at the first at-sign before it. */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf("/");
  const [address, rawResource] = slash < 0 ? [text, undefined] : split(text, slash);
  const at = address.indexOf("@");
  const [rawLocal, rawDomain] = at < 0 ? [undefined, address] : split(address, at);
  const local = rawLocal === undefined ? "" : foldLocalpart(rawLocal);
  const domain = foldDomain(rawDomain);
  const resource = rawResource === undefined ? "" : foldResource(rawResource);
  if (local === undefined || domain === undefined || resource === undefined) return undefined;
  return { local, domain, resource };
}

export function formatJid(jid: Jid): string {
  const local = jid.local === "" ? "" : `${jid.local}@`;
  return jid.resource === "" ? `${local}${jid.domain}` : `${local}${jid.domain}/${jid.resource}`;
}

export const bareOf = (jid: Jid): Jid => ({ ...jid, resource: "" });
