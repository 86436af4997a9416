// What only the embedded server's PubSub does: bounds, options, and an answer to everything.

import assert from "node:assert/strict";
import type { Element } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { type PubSubOptions, startServer } from "../../../src/desktop/server/server.js";
import { bound, COMPONENT, connect, DOMAIN, type RawPeer, SECRET, withServer } from "./peers.js";
import { handshakeDigest } from "../../../src/desktop/server/component-session.js";

const PUBSUB = "pubsub.example";
const JID = `user@${DOMAIN}/A`;
const NOTE = "<note xmlns='urn:n'/>";

const iq = (content: string, type = "set", to = PUBSUB) =>
  `<iq type='${type}' id='q' to='${to}'>${content}</iq>`;
const pubsub = (content: string, type?: string, to?: string) =>
  iq(`<pubsub xmlns='${NS.pubsub}'>${content}</pubsub>`, type, to);
const publish = (node: string, item: string, to?: string) =>
  pubsub(`<publish node='${node}'>${item}</publish>`, "set", to);
const item = (id: string, content = NOTE) => `<item id='${id}'>${content}</item>`;
const subscribe = (node: string, jid = JID, to?: string) =>
  pubsub(`<subscribe node='${node}' jid='${jid}'/>`, "set", to);
const unsubscribe = (node: string, jid = JID) =>
  pubsub(`<unsubscribe node='${node}' jid='${jid}'/>`);
const items = (node: string, attributes = "") =>
  pubsub(`<items node='${node}' ${attributes}/>`, "get");

function create(node: string, fields: Record<string, string> = {}): string {
  const all = { FORM_TYPE: `${NS.pubsub}#node_config`, ...fields };
  const written = Object.entries(all).map(
    ([name, value]) => `<field var='${name}'><value>${value}</value></field>`,
  );
  const form = `<x xmlns='${NS.dataForms}' type='submit'>${written.join("")}</x>`;
  return pubsub(`<create node='${node}'/><configure>${form}</configure>`);
}

/** `result`, or type and conditions of the error. */
async function answer(peer: RawPeer, request: string): Promise<string> {
  const reply = await peer.ask(request);
  assert.deepEqual([reply.name, reply.get("id")], ["iq", "q"]);
  if (reply.get("type") === "result") return "result";
  const [error] = reply.elements();
  return [error.get("type"), ...error.elements().map(conditionText)].join(" ");
}

function conditionText(condition: Element): string {
  const feature = condition.get("feature");
  return feature === undefined ? condition.name : `${condition.name}:${feature}`;
}

async function idsAt(peer: RawPeer, request: string): Promise<(string | undefined)[]> {
  const list = (await peer.ask(request)).child("pubsub", NS.pubsub)?.child("items", NS.pubsub);
  assert.ok(list);
  return list.elements().map((one) => one.get("id"));
}

const itemIn = (message: Element) =>
  message.child("event", NS.pubsubEvent)?.child("items", NS.pubsubEvent)?.elements()[0];

async function withPeer(
  pubsubOptions: PubSubOptions,
  body: (peer: RawPeer, other: () => Promise<RawPeer>) => Promise<void>,
): Promise<void> {
  await withServer({ pubsub: [PUBSUB, "second.example"], pubsubOptions }, async (server) => {
    await body(await bound(server, "A"), () => bound(server, "B", { user: "other" }));
  });
}

describe("PubSub: bounds", () => {
  it("makes no more nodes than it may", () =>
    withPeer({ maxNodes: 2 }, async (peer) => {
      assert.equal(await answer(peer, create("one")), "result");
      assert.equal(await answer(peer, subscribe("two")), "result");
      for (const request of [create("three"), subscribe("three"), publish("three", item("i"))]) {
        assert.equal(await answer(peer, request), "wait resource-constraint");
      }
      assert.equal(await answer(peer, create("one")), "cancel conflict");
      assert.equal(await answer(peer, publish("one", item("i"))), "result");
    }));

  it("subscribes no more addresses than it may, and one twice without counting it twice", () =>
    withPeer({ maxSubscribers: 2 }, async (peer) => {
      const jids = ["a", "b", "c"].map((resource) => `user@${DOMAIN}/${resource}`);
      const tooMany = "wait policy-violation too-many-subscriptions";
      const expected = ["result", "result", tooMany, "result"];
      for (const [index, jid] of [...jids, jids[0]].entries()) {
        assert.equal(await answer(peer, subscribe("n", jid)), expected[index]);
      }
      assert.equal(await answer(peer, unsubscribe("n", jids[0])), "result");
      assert.equal(await answer(peer, subscribe("n", jids[2])), "result");
      assert.equal(await answer(peer, subscribe("m", jids[0])), "result");
    }));

  it("keeps no more items than it may: the oldest goes", () =>
    withPeer({ maxItems: 2 }, async (peer) => {
      for (const id of ["i1", "i2", "i1", "i3"]) {
        assert.equal(await answer(peer, publish("n", item(id))), "result");
      }
      assert.deepEqual(await idsAt(peer, items("n")), ["i1", "i3"]);
      const named = (ids: string[]) => ids.map((id) => `<item id='${id}'/>`).join("");
      const ask = (...ids: string[]) => pubsub(`<items node='n'>${named(ids)}</items>`, "get");
      assert.deepEqual(await idsAt(peer, ask("i2")), []);
      assert.deepEqual(await idsAt(peer, ask("i3", "i1", "i3")), ["i3", "i1"]);
    }));

  it("takes a payload of as many bytes as it may, and not one more", () =>
    withPeer({ maxPayloadBytes: 100 }, async (peer) => {
      const [start, end] = ["<note xmlns='urn:n'>", "</note>"];
      const most = "é".repeat((100 - start.length - end.length - 1) / 2) + "x";
      assert.equal(Buffer.byteLength(start + most + end), 100);
      assert.equal(await answer(peer, publish("n", item("i", start + most + end))), "result");
      const more = item("i", `${start}${most}x${end}`);
      assert.equal(await answer(peer, publish("n", more)), "modify not-acceptable payload-too-big");
    }));

  it("takes names of 1,023 bytes, and not one more", () =>
    withPeer({}, async (peer) => {
      const name = "é".repeat(511) + "x";
      assert.equal(await answer(peer, publish(name, item(name))), "result");
      const long = `${name}x`;
      for (const request of [publish("n", item(long)), publish(long, item("i")), create(long)]) {
        assert.equal(await answer(peer, request), "modify not-acceptable");
      }
    }));

  for (const name of ["maxNodes", "maxSubscribers", "maxItems", "maxPayloadBytes"]) {
    it(`throws and names ${name}`, () =>
      assert.rejects(startServer({ pubsubOptions: { [name]: 0 } }), {
        name: "RangeError",
        message: `pubsubOptions.${name} must be 1 or more`,
      }));
  }

  it("throws at a domain that is none, or is served already", async () => {
    await assert.rejects(startServer({ pubsub: "a b" }), /pubsub "a b" is not a valid domain/);
    const twice = startServer({ domain: DOMAIN, pubsub: DOMAIN });
    await assert.rejects(twice, /is already served/);
  });
});

describe("PubSub: nodes", () => {
  it("makes none by the way if told so", () =>
    withPeer({ autoCreate: false }, async (peer) => {
      for (const request of [subscribe("n"), publish("n", item("i"))]) {
        assert.equal(await answer(peer, request), "cancel item-not-found");
      }
      const info = await peer.ask(iq(`<query xmlns='${NS.discoInfo}'/>`, "get"));
      const features = info
        .elements()[0]
        .elements()
        .map((feature) => feature.get("var"));
      assert.ok(features.includes(`${NS.pubsub}#publish`));
      assert.ok(!features.includes(`${NS.pubsub}#auto-create`));
    }));

  it("keeps the nodes of two services apart", () =>
    withPeer({}, async (peer) => {
      const second = "second.example";
      assert.equal(await answer(peer, subscribe("n", JID, second)), "result");
      assert.equal(await answer(peer, publish("n", item("i"))), "result");
      assert.equal(await answer(peer, publish("n", item("j"), second)), "result");
      const event = await peer.next();
      assert.equal(event.get("from"), second);
      assert.equal(itemIn(event)?.get("id"), "j");
    }));

  it("lets the owner say that subscribers publish", () =>
    withPeer({}, async (peer, other) => {
      const node = create("n", { "pubsub#publish_model": "subscribers" });
      assert.equal(await answer(peer, node), "result");
      const stranger = await other();
      assert.equal(await answer(stranger, publish("n", item("i"))), "auth forbidden");
      assert.equal(await answer(stranger, subscribe("n", `other@${DOMAIN}`)), "result");
      assert.equal(await answer(stranger, publish("n", item("i"))), "result");
    }));

  it("tells ids only where no payloads are wanted, and keeps none where none are", () =>
    withPeer({}, async (peer) => {
      const fields = { "pubsub#deliver_payloads": "false", "pubsub#persist_items": "0" };
      assert.equal(await answer(peer, create("n", fields)), "result");
      assert.equal(await answer(peer, subscribe("n")), "result");
      assert.equal(await answer(peer, publish("n", item("i"))), "result");
      const told = itemIn(await peer.next());
      assert.deepEqual([told?.get("id"), told?.children], ["i", []]);
      assert.deepEqual(await idsAt(peer, items("n")), []);
    }));

  it("keeps as many items as the owner wants", () =>
    withPeer({}, async (peer) => {
      assert.equal(await answer(peer, create("n", { "pubsub#max_items": "1" })), "result");
      for (const id of ["i", "j"]) await answer(peer, publish("n", item(id)));
      assert.deepEqual(await idsAt(peer, items("n")), ["j"]);
    }));

  const refused: [name: string, value: string][] = [
    ["access_model", "whitelist"],
    ["publish_model", "everybody"],
    ["deliver_payloads", "maybe"],
    ["deliver_notifications", "false"],
    ["persist_items", "2"],
    ["max_items", "21"],
    ["max_items", "0"],
  ];
  for (const [name, value] of refused) {
    it(`refuses a node with ${name} ${value}`, () =>
      withPeer({}, async (peer) => {
        const request = create("n", { [`pubsub#${name}`]: value });
        assert.equal(await answer(peer, request), "modify not-acceptable");
        assert.equal(await answer(peer, items("n")), "cancel item-not-found");
      }));
  }

  it("lists them", () =>
    withPeer({}, async (peer) => {
      await answer(peer, create("n"));
      const list = await peer.ask(iq(`<query xmlns='${NS.discoItems}'/>`, "get"));
      const [found, ...others] = list.elements()[0].elements();
      assert.deepEqual([found.get("jid"), found.get("node"), others], [PUBSUB, "n", []]);
      const info = await peer.ask(iq(`<query xmlns='${NS.discoInfo}' node='n'/>`, "get"));
      const identity = info.elements()[0].child("identity", NS.discoInfo);
      assert.deepEqual([identity?.get("category"), identity?.get("type")], ["pubsub", "leaf"]);
    }));
});

describe("PubSub: events", () => {
  it("go out after the result, in the language of the publication", () =>
    withPeer({}, async (peer) => {
      await answer(peer, subscribe("n"));
      const request = publish("n", item("i")).replace("<iq", "<iq xml:lang='it'");
      const result = await peer.ask(request);
      assert.deepEqual([result.get("type"), result.children], ["result", []]);
      assert.equal((await peer.next()).get("xml:lang"), "it");
    }));

  it("that cannot be delivered for good end the subscription", () =>
    withPeer({}, async (peer) => {
      await answer(peer, subscribe("n", `user@${DOMAIN}/gone`));
      await answer(peer, publish("n", item("i")));
      const left = unsubscribe("n", `user@${DOMAIN}/gone`);
      assert.equal(await answer(peer, left), "cancel unexpected-request not-subscribed");
    }));

  it("that cannot be delivered for a while do not", () =>
    withServer(
      { pubsub: PUBSUB, componentPort: 0, components: [{ domain: COMPONENT, secret: SECRET }] },
      async (server) => {
        const peer = await bound(server, "A");
        const component = await connectComponent(server.ports.component!);
        const request = subscribe("n", COMPONENT).replace("<iq", `<iq from='${COMPONENT}'`);
        assert.equal((await component.ask(request)).get("type"), "result");
        await component.close();
        assert.equal(await answer(peer, publish("n", item("i"))), "result");
        const again = await connectComponent(server.ports.component!);
        assert.equal(await answer(peer, publish("n", item("j"))), "result");
        assert.equal((await again.next()).name, "message");
      },
    ));
});

async function connectComponent(port: number): Promise<RawPeer> {
  const peer = await connect(port);
  await peer.openOnly(
    `<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.streams}' to='${COMPONENT}'>`,
  );
  const digest = handshakeDigest(peer.header!.get("id")!, SECRET);
  assert.equal((await peer.ask(`<handshake>${digest}</handshake>`)).name, "handshake");
  return peer;
}

describe("PubSub: answers", () => {
  const owners = (content: string) => iq(`<pubsub xmlns='${NS.pubsubOwner}'>${content}</pubsub>`);
  const unsupported = (feature: string) => `cancel feature-not-implemented unsupported:${feature}`;
  const form = (type: string, formType: string) =>
    `<create node='n'/><configure><x xmlns='${NS.dataForms}' type='${type}'>` +
    `<field var='FORM_TYPE'><value>${formType}</value></field></x></configure>`;
  const rows: [name: string, request: string, answer: string][] = [
    ["a ping", iq(`<ping xmlns='${NS.ping}'/>`, "get"), "result"],
    ["an empty form", pubsub("<create node='n'/><configure/>"), "result"],
    ["a node without a name", pubsub("<create/>"), "modify not-acceptable nodeid-required"],
    [
      "a form that is not filled in",
      pubsub(form("form", `${NS.pubsub}#node_config`)),
      "modify bad-request",
    ],
    ["another form", pubsub(form("submit", "urn:x")), "modify bad-request"],
    ["a node with something else", pubsub("<create node='n'/><options/>"), "modify bad-request"],
    ["nothing", pubsub(""), "modify bad-request"],
    ["something unknown", pubsub("<sing/>"), "modify bad-request"],
    ["a get of what is set", pubsub("<publish node='n'/>", "get"), "modify bad-request"],
    ["a set of what is got", pubsub("<items node='n'/>"), "modify bad-request"],
    ["two things", pubsub("<subscribe node='n'/><subscribe node='m'/>"), "modify bad-request"],
    ["two items", publish("n", item("i") + item("j")), unsupported("multi-items")],
    ["two payloads", publish("n", item("i", NOTE + NOTE)), "modify bad-request invalid-payload"],
    [
      "an item of another protocol",
      publish("n", "<item xmlns='urn:x'/>"),
      "modify bad-request item-required",
    ],
    [
      "options of a publication",
      pubsub(`<publish node='n'>${item("i")}</publish><publish-options/>`),
      unsupported("publish-options"),
    ],
    [
      "options of a subscription",
      pubsub(`<subscribe node='n' jid='${JID}'/><options/>`),
      unsupported("subscription-options"),
    ],
    ["subscriptions", pubsub("<subscriptions/>", "get"), unsupported("retrieve-subscriptions")],
    ["affiliations", pubsub("<affiliations/>", "get"), unsupported("retrieve-affiliations")],
    ["taking back", pubsub("<retract node='n'/>"), unsupported("delete-items")],
    ["deleting", owners("<delete node='n'/>"), unsupported("delete-nodes")],
    ["configuring", owners("<configure node='n'/>"), unsupported("config-node")],
    ["an owner's nothing", owners(""), "modify bad-request"],
    ["no number of items", items("n", "max_items='few'"), "cancel item-not-found"],
    ["another's name", subscribe("n", `other@${DOMAIN}`), "modify bad-request invalid-jid"],
    ["a localpart", subscribe("n", JID, `n@${PUBSUB}`), "cancel item-not-found"],
    ["a resource", subscribe("n", JID, `${PUBSUB}/n`), "cancel item-not-found"],
    ["a set of a ping", iq(`<ping xmlns='${NS.ping}'/>`), "cancel service-unavailable"],
    [
      "items of a node's items",
      iq(`<query xmlns='${NS.discoItems}' node='?'/>`, "get"),
      "cancel item-not-found",
    ],
  ];
  for (const [name, request, expected] of rows) {
    it(`${name}: ${expected}`, () =>
      withPeer({}, async (peer) => assert.equal(await answer(peer, request), expected)));
  }

  it("no number of items, of a node that is there: modify bad-request", () =>
    withPeer({}, async (peer) => {
      await answer(peer, create("n"));
      for (const attribute of ["max_items='few'", "max_items='0'"]) {
        assert.equal(await answer(peer, items("n", attribute)), "modify bad-request");
      }
    }));

  it("has none for messages, presence and replies", () =>
    withPeer({}, async (peer) => {
      peer.write(`<message to='${PUBSUB}'><body>x</body></message><presence to='${PUBSUB}'/>`);
      peer.write(`<iq type='result' id='r' to='${PUBSUB}'/><message type='error' to='${PUBSUB}'/>`);
      assert.equal(await answer(peer, iq(`<ping xmlns='${NS.ping}'/>`, "get")), "result");
    }));
});
