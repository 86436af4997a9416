// What a relay does when a service or the connection fails, on the embedded server.

import assert from "node:assert/strict";
import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { startRelay } from "../../../src/desktop/relay/index.js";
import type { ItemIdentity, Relay, RelayOptions } from "../../../src/desktop/relay/index.js";
import { standingAlone } from "../../../src/desktop/relay/standing-alone.js";
import { element } from "../../../src/desktop/server/element.js";
import type { Element as ServerElement } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { LocalService } from "../../../src/desktop/server/router.js";
import { startServer } from "../../../src/desktop/server/server.js";
import type { EmbeddedServer } from "../../../src/desktop/server/server.js";
import { errorFor, resultFor } from "../../../src/desktop/server/stanza.js";
import { until } from "../scopenode/fake-server.js";
import { parseStanza } from "../scopenode/support.js";

const DOMAIN = "relay.example";
const SECRET = "battery staple";
const ONE = "one.example";
const TWO = "two.example";

/** A PubSub service that does what the test says with each publication, and sends what it is told to. */
class Stub {
  readonly subscribers: string[] = [];
  readonly published: ServerElement[] = [];
  onPublish: "result" | "error" | "silence" = "result";
  subscription: "subscribed" | "pending" = "subscribed";
  send: (stanza: ServerElement) => void = () => {};

  readonly service: LocalService = (stanza, send) => {
    this.send = send;
    const action = stanza.child("pubsub", NS.pubsub)?.elements()[0];
    if (action?.name === "subscribe") {
      this.subscribers.push(action.get("jid") ?? "");
      const state = element("subscription", NS.pubsub, { subscription: this.subscription });
      return send(resultFor(stanza, element("pubsub", NS.pubsub, {}, state)));
    }
    if (action?.name !== "publish") return send(resultFor(stanza));
    this.published.push(action);
    if (this.onPublish === "result") send(resultFor(stanza));
    if (this.onPublish === "error") send(errorFor(stanza, "resource-constraint", "wait"));
  };

  tell(id: string, payload?: ServerElement): void {
    const item = element("item", NS.pubsubEvent, { id }, ...(payload ? [payload] : []));
    const items = element("items", NS.pubsubEvent, { node: "spimeseek" }, item);
    const event = element("event", NS.pubsubEvent, {}, items);
    this.send(element("message", NS.client, { from: ONE, to: DOMAIN }, event));
  }

  get ids(): (string | undefined)[] {
    return this.published.map((publish) => publish.elements()[0]?.get("id"));
  }
}

describe("Relay: faults", () => {
  let one: Stub;
  let two: Stub;
  let server: EmbeddedServer | undefined;
  let relay: Relay | undefined;
  const errors: string[] = [];
  const relayed: ItemIdentity[] = [];

  beforeEach(async () => {
    [one, two] = [new Stub(), new Stub()];
    errors.length = relayed.length = 0;
    server = await startStubs();
  });

  afterEach(async () => {
    await relay?.stop();
    await server?.close();
    relay = server = undefined;
  });

  async function startStubs(componentPort = 0): Promise<EmbeddedServer> {
    const components = [{ domain: DOMAIN, secret: SECRET }];
    const started = await startServer({ components, componentPort });
    started.registerService(ONE, one.service);
    started.registerService(TWO, two.service);
    return started;
  }

  const optionsFor = (componentPort = 0): RelayOptions => ({
    service: `xmpp://127.0.0.1:${componentPort}`,
    domain: DOMAIN,
    secret: SECRET,
    from: { service: ONE },
    to: { service: TWO },
    onRelayed: (identity) => void relayed.push(identity),
    onError: (error) => void errors.push(error.message),
  });

  async function start(changes: Partial<RelayOptions> = {}): Promise<void> {
    relay = await startRelay({ ...optionsFor(server?.ports.component), ...changes });
  }

  const note = (text = "x") => element("note", "urn:note", {}, text);

  it("tries what the other service refused again if it comes again", async () => {
    await start();
    two.onPublish = "error";
    one.tell("i1", note());
    await until(() => errors[0]);
    assert.deepEqual(errors, ["item i1 is not relayed: two.example: resource-constraint"]);
    two.onPublish = "result";
    one.tell("i1", note());
    await until(() => relayed[0]);
    one.tell("i1", note());
    one.tell("i2", note());
    await until(() => relayed[1]);
    assert.deepEqual(two.ids, ["i1", "i1", "i2"]);
  });

  it("does not start where an owner has yet to approve of its subscription", async () => {
    one.subscription = "pending";
    await assert.rejects(start(), {
      message: "cannot subscribe to spimeseek of one.example: pending",
      place: "from",
    });
  });

  it("has as many waiting as it may, and says what is left out", async () => {
    await start({ maxWaiting: 2, timeoutMs: 300 });
    two.onPublish = "silence";
    for (const id of ["i1", "i2", "i3"]) one.tell(id, note());
    await until(() => errors[2]);
    assert.deepEqual(errors, [
      "item i3 is not relayed: too many wait for the other service",
      "item i1 is not relayed: two.example: two.example did not answer in 300 ms",
      "item i2 is not relayed: two.example: two.example did not answer in 300 ms",
    ]);
    two.onPublish = "result";
    one.tell("i3", note());
    await until(() => relayed[0]);
    assert.deepEqual(two.ids, ["i1", "i2", "i3"]);
  });

  it("says that a service sends no payloads", async () => {
    await start();
    one.tell("i1");
    await until(() => errors[0]);
    assert.deepEqual(errors, ["item i1 is not relayed: the service sends no payloads"]);
  });

  it("subscribes again when it has come back, also when that fails at first", async () => {
    await start({ retryMs: 20, timeoutMs: 200 });
    assert.deepEqual(one.subscribers, [DOMAIN]);
    const port = server?.ports.component ?? 0;
    await server?.close();
    server = await startServer({
      components: [{ domain: DOMAIN, secret: SECRET }],
      componentPort: port,
    });
    await until(() => errors.find((error) => /^cannot subscribe/.test(error)));
    server.registerService(ONE, one.service);
    server.registerService(TWO, two.service);
    await until(() => one.subscribers[1]);
    one.tell("i1", note());
    await until(() => relayed[0]);
  });

  it("leaves nobody waiting when it is stopped, and says nothing more", async () => {
    await start();
    two.onPublish = "silence";
    one.tell("i1", note());
    await until(() => two.published[0]);
    await relay?.stop();
    await relay?.stop();
    assert.deepEqual([relayed, errors], [[], []]);
  });

  it("survives an onRelayed that throws", async () => {
    await start({
      onRelayed: () => {
        throw new Error("no log");
      },
    });
    one.tell("i1", note());
    await until(() => errors[0]);
    assert.deepEqual(errors, ["no log"]);
  });

  const mistakes: [field: string, changes: Partial<RelayOptions>][] = [
    ["from.service", { from: { service: "a b@c" } }],
    ["to.service", { to: { service: "" } }],
    ["from.node", { from: { service: ONE, node: "" } }],
    ["to", { to: { service: ONE.toUpperCase() } }],
    ["jid", { jid: `a@${ONE}` }],
    ["secret", { secret: "sécret" }],
    ["service", { service: "localhost" }],
  ];
  for (const [field, changes] of mistakes) {
    it(`throws and names ${field}`, async () => {
      await assert.rejects(startRelay({ ...optionsFor(), ...changes }), (error: Error) => {
        return error instanceof TypeError && error.message.startsWith(`${field}:`);
      });
    });
  }
});

describe("Relay: an element taken out of its stanza", () => {
  const taken = (text: string): Element => {
    const item = parseStanza(text).getChildElements()[0] ?? assert.fail();
    return standingAlone(item);
  };
  const rows: [name: string, stanza: string, element: string][] = [
    ["its own namespace", "<a xmlns='u:a'><b xmlns='u:b'/></a>", '<b xmlns="u:b"/>'],
    ["an inherited one", "<a xmlns='u:a'><b><c/></b></a>", '<b xmlns="u:a"><c/></b>'],
    [
      "a prefix from above",
      "<a xmlns='u:a' xmlns:p='u:p' xmlns:q='u:q'><p:b><c/></p:b></a>",
      '<p:b xmlns:p="u:p" xmlns="u:a"><c/></p:b>',
    ],
    [
      "a prefix of an attribute further down",
      "<a xmlns:p='u:p'><b xmlns='u:b'><c p:d='1' xml:lang='en'/></b></a>",
      '<b xmlns="u:b" xmlns:p="u:p"><c p:d="1" xml:lang="en"/></b>',
    ],
    [
      "a prefix that means something else inside",
      "<a xmlns:p='u:1'><p:b xmlns:p='u:2'/></a>",
      '<p:b xmlns:p="u:2"/>',
    ],
  ];
  for (const [name, stanza, expected] of rows) {
    it(`keeps ${name}`, () => {
      const copy = taken(stanza);
      assert.equal(String(copy), expected);
      assert.equal(String(xml("item", {}, copy)), `<item>${expected}</item>`);
    });
  }
});
