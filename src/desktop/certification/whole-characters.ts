// xmpp.js decodes each piece that a socket gives by itself, which breaks a character that lies in two of them
// (RFC 6120 section 11.6: the stream is UTF-8, not its segments).

import type { Entity } from "@xmpp/client";
import { StringDecoder } from "node:string_decoder";

/** Before the entity connects; holds for TLS and for each reconnection too. */
export function decodeWholeCharacters(entity: Entity): void {
  const take = entity._onData.bind(entity);
  let decoder = new StringDecoder("utf8");
  entity._onData = (bytes) => take(decoder.write(bytes));
  entity.on("disconnect", () => (decoder = new StringDecoder("utf8")));
}
