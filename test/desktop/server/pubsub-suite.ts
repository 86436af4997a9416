// PubSub as SpimeSeek uses it, on a server: the same suite for each server the project works with. Where the
// servers differ the fixture says how; the head of src/desktop/server/pubsub.ts has the list.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { component } from "@xmpp/component";
import {
  createQuery,
  itemsOf,
  type PublishedItem,
  publishQuery,
  subscribeQuery,
} from "../../../src/desktop/openspime/pubsub.js";
import { isSignatureOf, sign } from "../../../src/desktop/openspime/signature.js";
import { seekRequest } from "../../../src/desktop/openspime/seek.js";
import { privateKey, publicKey } from "../openspime/support.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { openspimeXml, parseStanza, transportXml } from "../scopenode/support.js";

export interface PubSubFixture extends ServerFixture {
  /** What it answers otherwise than the other. */
  readonly answers: {
    /** Children of the result for an item that the publisher named. */
    readonly named: string;
    readonly subscribingAnother: string;
    readonly notSubscribed: string;
    readonly withoutPayload: string;
    readonly withoutItem: string;
    /** Publishing to a node that was made by the way, by who is no administrator. */
    readonly publishingToMadeNode: string;
    /** Leaving with an address that has bounced an event. */
    readonly leavingAfterBounce: string;
    readonly eventType: string | undefined;
    /** What a publisher who has subscribed gets first. */
    readonly first: "iq" | "message";
  };
}

const DOMAIN = "spime.example";
const PUBSUB = "pubsub.example";
const COMPONENT = "scopenode.example";
const PASSWORD = "correct horse";
const SECRET = "battery staple";
/** Not the component's own address, and so nobody special to the servers. */
const STRANGER = `stranger@${COMPONENT}/x`;

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: ["board", "owner"].map((localpart) => ({ localpart, password: PASSWORD })),
  components: [{ domain: COMPONENT, secret: SECRET }],
  pubsub: PUBSUB,
};

export function describePubSubOn(fixture: PubSubFixture): void {
  const { name, skipped } = fixture;
  const title = `PubSub on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

function defineSuite({ start, answers }: PubSubFixture): void {
  let server: TestServer;
  let board: Entity;
  let owner: Entity;
  let scopenode: Entity;

  before(async () => {
    server = await start(setup);
    [board, owner] = [await logIn("board", "spime"), await logIn("owner", "web")];
    const service = `xmpp://${server.host}:${server.componentPort}`;
    scopenode = component({ service, domain: COMPONENT, password: SECRET });
    prepare(scopenode);
    await scopenode.start();
  });

  after(async () => {
    for (const entity of [board, owner, scopenode]) await entity?.stop();
    await server?.stop();
  });

  async function logIn(username: string, resource: string): Promise<Entity> {
    const service = `xmpp://${server.host}:${server.c2sPort}`;
    const entity = client({ service, domain: DOMAIN, username, password: PASSWORD, resource });
    prepare(entity);
    await entity.start();
    // Without it a server keeps back what is for the bare address.
    await entity.send(xml("presence"));
    return entity;
  }

  /** The next stanza that fits. */
  function next(entity: Entity, fits: (stanza: Element) => boolean): Promise<Element> {
    return new Promise((resolve) => {
      entity.on("stanza", function look(stanza: Element) {
        if (!fits(stanza)) return;
        entity.removeListener("stanza", look);
        resolve(stanza);
      });
    });
  }

  async function ask(
    entity: Entity,
    query: Element,
    attributes: Record<string, string> = {},
  ): Promise<Element> {
    const id = randomUUID();
    const from: Record<string, string> = entity === scopenode ? { from: COMPONENT } : {};
    const reply = next(entity, (stanza) => stanza.name === "iq" && stanza.attrs.id === id);
    await entity.send(xml("iq", { type: "set", to: PUBSUB, ...from, ...attributes, id }, query));
    return reply;
  }

  /** The children of the result, or type and conditions of the error. */
  async function answer(...question: Parameters<typeof ask>): Promise<string> {
    const reply = await ask(...question);
    assert.equal(reply.attrs.from, question[2]?.to ?? PUBSUB);
    if (reply.attrs.type === "result") return ["result", ...reply.children].join(" ");
    const [error] = reply.getChildElements();
    const conditions = (error?.getChildElements() ?? []).filter(({ name }) => name !== "text");
    return [error?.attrs.type, ...conditions.map(({ name }) => name)].join(" ");
  }

  async function newNode(): Promise<string> {
    const node = `node-${randomUUID()}`;
    assert.equal(await answer(owner, createQuery(node)), "result");
    return node;
  }

  async function subscribe(entity: Entity, node: string, jid: string): Promise<void> {
    const from: Record<string, string> = entity === scopenode ? { from: jid } : {};
    const reply = await ask(entity, subscribeQuery(node, jid), from);
    const { attrs } = reply.getChildElements()[0]?.getChildElements()[0] ?? assert.fail();
    const expected = { node, jid, subscription: "subscribed" };
    assert.deepEqual({ ...expected, ...attrs }, { ...attrs, ...expected });
  }

  const event = (entity: Entity, node: string) =>
    next(entity, (stanza) => itemsOf(stanza).some((item) => item.node === node));

  const payload = (text = "x") => xml("note", { xmlns: "urn:note" }, text);
  const publish = (node: string, id: string, content = payload()) =>
    answer(owner, publishQuery(node, id, content));

  it("creates a node once", async () => {
    const node = await newNode();
    assert.equal(await answer(owner, createQuery(node)), "cancel conflict");
  });

  it("sends a subscriber what was published, whole, from the service, with an id", async () => {
    const node = await newNode();
    await subscribe(board, node, `board@${DOMAIN}/spime`);
    const received = event(board, node);
    const text = `é漢😀 ]]> & < " '`;
    const result = ["result", answers.named.replace("NODE", node)].join(" ").trim();
    assert.equal(await publish(node, "i1", payload(text)), result);
    const message = await received;
    assert.equal(message.name, "message");
    assert.equal(message.attrs.from, PUBSUB);
    assert.equal(message.attrs.to, `board@${DOMAIN}/spime`);
    assert.equal(message.attrs.type, answers.eventType);
    assert.ok(message.attrs.id);
    const [item = assert.fail()]: PublishedItem[] = itemsOf(message);
    assert.deepEqual([item.node, item.id], [node, "i1"]);
    assert.equal(item.payload?.getNS(), "urn:note");
    assert.equal(item.payload.children.join(""), text);
  });

  it("leaves a signature as it was, also at a component", async () => {
    const node = await newNode();
    const jid = `775b-f2c2-2b3765f4@${COMPONENT}/co2`;
    await subscribe(scopenode, node, jid);
    const received = event(scopenode, node);
    const spimeId = `board@${DOMAIN}/spime`;
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    const request = seekRequest({ id: `a"&'<`, spimeId, expiresAt, isEncryptionRequired: false });
    const signature = sign(request, privateKey("spime-1024"));
    const openspime = openspimeXml(
      `<originator cert='c@d/e' osid='${spimeId}'><sign>${signature}</sign></originator>`,
      transportXml(String(request)),
    );
    const [content = assert.fail()] = parseStanza(`<iq>${openspime}</iq>`).getChildElements();
    assert.match(await publish(node, "i1", content), /^result/);
    const message = await received;
    assert.equal(message.attrs.to, jid);
    const seek = message
      .getChild("event")
      ?.getChild("items")
      ?.getChild("item")
      ?.getChild("openspime")
      ?.getChild("transport")
      ?.getChildElements()[0];
    assert.ok(seek && isSignatureOf(seek, signature, publicKey("spime-1024")));
  });

  it("tells every subscriber, at the address that subscribed, once", async () => {
    const node = await newNode();
    const bare = `board@${DOMAIN}`;
    await subscribe(board, node, bare);
    await subscribe(board, node, bare);
    await subscribe(owner, node, `owner@${DOMAIN}/web`);
    await subscribe(scopenode, node, COMPONENT);
    const counts = new Map<Entity, string[]>([board, owner, scopenode].map((one) => [one, []]));
    for (const [entity, ids] of counts) {
      entity.on("stanza", (stanza: Element) => ids.push(...itemsOf(stanza).map(({ id }) => id)));
    }
    for (const id of ["first", "last"]) {
      const all = [board, owner, scopenode].map((entity) => event(entity, node));
      assert.match(await publish(node, id), /^result/);
      const messages = await Promise.all(all);
      const to = messages.map(({ attrs }) => attrs.to);
      assert.deepEqual(to, [bare, `owner@${DOMAIN}/web`, COMPONENT]);
    }
    assert.deepEqual([...counts.values()], Array(3).fill(["first", "last"]));
  });

  it("tells nobody who has unsubscribed", async () => {
    const node = await newNode();
    const jid = `board@${DOMAIN}/spime`;
    await subscribe(board, node, jid);
    await subscribe(owner, node, `owner@${DOMAIN}/web`);
    const leave = unsubscribeQuery(node, jid);
    assert.match(await answer(board, leave), /^result/);
    assert.equal(await answer(board, leave), answers.notSubscribed);
    const stray = event(board, node).then(() => "told");
    const told = event(owner, node);
    await publish(node, "i1");
    await told;
    // Had it been told, it would have been before the answer to what it asks now.
    const asked = answer(board, xml("query", { xmlns: DISCO_INFO }), { type: "get" });
    assert.match(await Promise.race([stray, asked]), /^result/);
  });

  it("names an item that has no name, and says how", async () => {
    const node = await newNode();
    await subscribe(board, node, `board@${DOMAIN}/spime`);
    const received = event(board, node);
    const query = publishQuery(node, "", payload());
    const item = query.getChild("publish")?.getChild("item") ?? assert.fail();
    delete item.attrs.id;
    const reply = await ask(owner, query);
    const published = reply.getChild("pubsub")?.getChild("publish");
    assert.equal(published?.attrs.node, node);
    const { id } = published?.getChild("item")?.attrs ?? assert.fail();
    assert.ok(id);
    assert.equal(itemsOf(await received)[0]?.id, id);
  });

  it("makes a node by the way for who subscribes, and for who publishes", async () => {
    const [one, other] = [`node-${randomUUID()}`, `node-${randomUUID()}`];
    await subscribe(board, one, `board@${DOMAIN}/spime`);
    const received = event(board, one);
    assert.match(await publish(one, "i1"), /^result/);
    await received;
    assert.match(await publish(other, "i1"), /^result/);
  });

  it(`lets anybody publish to such a node, or not: ${answers.publishingToMadeNode}`, async () => {
    const node = `node-${randomUUID()}`;
    await subscribe(board, node, `board@${DOMAIN}/spime`);
    const published = await answer(scopenode, publishQuery(node, "", payload()), {
      from: STRANGER,
    });
    assert.equal(published.split(" <")[0], answers.publishingToMadeNode);
  });

  it(`sends who publishes and has subscribed the ${answers.first} first`, async () => {
    const node = await newNode();
    await subscribe(owner, node, `owner@${DOMAIN}/web`);
    const received: string[] = [];
    const look = ({ name }: Element) => void received.push(name);
    owner.on("stanza", look);
    const told = event(owner, node);
    await publish(node, "i1");
    await told;
    owner.removeListener("stanza", look);
    assert.deepEqual([received.length, received[0]], [2, answers.first]);
  });

  it(`ends the subscription of who cannot be reached, or not: ${answers.leavingAfterBounce}`, async () => {
    const node = await newNode();
    const gone = `board@${DOMAIN}/gone`;
    await subscribe(board, node, gone);
    await publish(node, "i1");
    const left = await answer(board, unsubscribeQuery(node, gone));
    assert.equal(left.split(" <")[0], answers.leavingAfterBounce);
  });

  it("keeps the last items for who asks", async () => {
    const node = await newNode();
    for (const id of ["i1", "i2", "i1"]) assert.match(await publish(node, id), /^result/);
    const items = async (attributes: Record<string, string>, ...ids: string[]) => {
      const named = ids.map((id) => xml("item", { id }));
      const query = xml("pubsub", PUBSUB_NS, xml("items", { node, ...attributes }, ...named));
      const reply = await ask(board, query, { type: "get" });
      const list = reply.getChild("pubsub")?.getChild("items");
      return list?.getChildElements().map(({ attrs }) => attrs.id);
    };
    assert.deepEqual(await items({}), ["i2", "i1"]);
    assert.deepEqual(await items({ max_items: "1" }), ["i1"]);
    assert.deepEqual(await items({}, "i2", "i9"), ["i2"]);
  });

  it("says what it is and can do", async () => {
    const query = xml("query", { xmlns: DISCO_INFO });
    const info = (await ask(board, query, { type: "get" })).getChild("query");
    const identity = info?.getChild("identity")?.attrs;
    assert.deepEqual([identity?.category, identity?.type], ["pubsub", "service"]);
    const features = info?.getChildElements().map(({ attrs }) => attrs.var) ?? [];
    const names = ["publish", "subscribe", "create-nodes", "create-and-configure", "auto-create"];
    for (const name of [
      "access-open",
      "item-ids",
      "persistent-items",
      "retrieve-items",
      ...names,
    ]) {
      assert.ok(features.includes(`${PUBSUB_NS.xmlns}#${name}`), name);
    }
    for (const feature of [PUBSUB_NS.xmlns, DISCO_INFO]) {
      assert.ok(features.includes(feature), feature);
    }
  });

  const board1 = `board@${DOMAIN}/spime`;
  const pubsub = (...children: Element[]) => xml("pubsub", PUBSUB_NS, ...children);
  const emptyItem = xml("item", { id: "i1" });
  const rows: [
    name: string,
    query: (node: string) => Element,
    answer: string,
    type?: "get" | "set",
  ][] = [
    [
      "leaving a node that is not there",
      () => unsubscribeQuery("?", board1),
      "cancel item-not-found",
    ],
    [
      "leaving none",
      () => pubsub(xml("unsubscribe", { jid: board1 })),
      "modify bad-request nodeid-required",
    ],
    [
      "leaving as nobody",
      (node) => pubsub(xml("unsubscribe", { node })),
      "modify bad-request invalid-jid",
    ],
    [
      "subscribing to none",
      () => pubsub(xml("subscribe", { jid: board1 })),
      "modify bad-request nodeid-required",
    ],
    [
      "subscribing nobody",
      (node) => pubsub(xml("subscribe", { node })),
      "modify bad-request invalid-jid",
    ],
    [
      "subscribing no address",
      (node) => subscribeQuery(node, "a@b@c"),
      "modify bad-request invalid-jid",
    ],
    [
      "publishing to none",
      () => pubsub(xml("publish", {}, xml("item", {}, payload()))),
      "modify bad-request nodeid-required",
    ],
    ["publishing nothing", (node) => pubsub(xml("publish", { node })), answers.withoutItem],
    [
      "publishing an item without payload",
      (node) => pubsub(xml("publish", { node }, emptyItem)),
      answers.withoutPayload,
    ],
    [
      "items of a node that is not there",
      () => pubsub(xml("items", { node: "?" })),
      "cancel item-not-found",
      "get",
    ],
    ["items of none", () => pubsub(xml("items", {})), "modify bad-request nodeid-required", "get"],
    [
      "another access model",
      () => withField("pubsub#access_model", "roster"),
      "modify not-acceptable",
    ],
    [
      "another protocol",
      () => xml("query", { xmlns: "jabber:iq:version" }),
      "cancel service-unavailable",
      "get",
    ],
    [
      "a node's own information where there is none",
      () => xml("query", { xmlns: DISCO_INFO, node: "?" }),
      "cancel item-not-found",
      "get",
    ],
  ];
  for (const [name, query, expected, type = "set"] of rows) {
    it(`answers ${name} with ${expected}`, async () => {
      const node = await newNode();
      assert.equal(await answer(board, query(node), { type }), expected);
    });
  }

  it("lets nobody publish to a node whose owner does not want it", async () => {
    const node = `node-${randomUUID()}`;
    assert.equal(await answer(owner, pubsub(xml("create", { node }))), "result");
    const query = publishQuery(node, "i1", payload());
    assert.equal(await answer(scopenode, query, { from: STRANGER }), "auth forbidden");
    assert.match(await answer(owner, query), /^result/);
  });

  it("lets anybody publish to a node that is open", async () => {
    const node = await newNode();
    const query = publishQuery(node, "i1", payload());
    assert.match(await answer(scopenode, query, { from: STRANGER }), /^result/);
  });

  it(`refuses to subscribe another: ${answers.subscribingAnother}`, async () => {
    const node = await newNode();
    const query = subscribeQuery(node, `board@${DOMAIN}/spime`);
    const attributes = { from: STRANGER };
    assert.equal(await answer(scopenode, query, attributes), answers.subscribingAnother);
  });
}

/** The package decodes each TCP segment by itself, which breaks a character that is cut in two. */
function prepare(entity: Entity): void {
  entity.on("error", () => {});
  entity.on("connect", () => entity.socket?.setEncoding("utf8"));
}

const DISCO_INFO = "http://jabber.org/protocol/disco#info";
const PUBSUB_NS = { xmlns: "http://jabber.org/protocol/pubsub" };

function unsubscribeQuery(node: string, jid: string): Element {
  return xml("pubsub", PUBSUB_NS, xml("unsubscribe", { node, jid }));
}

/** Creating a node with one field set otherwise. */
function withField(name: string, value: string): Element {
  const query = createQuery(`node-${randomUUID()}`);
  const form = query.getChild("configure")?.getChild("x");
  const field = form?.getChildElements().find(({ attrs }) => attrs.var === name);
  const holder = field?.getChildElements()[0] ?? assert.fail();
  holder.children = [value];
  return query;
}
