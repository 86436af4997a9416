import assert from "node:assert/strict";
import { NS } from "../../../src/desktop/server/namespaces.js";
import {
  auth,
  base64,
  bindAs,
  bindRequest,
  bound,
  conditionOf,
  connect,
  connectSecurely,
  DOMAIN,
  HEADER,
  PASSWORD,
  type RawPeer,
  response,
  scram,
  withServer,
} from "./peers.js";
import type { Element } from "../../../src/desktop/server/element.js";

const mechanismsIn = (features: Element) =>
  features
    .child("mechanisms", NS.sasl)!
    .elements()
    .map((mechanism) => mechanism.text());

const failureOf = (element: Element) => {
  assert.ok(element.is("failure", NS.sasl));
  return element.elements()[0].name;
};

async function opened(port: number): Promise<RawPeer> {
  const peer = await connect(port);
  await peer.open();
  return peer;
}

const plain = (user: string, password: string, authzid = "") =>
  auth("PLAIN", base64(`${authzid}\0${user}\0${password}`));

describe("server: login", () => {
  for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-1"] as const) {
    it(`takes ${mechanism} and proves itself`, () =>
      withServer({}, async ({ ports }) => {
        const peer = await opened(ports.client);
        assert.equal((await scram(peer, { mechanism })).name, "success");
        const features = await peer.reopen();
        assert.ok(features.child("bind", NS.bind));
        assert.ok(features.child("session", NS.session)?.child("optional", NS.session));
        await peer.close();
      }));
  }

  it("answers the header with its own domain, an id, and the peer's address", () =>
    withServer({}, async ({ ports }) => {
      const peer = await connect(ports.client);
      const features = await peer.open(HEADER.replace("to=", `from='USER@${DOMAIN}/r' to=`));
      assert.deepEqual(mechanismsIn(features), ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
      assert.equal(peer.header?.get("from"), DOMAIN);
      assert.equal(peer.header?.get("to"), `user@${DOMAIN}`);
      assert.equal(peer.header?.get("version"), "1.0");
      assert.match(peer.header?.get("id") ?? "", /^[0-9a-f]{24}$/);
      await peer.close();
    }));

  it("offers and takes only the mechanisms it is told to", () =>
    withServer({ mechanisms: ["SCRAM-SHA-1"] }, async ({ ports }) => {
      const peer = await connect(ports.client);
      assert.deepEqual(mechanismsIn(await peer.open()), ["SCRAM-SHA-1"]);
      assert.equal(failureOf(await scram(peer)), "invalid-mechanism");
      assert.equal((await scram(peer, { mechanism: "SCRAM-SHA-1" })).name, "success");
      await peer.reopen();
      await peer.close();
    }));

  it("gives the iterations it is told to", () =>
    withServer({ iterations: 10_000 }, async ({ ports }) => {
      const peer = await opened(ports.client);
      const challenge = await peer.ask(auth("SCRAM-SHA-1", base64("n,,n=user,r=abc")));
      assert.match(Buffer.from(challenge.text(), "base64").toString(), /^r=abc.*,i=10000$/);
      await peer.close();
    }));

  it("does not tell a wrong password from an unknown account", () =>
    withServer({}, async ({ ports }) => {
      const peer = await opened(ports.client);
      assert.equal(failureOf(await scram(peer, { password: "pen" })), "not-authorized");
      assert.equal(failureOf(await scram(peer, { user: "nobody" })), "not-authorized");
      assert.equal((await scram(peer)).name, "success");
      await peer.reopen();
      await peer.close();
    }));

  it("gives an unknown account the same salt every time", () =>
    withServer({}, async ({ ports }) => {
      const peer = await opened(ports.client);
      const salts = [];
      for (let round = 0; round < 2; round++) {
        const challenge = await peer.ask(auth("SCRAM-SHA-1", base64("n,,n=nobody,r=abc")));
        salts.push(/s=[^,]*/.exec(Buffer.from(challenge.text(), "base64").toString())![0]);
        assert.equal(failureOf(await peer.ask(`<abort xmlns='${NS.sasl}'/>`)), "aborted");
      }
      assert.equal(salts[0], salts[1]);
      await peer.close();
    }));

  const refusals: [string, string, string][] = [
    ["an unknown mechanism", auth("X-OAUTH2", ""), "invalid-mechanism"],
    ["PLAIN without TLS", plain("user", PASSWORD), "encryption-required"],
    ["what is not base64", auth("SCRAM-SHA-1", "n,,n=user"), "incorrect-encoding"],
    ["base64 of nonsense", auth("SCRAM-SHA-1", base64("nonsense")), "malformed-request"],
    ["an empty message", auth("SCRAM-SHA-1", "="), "malformed-request"],
    [
      "channel binding, which is not offered",
      auth("SCRAM-SHA-1", base64("p=tls-unique,,n=user,r=abc")),
      "malformed-request",
    ],
    ["a bad localpart", auth("SCRAM-SHA-1", base64("n,,n=a b,r=abc")), "not-authorized"],
    [
      "acting for another",
      auth("SCRAM-SHA-1", base64(`n,a=other@${DOMAIN},n=user,r=abc`)),
      "invalid-authzid",
    ],
    ["a response to nothing", response("x"), "malformed-request"],
    ["an unknown request", `<what xmlns='${NS.sasl}'/>`, "malformed-request"],
  ];
  for (const [what, request, condition] of refusals) {
    it(`refuses ${what}`, () =>
      withServer({}, async ({ ports }) => {
        const peer = await opened(ports.client);
        assert.equal(failureOf(await peer.ask(request)), condition);
        assert.equal((await scram(peer)).name, "success");
        await peer.reopen();
        await peer.close();
      }));
  }

  it("refuses a final message that does not fit, and a second start", () =>
    withServer({}, async ({ ports }) => {
      const peer = await opened(ports.client);
      const first = auth("SCRAM-SHA-1", base64("n,,n=user,r=abc"));
      await peer.ask(first);
      assert.equal(failureOf(await peer.ask(response("c=biws"))), "malformed-request");
      await peer.ask(first);
      assert.equal(failureOf(await peer.ask(first)), "malformed-request");
      await peer.close();
    }));

  it("takes the first message in a response of its own", () =>
    withServer({}, async ({ ports }) => {
      const peer = await opened(ports.client);
      const empty = await peer.ask(auth("SCRAM-SHA-1", ""));
      assert.ok(empty.is("challenge", NS.sasl));
      assert.equal(empty.text(), "");
      const challenge = await peer.ask(response("n,,n=user,r=abc"));
      assert.match(Buffer.from(challenge.text(), "base64").toString(), /^r=abc/);
      await peer.close();
    }));

  it("sends away whoever fails three times", () =>
    withServer({}, async ({ ports }) => {
      const peer = await opened(ports.client);
      for (let attempt = 0; attempt < 3; attempt++) {
        assert.equal(failureOf(await scram(peer, { password: "pen" })), "not-authorized");
      }
      assert.equal(await peer.streamError(), "policy-violation");
    }));
});

describe("server: direct TLS", () => {
  it("takes PLAIN, and shows the certificate it says it has", () =>
    withServer({ tlsPort: 0 }, async (server) => {
      const peer = await connectSecurely(server);
      const offered = mechanismsIn(await peer.open());
      assert.deepEqual(offered, ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]);
      assert.equal((await peer.ask(plain("USER", PASSWORD))).name, "success");
      await peer.reopen();
      const result = await peer.ask(bindRequest("r"));
      assert.match(result.child("bind", NS.bind)!.child("jid", NS.bind)!.text(), /^user@/);
      await peer.close();
      assert.match(server.tlsFingerprint ?? "", /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    }));

  it("refuses PLAIN with a wrong password, for another, or malformed", () =>
    withServer({ tlsPort: 0 }, async (server) => {
      const peer = await connectSecurely(server);
      await peer.open();
      assert.equal(failureOf(await peer.ask(plain("user", "pen"))), "not-authorized");
      const forOther = plain("user", PASSWORD, `other@${DOMAIN}`);
      assert.equal(failureOf(await peer.ask(forOther)), "invalid-authzid");
      assert.equal(failureOf(await peer.ask(auth("PLAIN", "AAAA"))), "malformed-request");
      assert.equal(await peer.streamError(), "policy-violation");
    }));

  it("survives a peer that does not speak TLS", () =>
    withServer({ tlsPort: 0 }, async (server) => {
      const stray = await connect(server.ports.tls!);
      stray.socket.on("data", () => stray.socket.destroy());
      stray.socket.end(HEADER);
      await stray.closed;
      const peer = await connectSecurely(server);
      await bindAs(peer);
      await peer.close();
    }));
});

describe("server: resource binding", () => {
  it("folds the localpart, keeps the resource", () =>
    withServer({ accounts: [{ localpart: "4a6b-0F", password: PASSWORD }] }, async (server) => {
      const peer = await connect(server.ports.client);
      assert.equal(await bindAs(peer, "Web", { user: "4A6B-0f" }), `4a6b-0f@${DOMAIN}/Web`);
      assert.deepEqual(server.sessions(), [`4a6b-0f@${DOMAIN}/Web`]);
      await peer.close();
      assert.deepEqual(server.sessions(), []);
    }));

  it("invents a resource", () =>
    withServer({}, async (server) => {
      const jids = [];
      for (let count = 0; count < 2; count++) {
        jids.push(await bindAs(await connect(server.ports.client), ""));
      }
      assert.match(jids[0], /^user@spime\.example\/[0-9a-f]{16}$/);
      assert.notEqual(jids[0], jids[1]);
      assert.deepEqual(server.sessions(), jids);
    }));

  it("refuses a resource with control characters, and lets try again", () =>
    withServer({}, async (server) => {
      const peer = await connect(server.ports.client);
      await peer.open();
      await scram(peer);
      await peer.reopen();
      assert.equal(conditionOf(await peer.ask(bindRequest("a&#x7f;"))), "bad-request");
      assert.equal((await peer.ask(bindRequest("a"))).get("type"), "result");
      assert.equal(conditionOf(await peer.ask(bindRequest("b"))), "not-allowed");
      await peer.close();
    }));

  it("gives a full JID to the newer stream", () =>
    withServer({}, async (server) => {
      const older = await bound(server, "r");
      const newer = await bound(server, "r");
      assert.equal(await older.streamError(), "conflict");
      assert.deepEqual(server.sessions(), [`user@${DOMAIN}/r`]);
      const pong = await newer.ask(`<iq type='get' id='1'><ping xmlns='${NS.ping}'/></iq>`);
      assert.equal(pong.get("type"), "result");
      await newer.close();
      assert.deepEqual(server.sessions(), []);
    }));

  it("takes the session request of RFC 3921", () =>
    withServer({}, async (server) => {
      const peer = await bound(server);
      const result = await peer.ask(`<iq type='set' id='s1'><session xmlns='${NS.session}'/></iq>`);
      assert.equal(result.get("type"), "result");
      assert.equal(result.get("id"), "s1");
      await peer.close();
    }));
});
