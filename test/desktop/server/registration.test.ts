// XEP-0077 sections 3.1 and 5 on the embedded server, and its bounds.
import assert from "node:assert/strict";
import type { Element } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { EmbeddedServer } from "../../../src/desktop/server/server.js";
import { bindAs, conditionOf, connect, type RawPeer, scram, withServer } from "./peers.js";

const query = (type: string, content = "") =>
  `<iq type='${type}' id='r1'><query xmlns='${NS.register}'>${content}</query></iq>`;

const account = (username: string, password = "secret") =>
  query("set", `<username>${username}</username><password>${password}</password>`);

async function opened({ ports }: EmbeddedServer): Promise<{ peer: RawPeer; features: Element }> {
  const peer = await connect(ports.client);
  return { peer, features: await peer.open() };
}

describe("server: registration", () => {
  it("is off unless asked for", () =>
    withServer({}, async (server) => {
      const { peer, features } = await opened(server);
      assert.equal(features.child("register", NS.registerFeature), undefined);
      peer.write(account("new"));
      assert.equal(await peer.streamError(), "not-authorized");
    }));

  it("tells its fields, makes the account, and lets it in on the same stream", () =>
    withServer({ registration: {} }, async (server) => {
      const { peer, features } = await opened(server);
      assert.ok(features.child("register", NS.registerFeature));
      const form = (await peer.ask(query("get"))).child("query", NS.register);
      const names = form?.elements().map(({ name }) => name);
      assert.deepEqual(names, ["instructions", "username", "password"]);
      const made = await peer.ask(account("New"));
      assert.deepEqual([made.get("type"), made.get("id"), made.children], ["result", "r1", []]);
      assert.equal((await scram(peer, { user: "new", password: "secret" })).name, "success");
      const other = await connect(server.ports.client);
      assert.match(await bindAs(other, "r", { user: "new", password: "secret" }), /^new@/);
      other.socket.destroy();
      peer.socket.destroy();
    }));

  it("says nothing of it to who is logged in, and lets him change nothing", () =>
    withServer({ registration: {} }, async (server) => {
      const peer = await connect(server.ports.client);
      await bindAs(peer);
      for (const request of [query("get"), account("user", "other"), query("set", "<remove/>")]) {
        assert.equal(conditionOf(await peer.ask(request)), "service-unavailable");
      }
      await peer.close();
    }));

  const refused: [name: string, request: string, condition: string][] = [
    ["a name that is taken", account("USER"), "conflict"],
    ["no name", account(""), "not-acceptable"],
    ["a name that is none", account("a b"), "not-acceptable"],
    ["no password", account("new", ""), "not-acceptable"],
    ["a password that is too long", account("new", "x".repeat(1024)), "not-acceptable"],
    ["neither", query("set"), "not-acceptable"],
    ["to remove one", query("set", "<remove/>"), "not-allowed"],
  ];
  for (const [name, request, condition] of refused) {
    it(`refuses ${name}`, () =>
      withServer({ registration: {} }, async (server) => {
        const { peer } = await opened(server);
        assert.equal(conditionOf(await peer.ask(request)), condition);
        // The stream goes on.
        assert.equal((await peer.ask(account("another"))).get("type"), "result");
        peer.socket.destroy();
      }));
  }

  it("is full when it is full", () =>
    withServer({ registration: { maxAccounts: 3 } }, async (server) => {
      const { peer } = await opened(server);
      assert.equal((await peer.ask(account("third"))).get("type"), "result");
      assert.equal(conditionOf(await peer.ask(account("fourth"))), "resource-constraint");
      peer.socket.destroy();
    }));

  it("ends a stream that goes on and on", () =>
    withServer({ registration: {} }, async (server) => {
      const { peer } = await opened(server);
      for (let tries = 0; tries < 6; tries++) await peer.ask(query("get"));
      peer.write(query("get"));
      assert.equal(await peer.streamError(), "policy-violation");
    }));

  it("takes nothing else before the login", () =>
    withServer({ registration: {} }, async (server) => {
      const { peer } = await opened(server);
      peer.write(`<iq type='get' id='1'><ping xmlns='${NS.ping}'/></iq>`);
      assert.equal(await peer.streamError(), "not-authorized");
    }));

  it("sends everybody elsewhere where it is told to", () =>
    withServer({ registration: { url: "https://example.org/join" } }, async (server) => {
      const { peer } = await opened(server);
      const form = (await peer.ask(query("get"))).child("query", NS.register);
      const url = form?.child("x", NS.outOfBand)?.child("url", NS.outOfBand)?.text();
      assert.equal(url, "https://example.org/join");
      assert.equal(conditionOf(await peer.ask(account("new"))), "not-allowed");
      peer.socket.destroy();
    }));

  it("throws and names the bound that is none", async () => {
    const options = { registration: { maxAccounts: 0 } };
    await assert.rejects(
      withServer(options, async () => {}),
      /^RangeError: registration\.maxAccounts/,
    );
  });
});
