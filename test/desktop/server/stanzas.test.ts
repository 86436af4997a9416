import assert from "node:assert/strict";
import type { Element } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { EmbeddedServer } from "../../../src/desktop/server/server.js";
import { bound, conditionOf, DOMAIN, type RawPeer, withServer } from "./peers.js";

const OTHER = { user: "other" };
const ping = (to: string) =>
  `<iq type='get' id='p1'${to === "" ? "" : ` to='${to}'`}><ping xmlns='${NS.ping}'/></iq>`;
const openspime = (to: string, extra = "") =>
  `<iq type='set' id='o1' to='${to}' ${extra}><openspime xmlns='openspime:protocol:core' ` +
  `version='0.9'><transport/></openspime></iq>`;

async function pair(server: EmbeddedServer): Promise<[RawPeer, RawPeer]> {
  return [await bound(server, "A"), await bound(server, "b", OTHER)];
}

/** What comes next must be the reply to a ping: nothing else was under way. */
async function nothingFor(peer: RawPeer): Promise<void> {
  const pong = await peer.ask(ping(DOMAIN));
  assert.equal(pong.get("id"), "p1");
  assert.equal(pong.get("type"), "result");
}

describe("server: stanzas", () => {
  it("carries an unknown iq to a full JID and its reply back", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(openspime(`OTHER@${DOMAIN.toUpperCase()}/b`));
      const request = await b.next();
      assert.equal(request.get("from"), `user@${DOMAIN}/A`);
      assert.equal(request.get("to"), `other@${DOMAIN}/b`);
      const content = request.child("openspime", "openspime:protocol:core");
      assert.ok(content?.child("transport", "openspime:protocol:core"));
      b.write(`<iq type='result' id='o1' to='${request.get("from")}'/>`);
      const reply = await a.next();
      assert.equal(reply.get("from"), `other@${DOMAIN}/b`);
      assert.equal(reply.get("id"), "o1");
    }));

  it("replaces a forged from", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(openspime(`other@${DOMAIN}/b`, `from='admin@${DOMAIN}/x'`));
      assert.equal((await b.next()).get("from"), `user@${DOMAIN}/A`);
    }));

  it("tells resources apart by case", () =>
    withServer({}, async (server) => {
      const [a] = await pair(server);
      const error = await a.ask(openspime(`other@${DOMAIN}/B`));
      assert.equal(conditionOf(error), "service-unavailable");
      assert.equal(error.get("from"), `other@${DOMAIN}/B`);
      assert.equal(error.get("to"), `user@${DOMAIN}/A`);
    }));

  it("adds xml:lang, that of the sender's stream, where there is none", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(`<message to='other@${DOMAIN}/b'><body>x</body></message>`);
      assert.equal((await b.next()).get("xml:lang"), "en");
      a.write(`<message xml:lang='it' to='other@${DOMAIN}/b'><body>x</body></message>`);
      assert.equal((await b.next()).get("xml:lang"), "it");
    }));

  it("carries any character in any pieces", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      const text = "é漢😀]]&gt;&amp;&lt;'&quot;".repeat(50);
      for (let round = 0; round < 20; round++) {
        a.write(`<message to='other@${DOMAIN}/b'><body>${text}</body></message>`);
        const body = (await b.next()).child("body", NS.client)?.text();
        assert.equal(body, `é漢😀]]>&<'"`.repeat(50));
      }
      assert.ok(b.chunks.some((chunk) => (chunk[0] & 0xc0) === 0x80));
    }));

  it("keeps foreign namespaces, prefixed attributes and a stanza inside a stanza", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(
        `<message to='other@${DOMAIN}/b'><f xmlns='urn:f' xmlns:g='urn:g' g:h='1'>` +
          `<message xmlns='jabber:client'/><g:i/><none xmlns=''/></f></message>`,
      );
      const forwarded = (await b.next()).child("f", "urn:f");
      assert.equal(forwarded?.get("{urn:g}h"), "1");
      const inside = forwarded?.elements().map((child) => [child.namespace, child.name]);
      assert.deepEqual(inside, [
        ["jabber:client", "message"],
        ["urn:g", "i"],
        ["", "none"],
      ]);
    }));

  const answers = async (request: string): Promise<Element> => {
    let answer: Element | undefined;
    await withServer({}, async (server) => {
      answer = await (await bound(server, "A")).ask(request);
    });
    return answer!;
  };

  for (const to of [DOMAIN, "", `user@${DOMAIN}`]) {
    it(`answers ping and disco#info for "${to}", and nothing else`, async () => {
      assert.equal((await answers(ping(to))).get("type"), "result");
      const info = await answers(
        ping(to).replace(`ping xmlns='${NS.ping}`, "query xmlns='" + NS.discoInfo),
      );
      const query = info.child("query", NS.discoInfo);
      const category = query?.child("identity", NS.discoInfo)?.get("category");
      assert.equal(category, to === DOMAIN ? "server" : "account");
      const unknown = await answers(ping(to).replace(NS.ping, "urn:unknown"));
      assert.equal(conditionOf(unknown), "service-unavailable");
      const set = await answers(ping(to).replace("get", "set"));
      assert.equal(conditionOf(set), "service-unavailable");
    });
  }

  it("answers for the own account with the bare JID or without from", () =>
    withServer({}, async (server) => {
      const peer = await bound(server, "A");
      const seen = new Set<string | undefined>();
      for (let round = 0; round < 40; round++) seen.add((await peer.ask(ping(""))).get("from"));
      assert.deepEqual(seen, new Set([undefined, `user@${DOMAIN}`]));
    }));

  const errors: [string, string, string][] = [
    ["an iq to a JID that is offline", ping(`user@${DOMAIN}/gone`), "service-unavailable"],
    ["an iq to another's bare JID", ping(`other@${DOMAIN}`), "service-unavailable"],
    ["an iq to no account", ping(`nobody@${DOMAIN}`), "service-unavailable"],
    ["an iq to another domain", ping("elsewhere.example"), "remote-server-not-found"],
    ["an iq to no JID", ping("a@b@c d"), "jid-malformed"],
    ["an iq without id", ping(DOMAIN).replace("id='p1'", ""), "bad-request"],
    ["an iq of no known type", ping(DOMAIN).replace("get", "ask"), "bad-request"],
    ["an iq with no payload", `<iq type='get' id='1' to='${DOMAIN}'/>`, "bad-request"],
    ["a get with two payloads", "<iq type='get' id='1'><a xmlns='b'/><c/></iq>", "bad-request"],
    ["a message to a resource gone", `<message to='user@${DOMAIN}/x'/>`, "service-unavailable"],
    ["a message to nobody", `<message to='nobody@${DOMAIN}'/>`, "service-unavailable"],
  ];
  for (const [what, request, condition] of errors) {
    it(`answers ${what} with ${condition}`, async () => {
      assert.equal(conditionOf(await answers(request)), condition);
    });
  }

  it("never answers results, errors and presence", () =>
    withServer({}, async (server) => {
      const peer = await bound(server, "A");
      for (const to of ["elsewhere.example", DOMAIN, `user@${DOMAIN}`, `other@${DOMAIN}/x`]) {
        peer.write(`<iq type='result' id='1' to='${to}'/><iq type='error' id='1' to='${to}'/>`);
        peer.write(`<message type='error' to='${to}'/><presence to='${to}'/><presence/>`);
      }
      peer.write("<iq type='result'/>");
      const bounced = await peer.next();
      assert.ok(bounced.is("message", NS.client), "only the message to the own account");
      await nothingFor(peer);
    }));

  it("delivers a message to a bare JID to every connected resource", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      const second = await bound(server, "c", OTHER);
      a.write(`<message to='other@${DOMAIN}'><body>x</body></message>`);
      for (const peer of [b, second]) assert.equal((await peer.next()).name, "message");
    }));

  it("delivers a chat to another resource, any other message to none", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(`<message type='chat' to='other@${DOMAIN}/gone'><body>x</body></message>`);
      assert.equal((await b.next()).get("type"), "chat");
      const error = await a.ask(`<message to='other@${DOMAIN}/gone'><body>x</body></message>`);
      assert.equal(conditionOf(error), "service-unavailable");
      await nothingFor(b);
    }));

  it("delivers directed presence", () =>
    withServer({}, async (server) => {
      const [a, b] = await pair(server);
      a.write(`<presence to='other@${DOMAIN}/b'/>`);
      assert.equal((await b.next()).name, "presence");
    }));

  it("routes to a service of its own, and answers for it when it fails", () =>
    withServer({}, async (server) => {
      server.registerService("pubsub.example", (stanza, send) => {
        if (stanza.get("id") === "o1") throw new Error("broken");
        const [from, to] = [stanza.get("to")!, stanza.get("from")!];
        stanza.set("from", from);
        stanza.set("to", to);
        stanza.set("type", "result");
        send(stanza);
      });
      const peer = await bound(server);
      const reply = await peer.ask(ping("node@pubsub.example"));
      assert.equal(reply.get("type"), "result");
      assert.equal(reply.get("from"), "node@pubsub.example");
      const failed = await peer.ask(openspime("pubsub.example"));
      assert.equal(conditionOf(failed), "internal-server-error");
      assert.throws(() => server.registerService(DOMAIN, () => {}), /already served/);
    }));
});
