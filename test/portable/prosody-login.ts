// What Prosody 0.12.3 (Debian) sent to a login over direct TLS with SCRAM-SHA-1, as user 4a6b-5638-0312111d
// of spime.example with password "pencil": nothing left out.

/** Up to SASL's success; then the stream starts anew, with a new parser. */
export const BEFORE_RESTART =
  "<?xml version='1.0'?><stream:stream version='1.0' xmlns:stream='http://etherx.jabber.org/streams' from='spime.example' id='16163e98-fa6e-430a-88be-6ba3b4117587' xml:lang='en' xmlns='jabber:client'><stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>" +
  "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0xmYWM0Y2QwOS0yOWIzLTRkMDUtOTEzOC1lZDg3NzI2NzRkZGIscz1NV1U1TWpBeE9XWXROakZsWlMwMFpUQTFMVGcxWVRFdFkyUXdORFl6TjJWaFpXUmssaT0xMDAwMA==</challenge>" +
  "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj1STTlGb20va1VQSHZlamZkSFNhaDVtK2I3dXM9</success>";

/** From the restart to the end: bind, an answered ping, an unanswered query, the close. */
export const AFTER_RESTART =
  "<?xml version='1.0'?><stream:stream version='1.0' xmlns:stream='http://etherx.jabber.org/streams' from='spime.example' id='b06f6d04-5f81-46d1-adb4-2ae78777dc46' xml:lang='en' xmlns='jabber:client'><stream:features><sm xmlns='urn:xmpp:sm:2'><optional/></sm><sm xmlns='urn:xmpp:sm:3'><optional/></sm><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><required/></bind><session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session><c ver='xDjt3Yn3/DLzux5ZiHtAPPvpueg=' hash='sha-1' node='http://prosody.im' xmlns='http://jabber.org/protocol/caps'/><sub xmlns='urn:xmpp:features:pre-approval'/></stream:features>" +
  "<iq id='b1' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>4a6b-5638-0312111d@spime.example/spime</jid></bind></iq>" +
  "<iq id='p1' to='4a6b-5638-0312111d@spime.example/spime' type='result' from='spime.example'/><iq id='p2' to='4a6b-5638-0312111d@spime.example/spime' type='error' from='spime.example'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq></stream:stream>";
