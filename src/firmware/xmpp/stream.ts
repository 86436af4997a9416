// One XMPP client stream (RFC 6120), from the connection to its end: header, SCRAM login, restart,
// resource binding, then stanzas. Direct TLS (XEP-0368) is the socket's matter. PLAIN is not
// implemented, so that no server can ask for the password.

import type { Account } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Entropy } from "../crypto/random.js";
import { fromBase64, toBase64 } from "../bytes.js";
import type { ByteString, Socket, Sockets, Timer } from "../platform.js";
import { childOf, createStanzaBuilder, escapeAttribute, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { createXmlParser } from "../xml/parser.js";
import type { XmlParser } from "../xml/parser.js";
import { bareJid } from "./jid.js";
import { coreElement, STREAMS } from "./namespaces.js";
import { createScramLogin } from "./scram.js";
import type { ScramLogin } from "./scram.js";

export interface StreamSurroundings {
  sockets: Sockets;
  timer: Timer;
  entropy: Entropy;
  /** Preferred first. */
  hashes: Hash[];
}

export interface StreamEvents {
  /** Logged in; `jid` is the full JID as the server writes it. */
  onOnline(jid: ByteString): void;
  onStanza(stanza: Element): void;
  /** Called once. `isRefused`: the server was reached and the login will not do better next time. */
  onClose(reason: string, isRefused: boolean): void;
}

export interface Stream {
  write(bytes: ByteString): void;
  close(reason: string): void;
}

/** A login takes about 1,600 bytes in (Prosody, ejabberd); tags stay below 256, texts below 512. */
export const CAPS = { token: 1024, stanza: 4096, depth: 10 };
const LOGIN_TIMEOUT_MS = 60000;

const enum State {
  Connecting,
  /** Header sent, features with the login mechanisms expected. */
  Greeting,
  /** Client's first SCRAM message sent. */
  Challenging,
  /** Proof sent, the server's expected. */
  Proving,
  /** Header sent again after the login, features with bind expected. */
  Restarting,
  Binding,
  Online,
  Closed,
}

/** What the server has to say next, by state. */
const EXPECTED = ["", "features", "challenge", "success", "features", "iq"];

/** The names of what an error holds: its condition, and that of the application if there is one. */
export function conditionsOf(error: Element | undefined): string {
  return error ? error.children.map((child) => child.name).join("+") : "none";
}

export function openStream(
  around: StreamSurroundings,
  account: Account,
  events: StreamEvents,
): Stream {
  const bare = bareJid(account.jid);
  const [local, domain] = bare.split("@");
  const resource = account.jid.slice(bare.length + 1);
  let state = State.Connecting;
  let login: ScramLogin;
  let parser: XmlParser;

  function write(bytes: ByteString): void {
    if (state !== State.Closed) socket.write(bytes);
  }

  function close(reason: string, isRefused?: boolean, lastWords?: string): void {
    if (state === State.Closed) return;
    if (state !== State.Connecting) socket.write((lastWords || "") + "</stream:stream>");
    state = State.Closed;
    around.timer.stop(watchdog);
    socket.close();
    events.onClose(reason, !!isRefused);
  }

  function refuse(reason: string): void {
    close(reason, true);
  }

  /** A stream error of ours (RFC 6120 section 4.9). */
  function rejectStream(condition: string): void {
    const error = "<stream:error>" + coreElement(condition, "streams", "") + "</stream:error>";
    close("bad-stream:" + condition, false, error);
  }

  /** Offers the mechanism of the first hash that the server has too. */
  function beginLogin(features: Element): void {
    const offered = childOf(features, "mechanisms");
    const names = (offered ? offered.children : []).map((mechanism) => mechanism.text);
    const hash = around.hashes.filter((one) => names.indexOf("SCRAM-" + one.name) >= 0)[0];
    if (!hash) {
      refuse("no-scram-offered:" + names.join(","));
      return;
    }
    const nonce = toBase64(around.entropy.bytes(18));
    login = createScramLogin(hash, local, account.password, nonce);
    const tag = "auth mechanism='SCRAM-" + hash.name + "'";
    state = State.Challenging;
    write(coreElement(tag, "sasl", toBase64(login.first)));
  }

  function answerChallenge(challenge: Element): void {
    const answer = login.answer(fromBase64(challenge.text));
    if (!answer) {
      refuse("bad-challenge");
      return;
    }
    state = State.Proving;
    write(coreElement("response", "sasl", toBase64(answer)));
  }

  function bind(): void {
    const wanted = resource && "<resource>" + escapeText(resource) + "</resource>";
    state = State.Binding;
    write("<iq id='bind' type='set'>" + coreElement("bind", "bind", wanted) + "</iq>");
  }

  function finishBind(answer: Element): void {
    const bound = childOf(childOf(answer, "bind"), "jid");
    const { attributes } = answer;
    if (attributes["id"]! + attributes["type"]! !== "bindresult" || !bound) {
      refuse("bind-refused:" + conditionsOf(childOf(answer, "error")));
      return;
    }
    state = State.Online;
    around.timer.stop(watchdog);
    events.onOnline(bound.text);
  }

  function finishLogin(success: Element): void {
    if (login.verify(fromBase64(success.text))) greet(State.Restarting);
    else refuse("bad-server-signature");
  }

  function onStanza(stanza: Element): void {
    if (state === State.Closed) return;
    if (stanza.namespace === STREAMS && stanza.name === "error") {
      close("stream-error:" + conditionsOf(stanza));
    } else if (state === State.Online) events.onStanza(stanza);
    else if (stanza.name === "failure") refuse("login-refused:" + conditionsOf(stanza));
    else if (stanza.name === EXPECTED[state]) steps[state](stanza);
    else rejectStream("unsupported-stanza-type");
  }

  function onHeader(name: string, namespace: string): void {
    if (name !== "stream" || namespace !== STREAMS) rejectStream("invalid-namespace");
  }

  /** Opens the stream, or opens it anew after the login. */
  function greet(next: State): void {
    state = next;
    parser = createXmlParser(
      CAPS,
      createStanzaBuilder({
        onHeader: onHeader,
        onStanza: onStanza,
        onEnd: function () {
          close("stream-ended");
        },
      }),
    );
    write(
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" +
        STREAMS +
        "' version='1.0' to=\"" +
        escapeAttribute(domain) +
        '">',
    );
  }

  const steps = [beginLogin, beginLogin, answerChallenge, finishLogin, bind, finishBind];
  const watchdog = around.timer.start(LOGIN_TIMEOUT_MS, function () {
    close("login-timeout");
  });
  const socket: Socket = around.sockets.dial(account, {
    onOpen: function () {
      if (state === State.Connecting) greet(State.Greeting);
    },
    onBytes: function (bytes) {
      const fault = state !== State.Closed && parser.push(bytes);
      if (fault) rejectStream(fault);
    },
    onClose: function (reason) {
      close("disconnected:" + reason);
    },
  });
  return { write: write, close: close };
}
