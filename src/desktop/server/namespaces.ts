// Namespaces of RFC 6120 section 14 and of the XEPs spoken here.
export const NS = {
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  client: "jabber:client",
  component: "jabber:component:accept",
  discoInfo: "http://jabber.org/protocol/disco#info",
  ping: "urn:xmpp:ping",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  session: "urn:ietf:params:xml:ns:xmpp-session",
  stanzaErrors: "urn:ietf:params:xml:ns:xmpp-stanzas",
  streamErrors: "urn:ietf:params:xml:ns:xmpp-streams",
  streams: "http://etherx.jabber.org/streams",
  xml: "http://www.w3.org/XML/1998/namespace",
  xmlns: "http://www.w3.org/2000/xmlns/",
} as const;
