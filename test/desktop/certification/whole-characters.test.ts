// Characters, and the end of an XML declaration, that a server's segments cut in two: with and without TLS, every byte
// in a segment of its own.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Element } from "@xmpp/client";
import { trustingClient } from "../../../src/desktop/certification/trusting-client.js";
import { verifyingClient } from "../../../src/desktop/certification/verifying-client.js";

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' id='1' " +
  "from='spime.example' xmlns:stream='http://etherx.jabber.org/streams'>";
const MESSAGE = "<message><body>é東😀?</body></message>";

/** Each byte after the one before has gone. */
function trickle(socket: Socket, bytes: Buffer): void {
  const [first, ...others] = bytes;
  if (first === undefined) return;
  socket.setNoDelay(true).write(Buffer.of(first), () => {
    setImmediate(() => trickle(socket, Buffer.from(others)));
  });
}

describe("clients of the desktop", () => {
  for (const [name, connect] of Object.entries({ trustingClient, verifyingClient })) {
    it(`${name}: a character in two segments stays whole, and so does the end of a declaration`, async () => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => trickle(socket, Buffer.from(HEADER + MESSAGE)));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const place = { service: `xmpp://127.0.0.1:${port}`, domain: "spime.example", resource: "x" };
      const entity = connect(place, { username: "a", password: "b" });
      entity.on("error", () => {});
      entity.reconnect.stop();
      const seen = once(entity, "stanza") as Promise<[Element]>;
      await entity.connect(place.service);
      entity.open({ domain: place.domain }).catch(() => {});
      const [stanza] = await seen;
      assert.equal(stanza.getChild("body")?.getText(), "é東😀?");
      // This server would not end the stream.
      entity.socket?.destroy();
      server.close();
    });
  }
});
