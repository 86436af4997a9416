import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { connectComponent, disconnect } from "../../../src/desktop/scopenode/connection.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Refusal, Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { ScopeNodeOptions } from "../../../src/desktop/scopenode/index.js";
import { startFakeServer, until } from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { readPem } from "../openspime/support.js";
import { entryXml, iqXml, NODE_JID, reportXml } from "./support.js";

const options: ScopeNodeOptions = {
  service: "xmpp://127.0.0.1:1",
  domain: "scopenode.openspime.com",
  secret: "secret",
  jid: NODE_JID,
  onReport: () => {},
};

describe("ScopeNode: connection", () => {
  let server: FakeServer | undefined;
  let node: ScopeNode | undefined;

  afterEach(async () => {
    await node?.stop();
    await server?.stop();
    node = server = undefined;
  });

  async function start(changes: Partial<ScopeNodeOptions> = {}) {
    server = await startFakeServer();
    node = await startScopeNode({ ...options, service: server.service, ...changes });
    return { server, node, socket: await server.connection() };
  }

  it("rejects with ECONNREFUSED where nobody listens", async () => {
    const service = `xmpp://127.0.0.1:${await closedPort()}`;
    await assert.rejects(startScopeNode({ ...options, service }), {
      code: "ECONNREFUSED",
      message: /^ScopeNode scopenode\.openspime\.com on xmpp:.*ECONNREFUSED/,
    });
  });

  it("rejects when the server closes before the handshake", async () => {
    server = await startFakeServer((socket) => socket.destroy());
    await assert.rejects(startScopeNode({ ...options, service: server.service }), {
      message: /closed the connection before the handshake/,
    });
  });

  it("rejects when the connection is reset before the stream is open", async () => {
    const resetting = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const service = `xmpp://127.0.0.1:${await listen(resetting)}`;
    // One that nobody handles ends a process, and Mocha does not tell of it.
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    await assert.rejects(startScopeNode({ ...options, service }), { code: "ECONNRESET" });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    resetting.close();
    assert.deepEqual(unhandled, []);
  });

  it("rejects at once when the connection is closed before the stream is open", async () => {
    const closing = createServer((socket) => socket.once("data", () => socket.end()));
    const service = `xmpp://127.0.0.1:${await listen(closing)}`;
    const message = /closed the connection before the handshake/;
    await assert.rejects(startScopeNode({ ...options, service }), { message });
    closing.close();
  });

  it("rejects when the server does not answer the handshake", async () => {
    server = await startFakeServer(() => {});
    const starting = startScopeNode({ ...options, service: server.service });
    await assert.rejects(starting, { message: /did not answer in time/ });
  });

  it("knows its state", async () => {
    const { node } = await start();
    assert.equal(node.jid, NODE_JID);
    assert.equal(node.status, "online");
    await node.stop();
    await node.stop();
    assert.equal(node.status, "stopped");
  });

  it("comes back after a lost connection", async () => {
    const { server, node, socket } = await start();
    socket.destroy();
    await until(() => (node.status === "reconnecting" ? true : undefined));
    await until(() => (node.status === "online" ? true : undefined));
    (await server.connection()).write(iqXml(reportXml(entryXml()), { id: "again" }));
    assert.match(await server.received(/<iq [^>]*>/), /id="again" type="result"/);
  });

  for (const [name, end] of [
    ["the stream's end", "</stream:stream>"],
    ["what is no XML", "</a>"],
  ] as const) {
    it(`survives what comes behind ${name}, and comes back`, async () => {
      const { server, node, socket } = await start();
      socket.setNoDelay(true).write(end);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.write("<iq/>");
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      await until(() => (node.status === "reconnecting" ? true : undefined));
      await until(() => (node.status === "online" ? true : undefined));
      assert.notEqual(await server.connection(), socket);
    });
  }

  it("stays away once stopped", async () => {
    const { server, node, socket } = await start();
    await node.stop();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal(await server.connection(), socket);
  });

  it("reads a stanza that is cut anywhere, inside a character too", async () => {
    const reports: Report[] = [];
    const { server, socket } = await start({ onReport: (one) => void reports.push(one) });
    socket.setNoDelay(true);
    const bytes = Buffer.from(iqXml(reportXml(entryXml({ exposure: "façade 東" }))));
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.received(/type="result"/);
    assert.equal(reports[0]?.entries[0]?.exposure, "façade 東");
  });

  it("answers internal-server-error when onReport throws, and says why", async () => {
    const refusals: Refusal[] = [];
    const { server, socket } = await start({
      onReport: () => {
        throw new Error("disk full");
      },
      onRefused: (refusal) => refusals.push(refusal),
    });
    socket.write(iqXml(reportXml(entryXml())));
    const error = await server.received(/<error.*<\/error>/);
    assert.match(error, /^<error type="wait"><internal-server-error xmlns="[^"]*"\/><\/error>$/);
    const refusal = await until(() => refusals[0]);
    assert.equal(refusal.from, "4a6b-5638-0312111d@spime.openspime.com/spime");
    assert.equal(refusal.condition, "internal-server-error");
    assert.match(refusal.text, /disk full/);
  });

  it("answers internal-server-error when onReport hangs", async () => {
    const { server, socket } = await start({
      onReport: () => new Promise(() => {}),
      reportTimeoutMs: 20,
    });
    socket.write(iqXml(reportXml(entryXml())));
    await server.received(/<error type="wait"><internal-server-error/);
  });

  it("survives an onRefused that throws", async () => {
    const errors: Error[] = [];
    const { server, socket } = await start({
      onRefused: () => {
        throw new Error("no log");
      },
      onError: (error) => errors.push(error),
    });
    socket.write(iqXml(reportXml()));
    await server.received(/inconsistent-data-with-scope/);
    assert.equal((await until(() => errors[0])).message, "no log");
  });

  it("warns of a key that is short for today", async () => {
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    await start({ key: readPem("scopenode-1024"), onWarning });
    assert.deepEqual(warnings, ["ScopeNode key: 1024 bits are weak, use 2048"]);
  });

  it("answers no reply, message or presence", async () => {
    const { server, socket } = await start();
    const silent = ["result", "error"].map((type) => iqXml("", { type, id: "silent" }));
    const addresses = `from='a@b/c' to='${NODE_JID}' id='silent'`;
    silent.push(`<message ${addresses}/>`, `<presence ${addresses}/>`);
    socket.write(silent.join("") + iqXml("", { id: "asked" }));
    assert.match(await server.received(/<iq [^>]*>/), /id="asked" type="error"/);
  });

  it("tries again where the handshake of a reconnection comes too late", async () => {
    let attempts = 0;
    server = await startFakeServer((socket) => {
      attempts += 1;
      setTimeout(() => socket.write("<handshake/>"), attempts === 2 ? 60 : 0);
    });
    const errors: Error[] = [];
    const entity = await connectComponent({
      ...options,
      service: server.service,
      onlineTimeoutMs: 500,
      onStanza: () => {},
      onError: (error) => void errors.push(error),
    });
    entity.timeout = 30;
    entity.reconnect.delay = 10;
    (await server.connection()).destroy();
    await until(() => (attempts === 2 && errors.length > 0 ? true : undefined));
    entity.timeout = 2000;
    await until(() => (entity.status === "online" ? true : undefined));
    assert.equal(attempts, 3);
    await disconnect(entity);
    assert.deepEqual(
      errors.map(({ name }) => name),
      ["TimeoutError"],
    );
  });

  const mistakes: [string, Partial<ScopeNodeOptions>][] = [
    ["service", { service: "127.0.0.1:5347" }],
    ["domain", { domain: "", jid: "" }],
    ["secret", { secret: "sécret" }],
    ["jid", { jid: "775b@elsewhere.example/co2" }],
    ["scope.lat", { scope: { lat: { min: 1, max: 0 } } }],
  ];
  for (const [field, changes] of mistakes) {
    it(`throws and names ${field}`, async () => {
      await assert.rejects(startScopeNode({ ...options, ...changes }), (error: Error) => {
        return error instanceof TypeError && error.message.startsWith(`${field}:`);
      });
    });
  }
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
