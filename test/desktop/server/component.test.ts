import assert from "node:assert/strict";
import { handshakeDigest } from "../../../src/desktop/server/component-session.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { EmbeddedServer, ServerOptions } from "../../../src/desktop/server/server.js";
import {
  bound,
  COMPONENT,
  componentXml,
  conditionOf,
  connect,
  DOMAIN,
  HEADER,
  type RawPeer,
  SECRET,
  withServer,
  xmppComponent,
} from "./peers.js";

const OPTIONS: ServerOptions = {
  componentPort: 0,
  components: [{ domain: COMPONENT, secret: SECRET }],
};
const COMPONENT_HEADER =
  `<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.streams}' ` + `to='${COMPONENT}'>`;

const request = (to: string) =>
  `<iq type='get' id='c1' to='${to}'><ask xmlns='urn:ask'><body/></ask></iq>`;

async function opened(server: EmbeddedServer): Promise<RawPeer> {
  const peer = await connect(server.ports.component!);
  await peer.openOnly(COMPONENT_HEADER);
  return peer;
}

const handshake = (peer: RawPeer, secret = SECRET) =>
  `<handshake>${handshakeDigest(peer.header!.get("id")!, secret)}</handshake>`;

async function connected(server: EmbeddedServer): Promise<RawPeer> {
  const peer = await opened(server);
  assert.equal((await peer.ask(handshake(peer))).name, "handshake");
  return peer;
}

describe("server: components", () => {
  it("lets @xmpp/component in and routes both ways", () =>
    withServer(OPTIONS, async (server) => {
      const service = `xmpp://127.0.0.1:${server.ports.component}`;
      const component = xmppComponent({ service });
      component.iqCallee.get("urn:ask", "ask", ({ stanza }) =>
        componentXml("answer", { xmlns: "urn:ask", to: stanza.attrs.from }),
      );
      await component.start();
      const client = await bound(server, "A");
      const reply = await client.ask(request(`node@${COMPONENT}/x`));
      assert.equal(reply.get("type"), "result");
      assert.equal(reply.get("from"), `node@${COMPONENT}/x`);
      assert.equal(reply.child("answer", "urn:ask")?.get("to"), `user@${DOMAIN}/A`);
      const ping = componentXml("iq", { type: "get", to: DOMAIN, from: COMPONENT });
      const payload = componentXml("ping", { xmlns: NS.ping });
      const pong = await component.iqCaller.request(Object.assign(ping, { children: [payload] }));
      assert.equal(pong.attrs.type, "result");
      await component.stop();
    }));

  it("translates the content namespace on the way", () =>
    withServer(OPTIONS, async (server) => {
      const component = await connected(server);
      const client = await bound(server, "A");
      client.write(`<message to='${COMPONENT}'><body>x</body></message>`);
      const message = await component.next();
      assert.equal(message.namespace, NS.component);
      assert.equal(message.child("body", NS.component)?.text(), "x");
      component.write(
        `<message from='a@${COMPONENT}' to='user@${DOMAIN}/A'><body>y</body></message>`,
      );
      const back = await client.next();
      assert.equal(back.child("body", NS.client)?.text(), "y");
    }));

  it("answers for a component that is not connected, or no longer", () =>
    withServer(OPTIONS, async (server) => {
      const client = await bound(server);
      assert.equal(conditionOf(await client.ask(request(COMPONENT))), "service-unavailable");
      const component = await connected(server);
      await component.close();
      const error = await client.ask(request(COMPONENT));
      assert.equal(conditionOf(error), "service-unavailable");
      assert.equal(error.child("error", NS.client)?.get("type"), "wait");
    }));

  it("refuses a wrong secret, and a stanza before the handshake", () =>
    withServer(OPTIONS, async (server) => {
      for (const wrong of [
        (peer: RawPeer) => handshake(peer, "wrong"),
        () => "<handshake/>",
        () => `<message from='${COMPONENT}' to='${DOMAIN}'/>`,
      ]) {
        const peer = await opened(server);
        peer.write(wrong(peer));
        assert.equal(await peer.streamError(), "not-authorized");
      }
    }));

  it("refuses unknown domains and streams of clients", () =>
    withServer(OPTIONS, async ({ ports }) => {
      const stranger = await connect(ports.component!);
      stranger.write(COMPONENT_HEADER.replace(COMPONENT, "other.example"));
      assert.equal(await stranger.streamError(), "host-unknown");
      const client = await connect(ports.component!);
      client.write(HEADER);
      assert.equal(await client.streamError(), "invalid-namespace");
    }));

  it("keeps the component that is there", () =>
    withServer(OPTIONS, async (server) => {
      const first = await connected(server);
      const second = await opened(server);
      second.write(handshake(second));
      assert.equal(await second.streamError(), "conflict");
      const client = await bound(server);
      client.write(request(COMPONENT));
      assert.equal((await first.next()).get("id"), "c1");
    }));

  const refusals: [string, string][] = [
    ["invalid-from", `<iq type='get' id='1' from='a@${DOMAIN}' to='${DOMAIN}'><a/></iq>`],
    ["invalid-from", `<message from='x.${COMPONENT}' to='${DOMAIN}'/>`],
    ["invalid-from", `<message from='@' to='${DOMAIN}'/>`],
    ["improper-addressing", `<message to='${DOMAIN}'/>`],
    ["improper-addressing", `<message from='${COMPONENT}'/>`],
    ["unsupported-stanza-type", "<what/>"],
    ["invalid-namespace", `<message xmlns='${NS.client}' from='${COMPONENT}' to='${DOMAIN}'/>`],
  ];
  for (const [condition, stanza] of refusals) {
    it(`ends with ${condition} at ${stanza}`, () =>
      withServer(OPTIONS, async (server) => {
        const peer = await connected(server);
        peer.write(stanza);
        assert.equal(await peer.streamError(), condition);
      }));
  }

  it("answers an improper iq of a component", () =>
    withServer(OPTIONS, async (server) => {
      const peer = await connected(server);
      const error = await peer.ask(`<iq type='get' id='1' from='${COMPONENT}' to='${DOMAIN}'/>`);
      assert.equal(error.child("error", NS.component)?.get("type"), "modify");
    }));
});
