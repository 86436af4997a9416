// XMPP addresses (RFC 7622): local@domain/resource, as byte strings.

import type { ByteString } from "../platform.js";

/** The part before the resource. */
export function bareJid(jid: ByteString): ByteString {
  return jid.split("/")[0];
}

/** Its domain, which is also the address of its server. */
export function domainOf(jid: ByteString): ByteString {
  return bareJid(jid).split("@")[1];
}

/**
 * The address as it is compared: localpart and domain without regard to case, resources as they are
 * (RFC 7622 section 3). On some engines toLowerCase changes lead bytes of UTF-8 as well; it does so on
 * both sides of a comparison, and makes no two characters one: it turns leads of two-byte sequences
 * into leads of longer ones, which the same bytes could not follow.
 */
export function foldJid(jid: ByteString): ByteString {
  const bare = bareJid(jid);
  return bare.toLowerCase() + jid.slice(bare.length);
}
