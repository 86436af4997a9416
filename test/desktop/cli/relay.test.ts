// `microspime relay` as a person runs it, between two PubSub services of an embedded server.

import assert from "node:assert/strict";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { publishQuery } from "../../../src/desktop/openspime/pubsub.js";
import { seekRequest } from "../../../src/desktop/openspime/seek.js";
import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import { assertFailure, assertSuccess, eventsOf, linesOf, named, runProgram } from "./program.js";
import type { RunOptions } from "./program.js";

const DOMAIN = "spime.example";
const RELAY = "relay.example";
const [ONE, TWO] = ["one.example", "two.example"];
const PASSWORD = "correct-horse-4711";
const SECRET = "battery-staple-0815";
const OSID = `4a6b-5638-0312111d@${DOMAIN}/spime`;

const relay = (args: string[], options?: RunOptions) => runProgram(["relay", ...args], options);

describe("microspime relay", () => {
  let server: EmbeddedServer;
  let publisher: Entity;

  before(async () => {
    server = await startServer({
      domain: DOMAIN,
      accounts: [{ localpart: "publisher", password: PASSWORD }],
      components: [{ domain: RELAY, secret: SECRET }],
      componentPort: 0,
      pubsub: [ONE, TWO],
    });
    const service = `xmpp://127.0.0.1:${server.ports.client}`;
    publisher = client({ service, domain: DOMAIN, username: "publisher", password: PASSWORD });
    publisher.on("error", () => {});
    await publisher.start();
  });

  after(async () => {
    await publisher?.stop();
    await server?.close();
  });

  const ask = (to: string, query: Element) =>
    publisher.iqCaller.request(xml("iq", { type: "set", to }, query));

  const component = () => [
    ...["--component", `127.0.0.1:${server.ports.component}`, "--component-domain", RELAY],
  ];
  const way = ["--from", ONE, "--to", TWO];
  const env = { MICROSPIME_SECRET: SECRET };

  function seek(id: string): Element {
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    const request = seekRequest({ id, spimeId: OSID, expiresAt, isEncryptionRequired: false });
    return xml(
      "openspime",
      { xmlns: "openspime:protocol:core", version: "0.9" },
      xml("originator", { osid: OSID }),
      xml("transport", {}, request),
    );
  }

  /** Publishes once the program is there, and ends it after as many lines. */
  async function relayed(args: string[], node: string, payloads: Element[]) {
    let lines = 0;
    return relay([...way, ...component(), ...args], {
      env,
      onLine(_line, program) {
        if (lines++ === payloads.length) program.kill("SIGINT");
        if (lines > 1) return;
        payloads.forEach(
          (payload, index) => void ask(ONE, publishQuery(node, `i${index}`, payload)),
        );
      },
    });
  }

  it("prints a line a request, until Ctrl-C", async () => {
    const payloads = [seek("r1"), seek("r\u009b2J"), xml("note", { xmlns: "urn:note" })];
    const ended = await relayed([], "spimeseek", payloads);
    assertSuccess(ended);
    const [first, ...others] = linesOf(ended.stdout);
    assert.equal(first, "relay.example relays spimeseek of one.example to two.example.");
    const times = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/;
    assert.deepEqual(
      others.map((line) => line.replace(times, "")),
      [`request r1 of ${OSID}`, `request r\ufffd2J of ${OSID}`, "item i2", "3 relayed, 0 errors."],
    );
  });

  it("prints objects with --json", async () => {
    const ended = await relayed(["--node", "other", "--json"], "other", [seek("r1")]);
    assertSuccess(ended);
    const events = eventsOf(ended.stdout);
    const started = { event: "started", jid: RELAY, from: ONE, to: TWO, node: "other" };
    assert.deepEqual(events[0], started);
    const [{ time, ...told } = assert.fail()] = named(events, "relayed");
    assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
    assert.deepEqual(told, { event: "relayed", itemId: "i0", osid: OSID, requestId: "r1" });
    assert.deepEqual(events.at(-1), { event: "outcome", relayed: 1, failed: 0 });
  });

  it("says what the other service refuses, and goes on", async () => {
    const closed = xml(
      "pubsub",
      { xmlns: "http://jabber.org/protocol/pubsub" },
      xml("create", { node: "mine" }),
    );
    await ask(TWO, closed);
    const ended = await relay([...way, ...component(), "--node", "mine", "--json"], {
      env,
      onLine(line, program) {
        if (line.includes('"started"')) void ask(ONE, publishQuery("mine", "i1", seek("r1")));
        if (line.includes('"error"')) program.kill("SIGINT");
      },
    });
    assertSuccess(ended);
    const [error] = named(eventsOf(ended.stdout), "error");
    assert.equal(error?.["message"], "item i1 is not relayed: two.example: forbidden");
  });

  const at = ["--component", "127.0.0.1:1", "--component-domain", RELAY];
  const rows: [
    name: string,
    args: () => string[],
    status: number,
    message: RegExp,
    advice: RegExp,
  ][] = [
    ["no service to take from", () => ["--to", TWO, ...at], 2, /--from is missing/, /relay --help/],
    ["none to give to", () => ["--from", ONE, ...at], 2, /--to is missing/, /relay --help/],
    [
      "one service twice",
      () => ["--from", ONE, "--to", ONE, ...at],
      2,
      /the same service/,
      /from one service to another/,
    ],
    ["no server", () => way, 2, /--component is missing/, /relay --help/],
    ["no address", () => ["--from", "a b@c"], 2, /must be an address/, /--help/],
    [
      "nobody there",
      () => [...way, ...at],
      3,
      /The relay cannot join the server at 127\.0\.0\.1:1: .*ECONNREFUSED/,
      /Check --component,/,
    ],
    [
      "a wrong secret",
      () => [...way, ...component(), "--component-secret", "x"],
      4,
      /secret refused/,
      /needs a component "relay\.example"/,
    ],
    [
      "no such service",
      () => ["--from", "no.example", "--to", TWO, ...component()],
      3,
      /The relay cannot subscribe to spimeseek of no\.example/,
      /Check --from and --node/,
    ],
    [
      "no such other service",
      () => ["--from", ONE, "--to", "no.example", ...component()],
      3,
      /The relay cannot publish to spimeseek of no\.example/,
      /Check --to and --node/,
    ],
  ];
  for (const [name, args, status, message, advice] of rows) {
    it(`says what is wrong: ${name}`, async () => {
      assertFailure(await relay(args(), { env }), status, message, advice);
    });
  }

  it("wants a secret", async () => {
    const ended = await relay([...way, ...component()]);
    assertFailure(
      ended,
      2,
      /--component-secret \(or MICROSPIME_SECRET\) is missing/,
      /relay --help/,
    );
  });
});
