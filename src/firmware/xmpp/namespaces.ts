// The namespaces that the agent speaks: RFC 6120, XEP-0030, XEP-0198, XEP-0199, XEP-0202.

import type { ByteString } from "../platform.js";

export const STREAMS = "http://etherx.jabber.org/streams";
/** OpenSpime v0.9, section 1.0.0: beside the condition of RFC 6120. */
export const OPENSPIME_ERRORS = "openspime:protocol:core:error";
export const PING = "urn:xmpp:ping";
export const MANAGEMENT = "urn:xmpp:sm:3";
export const DISCO_INFO = "http://jabber.org/protocol/disco#info";

/** An element in one of RFC 6120's own namespaces; attributes may follow its name. */
export function coreElement(
  name: string,
  area: "streams" | "stanzas" | "sasl" | "bind",
  content: ByteString,
): ByteString {
  const namespace = " xmlns='urn:ietf:params:xml:ns:xmpp-" + area + "'>";
  return "<" + name + namespace + content + "</" + name.split(" ")[0] + ">";
}
