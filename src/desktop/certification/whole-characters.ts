// xmpp.js decodes each piece that a socket gives by itself, which breaks a character that lies in two of them
// (RFC 6120 section 11.6: the stream is UTF-8, not its segments). And its parser finds the end of an XML declaration
// only where both characters of `?>` are in one piece: else it passes over the whole stream, and a login never ends. It has no
// parser between the end of a stream, or a fault in it, and that of the connection, and throws for what comes then.

import type { Entity } from "@xmpp/client";
import { StringDecoder } from "node:string_decoder";

/** Before the entity connects; holds for TLS and for each reconnection too. */
export function decodeWholeCharacters(entity: Entity): void {
  const take = entity._onData.bind(entity);
  let decoder = new StringDecoder("utf8");
  /** A question mark at the end of a piece; no stanza ends with one. */
  let held = "";
  entity._onData = (bytes) => {
    const text = held + decoder.write(bytes);
    held = text.endsWith("?") ? "?" : "";
    if (entity.parser) take(text.slice(0, text.length - held.length));
  };
  entity.on("disconnect", () => {
    decoder = new StringDecoder("utf8");
    held = "";
  });
}
