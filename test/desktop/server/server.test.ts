import assert from "node:assert/strict";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { type ServerOptions, startServer } from "../../../src/desktop/server/server.js";
import {
  bindAs,
  bound,
  connect,
  connectSecurely,
  DOMAIN,
  once,
  PASSWORD,
  withServer,
  type XmlElement,
  xml,
  xmppClient,
} from "./peers.js";

const PING = `<iq type='get' id='1' to='${DOMAIN}'><ping xmlns='${NS.ping}'/></iq>`;

describe("server: with @xmpp/client", () => {
  it("logs clients in and carries iqs and messages between them", () =>
    withServer({}, async ({ ports }) => {
      const service = `xmpp://127.0.0.1:${ports.client}`;
      const asker = xmppClient({ service, username: "user", resource: "A" });
      const answerer = xmppClient({ service, username: "OTHER", resource: "b" });
      answerer.iqCallee.get("urn:ask", "ask", ({ stanza }) =>
        xml("answer", { xmlns: "urn:ask" }, stanza.attrs.from),
      );
      assert.equal(String(await asker.start()), `user@${DOMAIN}/A`);
      assert.equal(String(await answerer.start()), `other@${DOMAIN}/b`);
      const to = `other@${DOMAIN}/b`;
      const reply = await asker.iqCaller.request(
        xml("iq", { type: "get", to }, xml("ask", { xmlns: "urn:ask" })),
      );
      assert.equal(reply.getChild("answer", "urn:ask")?.getText(), `user@${DOMAIN}/A`);
      const arrived = once<XmlElement>(answerer, "stanza");
      await asker.send(xml("message", { to }, xml("body", {}, "a<b&\"c'")));
      assert.equal((await arrived).getChild("body")?.getText(), "a<b&\"c'");
      await Promise.all([asker.stop(), answerer.stop()]);
    }));

  it("refuses a wrong password", () =>
    withServer({}, async ({ ports }) => {
      const service = `xmpp://127.0.0.1:${ports.client}`;
      const client = xmppClient({ service, username: "user", password: "pen" });
      const failed = once<Error & { condition: string }>(client, "error");
      client.start().catch(() => {});
      assert.equal((await failed).condition, "not-authorized");
      await client.stop();
    }));

  it("carries text beyond ASCII when characters are not cut", () =>
    withServer({ manners: { splitCharacters: false } }, async (server) => {
      const service = `xmpp://127.0.0.1:${server.ports.client}`;
      const client = xmppClient({ service, username: "other", resource: "b" });
      await client.start();
      const peer = await bound(server);
      const text = "é漢😀".repeat(100);
      for (let round = 0; round < 20; round++) {
        const arrived = once<XmlElement>(client, "stanza");
        peer.write(`<message to='other@${DOMAIN}/b'><body>${text}</body></message>`);
        assert.equal((await arrived).getChild("body")?.getText(), text);
      }
      await client.stop();
    }));
});

describe("server: start and stop", () => {
  it("says in an error's code that a port is taken, and leaves nothing open", () =>
    withServer({}, async ({ ports }) => {
      const taken = startServer({ domain: DOMAIN, port: 0, componentPort: ports.client });
      await assert.rejects(taken, { code: "EADDRINUSE" });
    }));

  const wrong: [string, ServerOptions][] = [
    ["host", { host: "0.0.0.0" }],
    ["host", { host: "192.0.2.1" }],
    ["domain", { domain: "a b" }],
    ["localpart", { accounts: [{ localpart: "a@b", password: "x" }] }],
    ["password", { accounts: [{ localpart: "a", password: "" }] }],
    ["components.domain", { components: [{ domain: "", secret: "x" }] }],
    ["already served", { components: [{ domain: "localhost", secret: "x" }] }],
    ["iterations", { iterations: 0 }],
    ["mechanisms", { mechanisms: [] }],
    ["maxConnections", { maxConnections: 0.5 }],
    ["handshakeTimeoutMs", { handshakeTimeoutMs: -1 }],
    ["resumeTimeoutMs", { resumeTimeoutMs: -1 }],
    ["resumeTimeoutMs", { resumeTimeoutMs: 2 ** 31 }],
    ["maxUnacknowledged", { maxUnacknowledged: 0 }],
    ["maxHibernating ", { maxHibernating: 0 }],
    ["maxHibernatingPerAccount", { maxHibernatingPerAccount: 1.5 }],
  ];
  for (const [field, options] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      await assert.rejects(startServer(options), { message: new RegExp(field) });
    });
  }

  it("has defaults", async () => {
    const server = await startServer();
    assert.equal(server.domain, "localhost");
    assert.equal(server.address, "127.0.0.1");
    assert.equal(server.ports.tls, undefined);
    assert.equal(server.ports.component, undefined);
    assert.equal(server.tlsFingerprint, undefined);
    await server.close();
  });

  it("tells everybody before it stops", async () => {
    const server = await startServer({ domain: DOMAIN, tlsPort: 0 });
    server.addAccount("user", PASSWORD);
    const peer = await bound(server);
    const secure = await connectSecurely(server);
    const halfway = await connect(server.ports.tls!);
    const closed = server.close();
    assert.equal(await peer.streamError(), "system-shutdown");
    assert.equal(await secure.streamError(), "system-shutdown");
    await closed;
    await halfway.closed;
    await assert.rejects(connect(server.ports.client), { code: "ECONNREFUSED" });
  });

  it("cuts a session on demand, without a word", () =>
    withServer({}, async (server) => {
      const peer = await bound(server, "A");
      assert.equal(server.dropSession(`user@${DOMAIN}/a`), false);
      assert.equal(server.dropSession("@"), false);
      assert.equal(server.dropSession(`USER@${DOMAIN}/A`), true);
      assert.deepEqual(server.sessions(), []);
      await peer.closed;
      await assert.rejects(peer.next(), /closed the connection/);
    }));

  it("closes connections above the limit at once", () =>
    withServer({ maxConnections: 1 }, async (server) => {
      const first = await bound(server);
      const second = await connect(server.ports.client);
      await second.closed;
      await first.close();
    }));

  it("drops a peer that does not read", () =>
    withServer({}, async (server) => {
      const deaf = await bound(server, "deaf");
      deaf.socket.pause();
      const sender = await bound(server, "sender", { user: "other" });
      const message = `<message to='user@${DOMAIN}/deaf'><body>${"x".repeat(60_000)}</body></message>`;
      while (server.sessions().length === 2) {
        sender.write(message.repeat(10) + PING);
        // Once the session is gone, messages to it are returned before the ping is answered.
        while ((await sender.next()).get("type") !== "result") continue;
      }
      assert.deepEqual(server.sessions(), [`other@${DOMAIN}/sender`]);
    }));
});

describe("server: tracing", () => {
  interface Trace {
    text: Record<"in" | "out", string>;
    states: Set<string>;
    outgoing: number[];
  }

  async function traced(options: ServerOptions, secure: boolean): Promise<Trace> {
    const trace: Trace = { text: { in: "", out: "" }, states: new Set(), outgoing: [] };
    const onTraffic: ServerOptions["onTraffic"] = (id, direction, bytes, info) => {
      assert.equal(id, 1);
      assert.equal(info.kind, "client");
      assert.equal(info.secure, secure);
      trace.states.add(info.state);
      trace.text[direction] += Buffer.from(bytes).toString("latin1");
      if (direction === "out") trace.outgoing.push(bytes.length);
    };
    await withServer({ ...options, tlsPort: secure ? 0 : undefined, onTraffic }, async (server) => {
      const peer = await (secure ? connectSecurely(server) : connect(server.ports.client));
      await bindAs(peer);
      await peer.ask(PING);
      await peer.close();
    });
    return trace;
  }

  for (const secure of [false, true]) {
    it(`shows plain text in both directions, ${secure ? "with" : "without"} TLS`, async () => {
      const { text, states } = await traced({}, secure);
      assert.match(text.in, /<ping xmlns=/);
      assert.match(text.in, /<\/stream:stream>$/);
      assert.match(text.out, /<\/stream:stream>$/);
      for (const state of ["opening", "authenticating", "binding", "bound"]) {
        assert.ok(states.has(state), state);
      }
    });
  }

  it("cuts the same way with the same seed", async () => {
    const cuts = async (seed: number) => (await traced({ seed }, false)).outgoing.join();
    assert.equal(await cuts(5), await cuts(5));
    assert.notEqual(await cuts(5), await cuts(6));
  });

  it("keeps stanzas whole with split off", async () => {
    const { outgoing } = await traced({ manners: { split: false } }, false);
    // Header and features twice, challenge, success, bind result, pong, footer.
    assert.equal(outgoing.length, 9);
  });
});
