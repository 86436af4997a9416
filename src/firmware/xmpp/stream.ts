// One XMPP client stream (RFC 6120), from the connection to its end. Direct TLS (XEP-0368) is the socket's
// matter, the login that of login.ts.

import type { ServerAddress } from "../configuration.js";
import type { ByteString, Socket, Sockets } from "../platform.js";
import { attribute, element } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { createXmlParser } from "../xml/parser.js";
import type { XmlParser } from "../xml/parser.js";
import { conditionsOf } from "./login.js";
import { qualified, STREAMS } from "./namespaces.js";

export interface Stream {
  /** Nothing is written once it is closed. */
  write(bytes: ByteString): void;
  /** Opens the stream anew, after the login (RFC 6120 section 4.3.3). */
  greet(): void;
  /** Closes the connection only, so that the session can go on in another stream (XEP-0198 section 5). */
  cut(reason: string): void;
  /** Ends the stream; there is no use in coming again before `leastRetryMs`. */
  end(reason: string, leastRetryMs?: number): void;
  /** Ends the stream with a stream error of ours (RFC 6120 section 4.9). */
  reject(condition: string): void;
}

export interface StreamSurroundings {
  sockets: Sockets;
  /** No room now for what comes of a stanza, though there will be. Absent: there always is. */
  isShort?(): boolean;
  /** As `take` of Turns (turns.ts): when what takes the room away is over. */
  inTurn?(work: (done: () => void) => void): boolean;
}

/** Called once, however the stream ends. */
export type CloseHandler = (reason: string, leastRetryMs: number) => void;

/** A login takes about 1,600 bytes in (Prosody, ejabberd); tags stay below 256, texts below 512. */
export const CAPS = { token: 1024, stanza: 4096, depth: 10 };

/** A request to claim the board is about 500 long. */
const MOST_HELD_BYTES = 1024;

/**
 * Connects to the server of `domain`; it calls no handler before it has returned. `isWanted` is asked when a stanza
 * begins: one that is not wanted comes with nothing inside.
 */
export function openStream(
  around: StreamSurroundings,
  address: ServerAddress,
  domain: string,
  onStanza: (stanza: Element) => void,
  isWanted: (stanza: Element) => boolean,
  onClose: CloseHandler,
): Stream {
  let isClosed = false;
  let parser: XmlParser;
  let held = "";
  /** The stanza that comes is an error. */
  let isFailure = false;

  function write(bytes: ByteString): void {
    if (!isClosed) socket.write(bytes);
  }

  function cut(reason: string, leastRetryMs?: number): void {
    if (isClosed) return;
    isClosed = true;
    socket.close();
    onClose(reason, leastRetryMs || 0);
  }

  function end(reason: string, leastRetryMs?: number): void {
    write("</stream:stream>");
    cut(reason, leastRetryMs);
  }

  function reject(condition: string): void {
    write(element("stream:error", qualified(condition, "streams")));
    end("bad-stream:" + condition);
  }

  function onTag(tag: Element, depth: number, isWhole: boolean): boolean | void {
    const kind = tag.namespace === STREAMS && tag.name;
    if (isClosed) return;
    // What was sent may come back in an error (RFC 6120 section 8.3.1), with all its entries.
    if (depth > 1) return depth > 2 || !isFailure || tag.name === "error";
    if (!isWhole) {
      isFailure = tag.attributes["type"] === "error";
      if (depth) return !!kind || isWanted(tag);
      if (kind !== "stream") reject("invalid-namespace");
    } else if (!depth) end("stream-ended");
    else if (kind === "error") end("stream-error:" + conditionsOf(tag));
    else onStanza(tag);
  }

  function greet(): void {
    parser = createXmlParser(CAPS, onTag);
    write(
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" +
        STREAMS +
        "' version='1.0'" +
        attribute("to", domain) +
        ">",
    );
  }

  function take(done?: () => void): void {
    const bytes = held;
    held = "";
    const fault = parser.push(bytes);
    if (fault) reject(fault);
    if (done) done();
  }

  const socket: Socket = around.sockets.dial(address, {
    onOpen: greet,
    onBytes: function (bytes) {
      const isFirst = !held;
      held += bytes;
      if (!around.isShort || !around.isShort()) take();
      // The server sends again what it was not told of (XEP-0198).
      else if (isFirst ? !around.inTurn!(take) : held.length > MOST_HELD_BYTES) cut("no-room");
    },
    onClose: function (reason) {
      cut("disconnected:" + reason);
    },
  });
  return { write: write, greet: greet, cut: cut, end: end, reject: reject };
}
