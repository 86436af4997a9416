// The server's half of a login (RFC 6120, RFC 5802) on a fake connection, so that tests read like a
// conversation. It checks what the client says and throws when that is not right.

import { fromBase64, toBase64 } from "../../src/firmware/bytes.js";
import { hmac, xorBytes } from "../../src/firmware/crypto/hash.js";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import type { Account } from "../../src/firmware/configuration.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { PRESENCE } from "../../src/firmware/xmpp/discovery.js";
import type { AnswerHandler } from "../../src/firmware/xmpp/session.js";
import type { FakeConnection } from "./fake-platform.js";
import { streamReader } from "./xml-events.js";

export const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
export const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
export const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams' from='spime.example' id='s1' version='1.0'>";

/** What the client in these tests logs in with; servers fold the localpart. */
export const ACCOUNT: Account & { password: string } = {
  host: "10.0.0.1",
  port: 5222,
  tls: false,
  jid: "4A6B-5638@spime.example/spime",
  password: "correct horse",
};
/** The same anew: a login leaves its keys in the account. */
export function freshAccount(): Account & { password: string } {
  const { host, port, tls, jid, password } = ACCOUNT;
  return { host, port, tls, jid, password };
}

export const BOUND_JID = "4a6b-5638@spime.example/spime";

/** No hash at all, but 32 bytes that depend on each byte: what an interpreter can do at once. */
function toyDigest(bytes: string): string {
  let sum = 7;
  let digest = "";
  for (let at = 0; at < bytes.length; at++) sum = (sum * 31 + bytes.charCodeAt(at)) % 16777213;
  while (digest.length < 32) {
    sum = (sum * 69 + 12345) % 16777213;
    digest += String.fromCharCode((sum >> 8) & 255);
  }
  return digest;
}

function toyHash(name: string): Hash {
  return {
    name: name,
    digest: toyDigest,
    pbkdf2: function (password, salt) {
      return toyDigest(password + salt);
    },
  };
}

/** For tests in which a login only has to happen; stream.suite.ts logs in with the real ones. */
export const TOY_HASHES: Hash[] = [toyHash("SHA-256"), toyHash("SHA-1")];

/** The text between two others; throws when they are not there. */
export function between(text: string, before: string, after: string): string {
  const afterStart = text.split(before).slice(1).join(before);
  const parts = afterStart.split(after);
  if (parts.length < 2) throw new Error("no " + before + " to " + after + " in " + text);
  return parts[0];
}

/** The one stanza that a text is, as the stream would give it; throws when it is none, or two. */
export function stanza(xml: string): Element {
  const found: Element[] = [];
  const caps = { token: 4096, stanza: 8192, depth: 12 };
  const builder = streamReader({
    onHeader: function () {},
    onStanza: function (element) {
      found.push(element);
    },
    onEnd: function () {},
  });
  const fault = createXmlParser(caps, builder).push("<s xmlns='jabber:client'>" + xml);
  if (fault || found.length !== 1) {
    throw new Error(found.length + " stanzas, " + (fault || "no fault") + ": " + xml);
  }
  return found[0];
}

/** For who is asked in the place of a session: says itself whether an answer is a result. */
export function typed(onAnswer: AnswerHandler): (answer: Element | undefined) => void {
  return function (answer) {
    onAnswer(answer, !!answer && answer.attributes["type"] === "result");
  };
}

export interface FakeServer {
  /** Sends bytes, whole or byte by byte. */
  say(bytes: string): void;
  /** Opens the connection and takes the client's header. */
  open(): void;
  /** Header and features with these mechanisms. */
  offer(mechanisms: string[]): void;
  /** Takes the client's first message and sends a challenge. */
  challenge(): void;
  /** Takes the proof; the server's own signature, as Base64 of the message that carries it. */
  proof(): string;
  /** Takes the proof, sends success, and takes the client's new header. */
  accept(): void;
  /** Header and features with bind, and with stream management (XEP-0198) if `isManaged`. */
  offerBind(isManaged?: boolean): void;
  /** Takes the client's bind and names its address; takes the presence that begins its session. */
  bind(jid: string): void;
  /** All of it. */
  logIn(): void;
}

export function createFakeServer(
  connection: FakeConnection,
  hash: Hash,
  password: string,
  isTrickling?: boolean,
): FakeServer {
  const salt = "salty\0\xff";
  const extension = "serverNonce";
  let firstBare = "";
  let serverFirst = "";

  function say(bytes: string): void {
    if (isTrickling) connection.trickle(bytes);
    else connection.receive(bytes);
  }

  function takeHeader(): void {
    const header = connection.sent();
    between(header, "<?xml version='1.0'?><stream:stream ", "spime.example");
  }

  function open(): void {
    connection.open();
    takeHeader();
  }

  function offer(mechanisms: string[]): void {
    const items = mechanisms.map((name) => "<mechanism>" + name + "</mechanism>").join("");
    const list = "<mechanisms xmlns='" + SASL + "'>" + items + "</mechanisms>";
    say(HEADER + "<stream:features>" + list + "</stream:features>");
  }

  function challenge(): void {
    const auth = stanza(connection.sent());
    const mechanism = auth.attributes["mechanism"];
    if (mechanism !== "SCRAM-" + hash.name) throw new Error("mechanism " + mechanism);
    firstBare = fromBase64(auth.text).slice(3);
    const nonce = firstBare.split(",r=")[1] + extension;
    serverFirst = "r=" + nonce + ",s=" + toBase64(salt) + ",i=4096";
    say("<challenge xmlns='" + SASL + "'>" + toBase64(serverFirst) + "</challenge>");
  }

  function proof(): string {
    const last = fromBase64(stanza(connection.sent()).text);
    const withoutProof = last.split(",p=")[0];
    const signed = firstBare + "," + serverFirst + "," + withoutProof;
    const salted = hash.pbkdf2(password, salt, 4096);
    const storedKey = hash.digest(hmac(hash, salted, "Client Key"));
    const given = fromBase64(last.slice(withoutProof.length + 3));
    const clientKey = xorBytes(given, hmac(hash, storedKey, signed));
    if (hash.digest(clientKey) !== storedKey) throw new Error("proof is wrong: " + last);
    return toBase64("v=" + toBase64(hmac(hash, hmac(hash, salted, "Server Key"), signed)));
  }

  function accept(): void {
    say("<success xmlns='" + SASL + "'>" + proof() + "</success>");
    takeHeader();
  }

  function offerBind(isManaged?: boolean): void {
    const management = isManaged ? "<sm xmlns='urn:xmpp:sm:2'/><sm xmlns='urn:xmpp:sm:3'/>" : "";
    say(
      HEADER + "<stream:features>" + management + "<bind xmlns='" + BIND + "'/></stream:features>",
    );
  }

  function bind(jid: string): void {
    const id = stanza(connection.sent()).attributes["id"];
    const payload = "<bind xmlns='" + BIND + "'><jid>" + jid + "</jid></bind>";
    say("<iq id='" + id + "' type='result'>" + payload + "</iq>");
    connection.skip(PRESENCE);
  }

  return {
    say: say,
    open: open,
    offer: offer,
    challenge: challenge,
    proof: proof,
    accept: accept,
    offerBind: offerBind,
    bind: bind,
    logIn: function () {
      open();
      offer(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]);
      challenge();
      accept();
      offerBind();
      bind(BOUND_JID);
    },
  };
}
