// Namespaces of OpenSpime v0.9 (protocol document, sections 1.0 and 1.1) and of the XEPs beside it.

export const CORE = "openspime:protocol:core";
export const CORE_ERROR = "openspime:protocol:core:error";
export const DATA = "openspime:protocol:extension:data";
export const DATA_ERROR = "openspime:protocol:extension:data:error";

export const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const DISCO_INFO = "http://jabber.org/protocol/disco#info";
export const PING = "urn:xmpp:ping";

/** Inside a transport key (vectors' README): the author's own. */
export const TRANSPORT_KEY = "openspime:protocol:core:transportkey";
/** XEP-0189 0.7 (March 2008), and the XML Signature elements it carries. */
export const PUBKEY = "urn:xmpp:tmp:pubkey";
export const XMLDSIG = "http://www.w3.org/2000/09/xmldsig#";
