// One XMPP client stream (RFC 6120), from the connection to its end: header, login (login.ts), then stanzas.
// Direct TLS (XEP-0368) is the socket's matter.

import type { Account } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Entropy } from "../crypto/random.js";
import type { ByteString, Socket, Sockets, Timer } from "../platform.js";
import { attribute } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { createXmlParser } from "../xml/parser.js";
import type { XmlParser } from "../xml/parser.js";
import { domainOf } from "./jid.js";
import { conditionsOf, createLogin } from "./login.js";
import type { Resumption } from "./login.js";
import { coreElement, STREAMS } from "./namespaces.js";

export interface StreamSurroundings {
  sockets: Sockets;
  timer: Timer;
  entropy: Entropy;
  /** Preferred first. */
  hashes: Hash[];
}

export interface StreamEvents {
  /**
   * Logged in; `jid` is the full JID as the server writes it. "": the session before goes on, of which the server
   * has `handled` stanzas of ours.
   */
  onOnline(jid: ByteString, handled: number): void;
  onStanza(stanza: Element): void;
  /** Called once. `leastRetryMs`: there is no use in coming again before. */
  onClose(reason: string, leastRetryMs: number): void;
}

export interface Stream {
  write(bytes: ByteString): void;
  cut(reason: string): void;
}

/** A login takes about 1,600 bytes in (Prosody, ejabberd); tags stay below 256, texts below 512. */
export const CAPS = { token: 1024, stanza: 4096, depth: 10 };
const LOGIN_TIMEOUT_MS = 60000;

const enum State {
  Connecting,
  Open,
  Closed,
}

export function openStream(
  around: StreamSurroundings,
  account: Account,
  resumption: Resumption,
  events: StreamEvents,
): Stream {
  let state = State.Connecting;
  let parser: XmlParser;
  /** Who takes the stanzas: the login, then the events. */
  let take: (stanza: Element) => void;

  function write(bytes: ByteString): void {
    if (state !== State.Closed) socket.write(bytes);
  }

  /** The stream does not end, so that the session can go on in another (XEP-0198 section 5). */
  function cut(reason: string, leastRetryMs?: number): void {
    if (state === State.Closed) return;
    state = State.Closed;
    around.timer.stop(watchdog);
    socket.close();
    events.onClose(reason, leastRetryMs || 0);
  }

  /** The stream ends, after these words if there are any. */
  function end(reason: string, leastRetryMs: number, lastWords: string): void {
    if (state === State.Open) socket.write(lastWords + "</stream:stream>");
    cut(reason, leastRetryMs);
  }

  /** A stream error of ours (RFC 6120 section 4.9). */
  function reject(condition: string): void {
    const error = "<stream:error>" + coreElement(condition, "streams", "") + "</stream:error>";
    end("bad-stream:" + condition, 0, error);
  }

  function onStanza(stanza: Element): void {
    if (state === State.Closed) return;
    if (stanza.namespace === STREAMS && stanza.name === "error") {
      end("stream-error:" + conditionsOf(stanza), 0, "");
    } else take(stanza);
  }

  function onTag(element: Element, depth: number, isWhole: boolean): void {
    const { name, namespace } = element;
    if (depth === 1 && isWhole) onStanza(element);
    else if (depth) return;
    else if (isWhole) end("stream-ended", 0, "");
    else if (name !== "stream" || namespace !== STREAMS) reject("invalid-namespace");
  }

  /** Opens the stream, or opens it anew after the login. */
  function greet(): void {
    state = State.Open;
    parser = createXmlParser(CAPS, onTag);
    write(
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" +
        STREAMS +
        "' version='1.0'" +
        attribute("to", domainOf(account.jid)) +
        ">",
    );
  }

  function logIn(): void {
    take = createLogin(around.hashes, around.entropy, account, resumption, {
      write: write,
      refuse: function (reason, leastRetryMs) {
        end(reason, leastRetryMs, "");
      },
      reject: reject,
      greet: greet,
      onBound: function (jid, handled) {
        take = events.onStanza;
        around.timer.stop(watchdog);
        events.onOnline(jid, handled);
      },
    });
    greet();
  }

  const watchdog = around.timer.start(LOGIN_TIMEOUT_MS, function () {
    cut("login-timeout");
  });
  const socket: Socket = around.sockets.dial(account, {
    onOpen: function () {
      if (state === State.Connecting) logIn();
    },
    onBytes: function (bytes) {
      const fault = state !== State.Closed && parser.push(bytes);
      if (fault) reject(fault);
    },
    onClose: function (reason) {
      cut("disconnected:" + reason);
    },
  });
  return { write: write, cut: cut };
}
