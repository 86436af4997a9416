import assert from "node:assert/strict";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { bindRequest, bound, connect, HEADER, scram, withServer } from "./peers.js";

const headers: Record<string, string> = {
  "host-unknown": HEADER.replace("spime.example", "elsewhere.example"),
  "improper-addressing": HEADER.replace(/ to='.*'/, ""),
  "unsupported-version": HEADER.replace(" version='1.0' to", " to"),
  "invalid-namespace": HEADER.replace("jabber:client", "jabber:server"),
  "bad-format": HEADER.replace("<stream:stream", "<stream:river"),
  "not-well-formed": "GET / HTTP/1.1\r\n\r\n",
  "restricted-xml": `<!DOCTYPE x [<!ENTITY a 'b'>]>${HEADER}`,
  "bad-namespace-prefix": "<stream:stream>",
  "unsupported-encoding": "<?xml version='1.0' encoding='UTF-16'?>",
};

const beforeLogin: Record<string, string[]> = {
  "not-authorized": [
    "<message to='other@spime.example'><body>x</body></message>",
    bindRequest("r"),
    "<presence/>",
  ],
  "unsupported-stanza-type": ["<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<what/>"],
};

const onceBound: Record<string, string[]> = {
  "not-well-formed": ["<iq></message>", "<iq id='1' id='1'/>"],
  "restricted-xml": ["<!-- comment -->", "<?php ?>", "<message><!DOCTYPE x></message>"],
  "invalid-namespace": ["<iq xmlns='jabber:server' type='get' id='1'/>", "<iq xmlns=''/>"],
  "unsupported-stanza-type": ["<what/>", "<r xmlns='urn:xmpp:sm:3'/>"],
  "policy-violation": [
    `<message><body>${"x".repeat(64 * 1024)}</body></message>`,
    `<message><body a='${"x".repeat(64 * 1024)}`,
    "<message>" + "<a>".repeat(200),
  ],
  "bad-format": ["text between stanzas<presence/>"],
  "bad-namespace-prefix": ["<message><x:a/></message>"],
};

describe("server: stream errors", () => {
  for (const [condition, header] of Object.entries(headers)) {
    it(`${condition} for a header, after a header of its own`, () =>
      withServer({}, async ({ ports }) => {
        const peer = await connect(ports.client);
        peer.write(header);
        assert.equal(await peer.streamError(), condition);
        assert.equal(peer.header?.get("from"), "spime.example");
      }));
  }

  it("invalid-namespace for a stream of another kind", () =>
    withServer({}, async ({ ports }) => {
      const peer = await connect(ports.client);
      peer.write(HEADER.replace(NS.streams, "urn:other"));
      assert.equal(await peer.streamError(), "invalid-namespace");
    }));

  for (const [condition, samples] of Object.entries(beforeLogin)) {
    it(`${condition} before login`, () =>
      withServer({}, async ({ ports }) => {
        for (const sample of samples) {
          const peer = await connect(ports.client);
          await peer.open();
          peer.write(sample);
          assert.equal(await peer.streamError(), condition, sample);
        }
      }));
  }

  it("not-authorized for a stanza before binding", () =>
    withServer({}, async ({ ports }) => {
      for (const sample of ["<presence/>", "<iq type='get' id='1'><a xmlns='b'/></iq>"]) {
        const peer = await connect(ports.client);
        await peer.open();
        await scram(peer);
        await peer.reopen();
        peer.write(sample);
        assert.equal(await peer.streamError(), "not-authorized");
      }
    }));

  it("unsupported-stanza-type for anything but a bind request", () =>
    withServer({}, async ({ ports }) => {
      const peer = await connect(ports.client);
      await peer.open();
      await scram(peer);
      await peer.reopen();
      peer.write(`<auth xmlns='${NS.sasl}' mechanism='PLAIN'/>`);
      assert.equal(await peer.streamError(), "unsupported-stanza-type");
    }));

  for (const [condition, samples] of Object.entries(onceBound)) {
    it(`${condition} once bound`, () =>
      withServer({}, async (server) => {
        for (const sample of samples) {
          const peer = await bound(server);
          peer.write(sample);
          assert.equal(await peer.streamError(), condition, sample.slice(0, 80));
          assert.deepEqual(server.sessions(), []);
        }
      }));
  }

  it("not-well-formed for bytes that are not UTF-8", () =>
    withServer({}, async (server) => {
      const peer = await bound(server);
      peer.write(Buffer.from([0x3c, 0xc0, 0xaf]));
      assert.equal(await peer.streamError(), "not-well-formed");
    }));

  it("connection-timeout for a handshake that does not end", () =>
    withServer({ handshakeTimeoutMs: 50, componentPort: 0 }, async ({ ports }) => {
      const silent = await connect(ports.client);
      assert.equal(await silent.streamError(), "connection-timeout");
      const component = await connect(ports.component!);
      assert.equal(await component.streamError(), "connection-timeout");
      const slow = await connect(ports.client);
      await slow.open();
      assert.equal(await slow.streamError(), "connection-timeout");
    }));

  it("no timeout once bound", () =>
    withServer({ handshakeTimeoutMs: 500, iterations: 1 }, async (server) => {
      const peer = await bound(server);
      const waiter = await connect(server.ports.client);
      assert.equal(await waiter.streamError(), "connection-timeout");
      assert.equal(server.sessions().length, 1);
      await peer.close();
    }));

  it("answers the end of a stream with the end of its own", () =>
    withServer({}, async ({ ports }) => {
      const peer = await connect(ports.client);
      await peer.open();
      await peer.close();
    }));
});
