// A real server's bytes through the parser, in the pieces of an ESP32 and smaller.

import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { AFTER_RESTART, BEFORE_RESTART } from "./prosody-login.js";
import { streamReader } from "./xml-events.js";
import { equal, suite } from "./suite.js";

/** What a board can afford. */
const CAPS = { token: 512, stanza: 2048, depth: 8 };

/** `name=text[children]`. */
function outline(element: Element): string {
  const children = element.children.map(outline).join(" ");
  return element.name + (element.text && "=" + element.text) + (children && "[" + children + "]");
}

/** One line for the header, for each stanza, and for the end; the bytes go in by pieces of `size`. */
function outlinesOf(bytes: string, size: number): string[] {
  const lines: string[] = [];
  const builder = streamReader({
    onHeader: function (name, namespace, attributes) {
      lines.push(name + " " + namespace + " " + attributes["xml:lang"] + " " + attributes["from"]);
    },
    onStanza: function (stanza) {
      lines.push(stanza.namespace + " " + outline(stanza));
    },
    onEnd: function () {
      lines.push("end");
    },
  });
  const parser = createXmlParser(CAPS, builder);
  for (let at = 0; at < bytes.length; at += size) {
    equal(parser.push(bytes.slice(at, at + size)), undefined, "fault at " + at);
  }
  return lines;
}

const STREAMS = "http://etherx.jabber.org/streams";
const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const HEADER = "stream " + STREAMS + " en spime.example";

const LOGIN = [
  HEADER,
  STREAMS + " features[mechanisms[mechanism=PLAIN mechanism=SCRAM-SHA-1 mechanism=SCRAM-SHA-256]]",
  SASL +
    " challenge=cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0xmYWM0Y2QwOS0yOWIzLTRkMDUtOTEzOC1lZDg3NzI2NzRkZGIs" +
    "cz1NV1U1TWpBeE9XWXROakZsWlMwMFpUQTFMVGcxWVRFdFkyUXdORFl6TjJWaFpXUmssaT0xMDAwMA==",
  SASL + " success=dj1STTlGb20va1VQSHZlamZkSFNhaDVtK2I3dXM9",
];

const SESSION = [
  HEADER,
  STREAMS + " features[sm[optional] sm[optional] bind[required] session[optional] c sub]",
  "jabber:client iq[bind[jid=4a6b-5638-0312111d@spime.example/spime]]",
  "jabber:client iq",
  "jabber:client iq[error[service-unavailable]]",
  "end",
];

export const xmlLoginSuite = suite("xml/login", function (test) {
  [1, 2, 7, 64, 536, 4096].forEach(function (size) {
    test("Prosody until SASL's success, in pieces of " + size, function () {
      equal(outlinesOf(BEFORE_RESTART, size), LOGIN);
    });
    test("Prosody from the restart to the end, in pieces of " + size, function () {
      equal(outlinesOf(AFTER_RESTART, size), SESSION);
    });
  });
});
