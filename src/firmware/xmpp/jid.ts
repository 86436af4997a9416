// XMPP addresses (RFC 7622): local@domain/resource, as byte strings.

import type { ByteString } from "../platform.js";

/** The part before the resource. */
export function bareJid(jid: ByteString): ByteString {
  return jid.split("/")[0];
}

/** The part between `@` and the resource, or all of a domain's address. */
export function domainOf(jid: ByteString): ByteString {
  const bare = bareJid(jid);
  return bare.slice(bare.indexOf("@") + 1);
}

/** The part before `@`, or nothing. */
export function localpartOf(jid: ByteString): ByteString {
  const at = bareJid(jid).indexOf("@");
  return at < 0 ? "" : jid.slice(0, at);
}

/**
 * The address as servers compare it: ASCII capitals before the resource become small, which is what
 * they do to localpart and domain; resources are case-sensitive (RFC 7622 section 3).
 */
export function foldJid(jid: ByteString): ByteString {
  const bare = bareJid(jid);
  let folded = "";
  for (let at = 0; at < bare.length; at++) {
    // Only ASCII: toLowerCase would change the bytes of UTF-8 on some engines and not on others.
    const code = bare.charCodeAt(at);
    folded += code > 0x40 && code < 0x5b ? String.fromCharCode(code + 32) : bare.charAt(at);
  }
  return folded + jid.slice(bare.length);
}
