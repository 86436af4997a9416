// The namespaces that the agent speaks: RFC 6120, XEP-0030, XEP-0198, XEP-0199, XEP-0202.

import type { ByteString } from "../platform.js";
import { attribute, element } from "../xml/element.js";

export const STREAMS = "http://etherx.jabber.org/streams";
/** OpenSpime v0.9, section 1.0.0: beside the condition of RFC 6120. */
export const OPENSPIME_ERRORS = "openspime:protocol:core:error";
export const PING = "urn:xmpp:ping";
export const MANAGEMENT = "urn:xmpp:sm:3";
export const DISCO_INFO = "http://jabber.org/protocol/disco#info";

/**
 * An element that declares its namespace, where one word stands for one of RFC 6120's own; further attributes as
 * `attribute` makes them.
 */
export function qualified(
  name: string,
  namespace: string,
  content?: ByteString,
  attributes?: string,
): ByteString {
  const core = namespace.indexOf(":") < 0 ? "urn:ietf:params:xml:ns:xmpp-" : "";
  return element(name, content || "", attribute("xmlns", core + namespace) + (attributes || ""));
}
