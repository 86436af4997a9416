// The namespaces of RFC 6120 and XEP-0199 that the agent speaks.

export const STREAMS = "http://etherx.jabber.org/streams";
export const STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";
export const STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
export const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
/** OpenSpime v0.9, section 1.0.0: beside the condition of RFC 6120. */
export const OPENSPIME_ERRORS = "openspime:protocol:core:error";
export const PING = "urn:xmpp:ping";
