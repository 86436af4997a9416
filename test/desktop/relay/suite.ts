// A relay between two PubSub services of a server (OpenSpime 1.2.0), once for each server.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import {
  createQuery,
  itemsOf,
  publishQuery,
  SEEK_NODE,
  subscribeQuery,
} from "../../../src/desktop/openspime/pubsub.js";
import type { PublishedItem } from "../../../src/desktop/openspime/pubsub.js";
import { seekRequest } from "../../../src/desktop/openspime/seek.js";
import { isSignatureOf, sign } from "../../../src/desktop/openspime/signature.js";
import { startRelay } from "../../../src/desktop/relay/index.js";
import type { ItemIdentity, Relay, RelayOptions } from "../../../src/desktop/relay/index.js";
import { privateKey, publicKey } from "../openspime/support.js";
import { until } from "../scopenode/fake-server.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";

const DOMAIN = "spime.example";
const ONE = "one.example";
const TWO = "two.example";
const RELAYS = ["relay-one.example", "relay-two.example"];
const PASSWORD = "correct horse";
const SECRET = "battery staple";
const OSID = `4A6B-5638-0312111D@${DOMAIN}/spime`;

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [{ localpart: "watcher", password: PASSWORD }],
  components: RELAYS.map((domain) => ({ domain, secret: SECRET })),
  pubsub: [ONE, TWO],
};

export function describeRelayOn(fixture: ServerFixture): void {
  const { name, skipped } = fixture;
  const title = `Relay on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

interface Seen extends PublishedItem {
  readonly service: string;
}

function defineSuite(fixture: ServerFixture): void {
  let server: TestServer;
  let watcher: Entity;
  let node: string;
  const seen: Seen[] = [];
  const relays: Relay[] = [];
  const relayed: ItemIdentity[] = [];
  const errors: Error[] = [];

  before(async () => {
    server = await fixture.start(setup);
    const service = `xmpp://${server.host}:${server.c2sPort}`;
    const login = { username: "watcher", password: PASSWORD, resource: "w" };
    watcher = client({ service, domain: DOMAIN, ...login });
    watcher.on("error", () => {});
    watcher.on("connect", () => watcher.socket?.setEncoding("utf8"));
    watcher.on("stanza", (stanza: Element) => {
      const { from: service = "" } = stanza.attrs;
      seen.push(...itemsOf(stanza).map((item) => ({ ...item, service })));
    });
    await watcher.start();
  });

  after(async () => {
    await watcher?.stop();
    await server?.stop();
  });

  beforeEach(async () => {
    seen.length = relayed.length = errors.length = 0;
    node = `node-${randomUUID()}`;
    for (const service of [ONE, TWO]) {
      await ask(service, createQuery(node));
      await ask(service, subscribeQuery(node, `watcher@${DOMAIN}/w`));
    }
  });

  afterEach(async () => {
    for (const relay of relays.splice(0)) await relay.stop();
  });

  function ask(to: string, query: Element): Promise<Element> {
    return watcher.iqCaller.request(xml("iq", { type: "set", to }, query));
  }

  async function start(
    [from, to]: readonly [string, string],
    changes: Partial<RelayOptions> = {},
  ): Promise<Relay> {
    const relay = await startRelay({
      service: `xmpp://${server.host}:${server.componentPort}`,
      domain: RELAYS[relays.length] ?? assert.fail(),
      secret: SECRET,
      from: { service: from, node },
      to: { service: to, node },
      onRelayed: (identity) => void relayed.push(identity),
      onError: (error) => void errors.push(error),
      ...changes,
    });
    relays.push(relay);
    return relay;
  }

  const publish = (itemId: string, payload: Element) =>
    ask(ONE, publishQuery(node, itemId, payload));

  /** The payload goes over the stream as it is written here. */
  function writePublication(itemId: string, payload: string): void {
    const query = String(publishQuery(node, itemId, xml("payload"))).replace("<payload/>", payload);
    watcher.socket?.write(`<iq type='set' id='${itemId}' to='${ONE}'>${query}</iq>`);
  }

  const note = (text: string) => xml("note", { xmlns: "urn:note" }, text);

  /** The items seen at a service, once the last of them is there. */
  async function itemsAt(service: string, last: string): Promise<string[]> {
    const here = () => seen.filter((item) => item.service === service && item.node === node);
    await until(() => here().find(({ id }) => id === last));
    return here().map(({ id }) => id);
  }

  it("publishes to the other service what it is told by the one, as it was", async () => {
    await start([ONE, TWO]);
    await publish("i1", seek(`a"&'<é漢😀`));
    assert.deepEqual(await itemsAt(TWO, "i1"), ["i1"]);
    const [{ payload = assert.fail() } = assert.fail()] = seen.filter(
      (item) => item.service === TWO,
    );
    assert.equal(payload.getNS(), "openspime:protocol:core");
    const openspime = payload as Element;
    const request = openspime.getChild("transport")?.getChildElements()[0] ?? assert.fail();
    const signature = openspime.getChild("originator")?.getChild("sign")?.getText() ?? "";
    assert.ok(isSignatureOf(request, signature, publicKey("spime-1024")));
    const osid = OSID.replace("4A6B-5638-0312111D", "4a6b-5638-0312111d");
    const identity = await until(() => relayed[0]);
    const { digest, ...rest } = identity;
    assert.match(digest, /^[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(rest, { itemId: "i1", request: { osid, id: `a"&'<é漢😀` } });
  });

  it("publishes a request once, also under another item's id", async () => {
    await start([ONE, TWO]);
    await publish("i1", seek("r1"));
    await publish("i2", seek("r1"));
    await publish("i3", seek("r1", `other@${DOMAIN}/spime`));
    await publish("i4", seek("r2"));
    assert.deepEqual(await itemsAt(TWO, "i4"), ["i1", "i3", "i4"]);
  });

  it("is kept from no request by one that somebody forged before, with its osid and id", async () => {
    await start([ONE, TWO]);
    const forged = seek("r1");
    const signature = forged.getChild("originator")?.getChild("sign") ?? assert.fail();
    signature.children = ["AAAA"];
    await publish("i1", forged);
    await publish("i2", seek("r1"));
    await publish("i3", forged);
    await publish("i4", seek("r1"));
    await publish("i5", seek("r2"));
    assert.deepEqual(await itemsAt(TWO, "i5"), ["i1", "i2", "i5"]);
  });

  it("knows a request again that is written otherwise", async () => {
    await start([ONE, TWO]);
    const text = String(seek("r1"));
    const other = text
      .replace(/(xmlns="openspime[^"]*") (version="[^"]*")/, "$2 $1")
      .replaceAll(/="([^"]*)"/g, " = '$1'")
      .replace("services@", "&#x73;ervices&#64;")
      .replace("<transport>", "<transport >");
    assert.notEqual(other, text);
    await publish("i1", seek("r1"));
    writePublication("i2", other);
    await publish("i3", seek("r2"));
    assert.deepEqual(await itemsAt(TWO, "i3"), ["i1", "i3"]);
    assert.deepEqual(errors, []);
  });

  it("tells anything else by the item's id and by what is in it", async () => {
    await start([ONE, TWO]);
    await publish("i1", note("one"));
    await publish("i1", note("one"));
    await publish("i1", note("again"));
    await publish("i2", note("again"));
    assert.deepEqual(await itemsAt(TWO, "i2"), ["i1", "i1", "i2"]);
    await until(() => relayed[2]);
    assert.deepEqual(
      relayed.map(({ itemId, request }) => [itemId, request]),
      ["i1", "i1", "i2"].map((id) => [id, undefined]),
    );
  });

  it("says that what is nested too deep is not relayed", async () => {
    await start([ONE, TWO]);
    const nested = Array.from({ length: 65 }).reduce<Element>(
      (inner) => xml("b", {}, inner),
      note("x"),
    );
    await publish("i1", xml("a", { xmlns: "urn:note" }, nested));
    await publish("i2", note("x"));
    assert.deepEqual(await itemsAt(TWO, "i2"), ["i2"]);
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["item i1 is not relayed: it has no canonical form"],
    );
  });

  it("in a circle ends: every subscriber sees a request twice at most", async () => {
    await start([ONE, TWO]);
    await start([TWO, ONE]);
    await publish("i1", seek("r1"));
    // The order is kept all round: a third r1 would come before the second r2.
    assert.deepEqual(await itemsAt(TWO, "i1"), ["i1"]);
    await until(() =>
      seen.filter(({ service }) => service === ONE).length === 2 ? true : undefined,
    );
    await publish("i2", seek("r2"));
    await until(() => (seen.filter(({ id }) => id === "i2").length === 3 ? true : undefined));
    await publish("i3", seek("r3"));
    await until(() => (seen.filter(({ id }) => id === "i3").length === 3 ? true : undefined));
    const idsAt = (service: string) =>
      seen.filter((item) => item.service === service).map(({ id }) => id);
    assert.deepEqual(idsAt(ONE), ["i1", "i1", "i2", "i2", "i3", "i3"]);
    assert.deepEqual(idsAt(TWO), ["i1", "i2", "i3"]);
  });

  it("forgets what was longest ago", async () => {
    await start([ONE, TWO], { memory: 1 });
    for (const id of ["i1", "i2", "i1", "i1", "i3"]) await publish(id, note(id));
    assert.deepEqual(await itemsAt(TWO, "i3"), ["i1", "i2", "i1", "i3"]);
  });

  it("passes over other nodes and messages that are no events of its service", async () => {
    await start([ONE, TWO]);
    const [relay = assert.fail()] = relays;
    const items = xml("items", { node }, xml("item", { id: "forged" }, note("x")));
    const event = xml("event", { xmlns: "http://jabber.org/protocol/pubsub#event" }, items);
    await watcher.send(xml("message", { to: relay.jid }, event));
    await watcher.send(xml("message", { to: relay.jid }, xml("body", {}, "hello")));
    const other = `${node}-other`;
    await ask(ONE, createQuery(other));
    await ask(ONE, publishQuery(other, "elsewhere", note("x")));
    await publish("i1", note("x"));
    assert.deepEqual(await itemsAt(TWO, "i1"), ["i1"]);
    assert.deepEqual(errors, []);
  });

  it("may publish to a node of another name, and make it", async () => {
    const other = `${node}-other`;
    await start([ONE, TWO], { to: { service: TWO, node: other } });
    await ask(TWO, subscribeQuery(other, `watcher@${DOMAIN}/w`));
    await publish("i1", note("x"));
    const item = await until(() => seen.find(({ service }) => service === TWO));
    assert.equal(item.node, other);
  });

  it("takes the document's node where none is named", async () => {
    await start([ONE, TWO], { from: { service: ONE }, to: { service: TWO } });
    await ask(TWO, subscribeQuery(SEEK_NODE, `watcher@${DOMAIN}/w`));
    await ask(ONE, publishQuery(SEEK_NODE, "i1", note("x")));
    const item = await until(() => seen.find(({ service }) => service === TWO));
    assert.equal(item.node, SEEK_NODE);
  });

  it("rejects, and says which of the services it cannot use", async () => {
    await assert.rejects(start([`nobody.${ONE}`, TWO]), {
      place: "from",
      message: /^cannot subscribe to node-\S+ of nobody\.one\.example: \S/,
    });
    await assert.rejects(start([ONE, `nobody.${TWO}`]), {
      place: "to",
      message: /^cannot publish to node-\S+ of nobody\.two\.example: \S/,
    });
  });

  it("rejects when the server refuses its secret", async () => {
    await assert.rejects(start([ONE, TWO], { secret: "wrong" }), {
      code: "not-authorized",
      message: /^relay relay-one\.example on xmpp:\S+: component secret refused/,
    });
  });

  const queries: [name: string, type: string, query: Element, answer: string][] = [
    ["a ping", "get", xml("ping", { xmlns: "urn:xmpp:ping" }), "result"],
    ["what it is", "get", disco(), "result"],
    ["a node", "get", disco("x"), "item-not-found"],
    ["something else", "get", xml("query", { xmlns: "jabber:iq:version" }), "service-unavailable"],
    ["a set", "set", disco(), "service-unavailable"],
  ];
  for (const [name, type, query, expected] of queries) {
    it(`answers ${name} with ${expected}`, async () => {
      const { jid: to } = await start([ONE, TWO]);
      const reply = watcher.iqCaller.request(xml("iq", { type, to }, query));
      const answer = await reply.then(
        () => "result",
        (error: { condition: string }) => error.condition,
      );
      assert.equal(answer, expected);
    });
  }
}

function disco(node?: string): Element {
  return xml("query", { xmlns: "http://jabber.org/protocol/disco#info", ...(node && { node }) });
}

/** A signed request of section 1.2.0. */
function seek(id: string, osid = OSID): Element {
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  const request = seekRequest({ id, spimeId: OSID, expiresAt, isEncryptionRequired: false });
  const signature = xml("sign", {}, sign(request, privateKey("spime-1024")));
  return xml(
    "openspime",
    { xmlns: "openspime:protocol:core", version: "0.9" },
    xml("originator", { cert: `services@${DOMAIN}/cert`, osid }, signature),
    xml("transport", {}, request),
  );
}
