// The namespaces of RFC 6120 and XEP-0199 that the agent speaks.

import type { ByteString } from "../platform.js";

export const STREAMS = "http://etherx.jabber.org/streams";
/** OpenSpime v0.9, section 1.0.0: beside the condition of RFC 6120. */
export const OPENSPIME_ERRORS = "openspime:protocol:core:error";
export const PING = "urn:xmpp:ping";

/** An element in one of RFC 6120's own namespaces; attributes may follow its name. */
export function coreElement(
  name: string,
  area: "streams" | "stanzas" | "sasl" | "bind",
  content: ByteString,
): ByteString {
  const namespace = " xmlns='urn:ietf:params:xml:ns:xmpp-" + area + "'>";
  return "<" + name + namespace + content + "</" + name.split(" ")[0] + ">";
}
