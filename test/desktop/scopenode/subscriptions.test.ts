import assert from "node:assert/strict";
import type { Element } from "@xmpp/client";
import type { Reply } from "../../../src/desktop/scopenode/questions.js";
import { Questions } from "../../../src/desktop/scopenode/questions.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { ScopeNode, ScopeNodeOptions, Seek } from "../../../src/desktop/scopenode/index.js";
import { readPlaces, Subscriptions } from "../../../src/desktop/scopenode/subscriptions.js";
import { startFakeServer, until } from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { eventXml } from "./seek-support.js";
import { NODE_JID, parseStanza } from "./support.js";

const PUBSUB = "xmlns='http://jabber.org/protocol/pubsub'";
const result = (content = ""): Reply => ({ result: parseStanza(`<iq>${content}</iq>`) });
const failure = (...names: string[]): Reply => ({
  error: parseStanza(`<iq><error>${names.map((name) => `<${name}/>`).join("")}</error></iq>`),
});
const subscribed = (state: string) =>
  result(`<pubsub ${PUBSUB}><subscription node='n' jid='a@b/c' subscription='${state}'/></pubsub>`);

describe("ScopeNode: subscriptions", () => {
  let asked: string[];
  let errors: string[];
  let replies: Reply[];
  let subscriptions: Subscriptions;

  const subscribe = async (first: Reply[], retryMs = 60_000) => {
    asked = [];
    errors = [];
    replies = first;
    subscriptions = new Subscriptions({
      places: readPlaces({ service: "pubsub.example" }),
      jid: NODE_JID,
      questions: {
        ask: async (to, type, query) => {
          asked.push(`${type} ${to} ${(query.children[0] as Element).name}`);
          return replies.shift() ?? result();
        },
      },
      retryMs,
      onError: ({ message }) => errors.push(message),
    });
    await subscriptions.subscribe();
  };

  afterEach(() => subscriptions.close());

  const fine: [name: string, replies: Reply[]][] = [
    ["creates the node", [result(), subscribed("subscribed")]],
    ["finds the node there", [failure("conflict"), subscribed("subscribed")]],
    ["may not create it, and it is there", [failure("forbidden"), subscribed("subscribed")]],
    ["gets an empty result", [{ silence: "late" }, result()]],
  ];
  for (const [name, first] of fine) {
    it(`is content when it ${name}`, async () => {
      await subscribe(first);
      const both = ["create", "subscribe"].map((query) => `set pubsub.example ${query}`);
      assert.deepEqual([asked, errors], [both, []]);
    });
  }

  const faults: [replies: Reply[], why: string][] = [
    [[result(), failure("bad-request", "invalid-jid")], "bad-request + invalid-jid"],
    [[result(), subscribed("pending")], "pending"],
    [[result(), failure()], "an error"],
    [[failure("forbidden"), failure("item-not-found")], "item-not-found; creating it: forbidden"],
    [[{ silence: "away" }, { silence: "away" }], "away; creating it: away"],
  ];
  for (const [first, why] of faults) {
    it(`says ${why}, and tries until it is subscribed`, async () => {
      await subscribe([...first, ...first], 1);
      await until(() => (asked.length === 6 ? true : undefined));
      const text = `cannot subscribe to spimeseek of pubsub.example: ${why}`;
      assert.deepEqual(errors, [text, text]);
    });
  }

  it("does not try again once closed", async () => {
    await subscribe([result(), failure("item-not-found")], 1);
    subscriptions.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(asked.length, 2);
  });

  it("knows its services folded, and their nodes as they are", async () => {
    await subscribe([]);
    assert.equal(subscriptions.includes("PubSub.example", "spimeseek"), true);
    assert.equal(subscriptions.includes("pubsub.example", "SpimeSeek"), false);
    assert.equal(subscriptions.includes("pubsub.example/x", "spimeseek"), false);
  });
});

describe("ScopeNode: questions", () => {
  const sent: Element[] = [];
  const send = async (stanza: Element) => void sent.push(stanza);

  it("counts a reply with its id from whom it asked, and no other", async () => {
    const questions = new Questions({ jid: "a@b/c", timeoutMs: 60_000, send });
    const reply = questions.ask("D@e/f", "set", parseStanza("<x/>"));
    const { id = "", from, to, type } = sent.pop()?.attrs ?? {};
    assert.deepEqual([from, to, type], ["a@b/c", "D@e/f", "set"]);
    const iq = (attributes: string) => parseStanza(`<iq ${attributes}/>`);
    questions.onReply(iq(`type='result' id='${id}' from='d@e/F'`));
    questions.onReply(iq(`type='result' id='${id}x' from='d@e/f'`));
    const right = iq(`type='result' id='${id}' from='d@e/f'`);
    questions.onReply(right);
    assert.deepEqual(await reply, { result: right });
  });

  it("has an answer to every question: late, unsent, stopped", async () => {
    const late = new Questions({ jid: "a@b/c", timeoutMs: 1, send });
    assert.deepEqual(await late.ask("d@e", "get", parseStanza("<x/>")), {
      silence: "d@e did not answer in 1 ms",
    });
    const broken = () => Promise.reject(new Error("offline"));
    const unsent = new Questions({ jid: "a@b/c", timeoutMs: 60_000, send: broken });
    assert.deepEqual(await unsent.ask("d@e", "get", parseStanza("<x/>")), {
      silence: "d@e cannot be asked: Error: offline",
    });
    const stopped = new Questions({ jid: "a@b/c", timeoutMs: 60_000, send });
    const reply = stopped.ask("d@e", "get", parseStanza("<x/>"));
    stopped.close();
    assert.deepEqual(await reply, { silence: "stopped" });
  });
});

describe("ScopeNode: PubSub on a connection", () => {
  let server: FakeServer;
  let node: ScopeNode | undefined;

  beforeEach(async () => {
    server = await startFakeServer();
  });

  afterEach(async () => {
    await node?.stop();
    await server.stop();
    node = undefined;
  });

  const start = async (changes: Partial<ScopeNodeOptions>) =>
    (node = await startScopeNode({
      service: server.service,
      domain: "scopenode.openspime.com",
      secret: "secret",
      jid: NODE_JID,
      onReport: () => {},
      database: ":memory:",
      acceptedCertifiers: ["services@spime.openspime.com/cert"],
      pubsub: { service: "pubsub.example" },
      pubsubTimeoutMs: 10,
      ...changes,
    }));

  it("subscribes with its folded address, and again after it has lost the connection", async () => {
    const errors: Error[] = [];
    await start({ onError: (error) => errors.push(error) });
    const folded = NODE_JID.replace(/^[^/]*/, (bare) => bare.toLowerCase());
    const pattern = `<subscribe node="spimeseek" jid="${folded}"/>`;
    await server.received(new RegExp(pattern));
    assert.match(
      errors[0]?.message ?? "",
      /^cannot subscribe .* pubsub.example did not answer in 10 ms/,
    );
    (await server.connection()).destroy();
    await server.received(new RegExp(`(?:${pattern}[^]*){2}`));
  });

  it("hears what is for its own address", async () => {
    const seeks: Seek[] = [];
    const { jid } = await start({ onSeek: (seek) => seeks.push(seek) });
    const event = (content: string, to: string) =>
      eventXml([content], { service: "pubsub.example", to });
    const socket = await server.connection();
    socket.write(event("<one/>", jid.replace("775B", "875B")) + event("<two/>", jid));
    assert.match((await until(() => seeks[0])).text, /two/);
  });

  const mistakes: [field: string, Partial<ScopeNodeOptions>][] = [
    ["pubsub", { database: undefined }],
    ["pubsub", { acceptedCertifiers: undefined }],
    ["pubsub.service", { pubsub: [{ service: "" }] }],
    ["pubsub.node", { pubsub: { service: "pubsub.example", node: "" } }],
    ["maxSeeks", { maxSeeks: 0 }],
    ["maxSeekEntries", { maxSeekEntries: NaN }],
    ["maxEntries", { databaseBounds: { maxEntries: 0.5 } }],
    ["database", { database: "" }],
  ];
  for (const [field, changes] of mistakes) {
    it(`throws and names ${field}`, async () => {
      await assert.rejects(start(changes), (error: Error) => {
        return error instanceof TypeError && error.message.startsWith(`${field}:`);
      });
    });
  }
});
