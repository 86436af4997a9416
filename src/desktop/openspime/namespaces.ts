// Namespaces of OpenSpime v0.9 (protocol document, sections 1.0 to 1.2) and of the XEPs beside it.

export const CORE = "openspime:protocol:core";
export const CORE_ERROR = "openspime:protocol:core:error";
export const DATA = "openspime:protocol:extension:data";
export const DATA_ERROR = "openspime:protocol:extension:data:error";
/** Sections 1.1.0 and 1.2.0. */
export const CLAIM = "openspime:protocol:extension:claim";
export const SPIMESEEK = "http://openspime.org/protocol/spimeseek";

export const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const DISCO_INFO = "http://jabber.org/protocol/disco#info";
export const PING = "urn:xmpp:ping";

/** Inside a transport key (vectors' README): the author's own. */
export const TRANSPORT_KEY = "openspime:protocol:core:transportkey";
/** Inside a claim key, likewise. */
export const CLAIM_KEY = "openspime:protocol:core:claimkey";
/** XEP-0060. */
export const PUBSUB = "http://jabber.org/protocol/pubsub";
export const PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event";
/** XEP-0189 0.7 (March 2008), and the XML Signature elements it carries. */
export const PUBKEY = "urn:xmpp:tmp:pubkey";
export const XMLDSIG = "http://www.w3.org/2000/09/xmldsig#";
/** Keys of another suite than the document's (docs/nacl.md): ours. */
export const NACL = "urn:x-microspime:nacl";
