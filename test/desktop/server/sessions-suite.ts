// The firmware's agent, as the board in Node, on a server: the same suite for each server the project works
// with, without TLS and with (XEP-0368).

import assert from "node:assert/strict";
import { component, xml } from "@xmpp/component";
import type { Element, Entity } from "@xmpp/component";
import { foldAddress } from "../../../src/desktop/openspime/address.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import { NodeBoard } from "../../support/node-board.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";

const DOMAIN = "spime.example";
const SCOPE_DOMAIN = "scopenode.example";
const OTHER_DOMAIN = "other.example";
const SPIME = "4a6b-5638-0312111d";
const SPIME_JID = `${SPIME}@${DOMAIN}/spime`;
const PASSWORD = "correct horse é";
const SECRET = "battery staple";
const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [{ localpart: SPIME, password: PASSWORD }],
  components: [SCOPE_DOMAIN, OTHER_DOMAIN].map((domain) => ({ domain, secret: SECRET })),
};

const PING = "<ping xmlns='urn:xmpp:ping'/>";
const UNKNOWN = "<unheard xmlns='urn:example:unheard'/>";
const VERSION = "<query xmlns='jabber:iq:version'/>";
const PUSH = "<query xmlns='jabber:iq:roster'><item jid='mallory@spime.example'/></query>";
/** What the agent does not do, by the type and the content of the query. */
const refused = [
  ["an unknown get", "get", UNKNOWN],
  ["an unknown set", "set", UNKNOWN],
  ["a version query (XEP-0092)", "get", VERSION],
  ["another's roster push (RFC 6121 section 2.1.6)", "set", PUSH],
];
const SUITE_TIMEOUT_MS = 15_000;

export function describeSessionsOn(fixture: ServerFixture, tls: boolean): void {
  const { name, skipped } = fixture;
  const title = `agent on ${name} ${tls ? "with direct TLS" : "without TLS"}`;
  const block = skipped === undefined ? describe : describe.skip;
  block(skipped === undefined ? title : `${title} (skipped: ${skipped})`, function () {
    this.timeout(SUITE_TIMEOUT_MS);
    describeSessions(fixture, tls);
  });
}

function describeSessions(fixture: ServerFixture, tls: boolean): void {
  let server: TestServer;
  let node: ScopeNode;
  let other: Entity;
  let board: NodeBoard;
  let online: Promise<unknown>;
  const reports: Report[] = [];

  before(async () => {
    server = await fixture.start({ ...setup, tls });
    node = await startScopeNode({
      service: `xmpp://${server.host}:${server.componentPort}`,
      ...{ domain: SCOPE_DOMAIN, secret: SECRET, jid: `node@${SCOPE_DOMAIN}/co2` },
      onReport: (report) => void reports.push(report),
    });
    other = await joinAsOther(server);
  });
  after(async () => {
    await other?.stop();
    await node?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    reports.length = 0;
    board = new NodeBoard(configurationOn(server, tls, node.jid));
    online = board.next("online");
  });
  afterEach(() => board.stop());

  it("logs in with SCRAM-SHA-256", async () => {
    await online;
    const sent = sentStanzas(board);
    assert.match(sent.find((stanza) => stanza.startsWith("<auth")) ?? "", /["']SCRAM-SHA-256["']/);
    assert.equal(
      sent.some((stanza) => stanza.includes(PASSWORD)),
      false,
    );
  });

  it("is told its full JID", async () => {
    await online;
    const binding = board.stanzas.find(({ xml: text }) => /<jid/.test(text));
    assert.match(binding?.xml ?? "", new RegExp(`>${SPIME_JID}</jid>`, "i"));
  });

  it("has its reports acknowledged, and every sample once", async () => {
    const { values } = await board.next("report");
    const acknowledged = await board.next("acknowledged");
    assert.equal(acknowledged.values["id"], values["id"]);
    const [report] = reports;
    assert.equal(foldAddress(report.osid), SPIME_JID);
    assert.equal(report.entries.length, Number(values["entries"]));
    assert.equal(report.entries[0].ppm, 428);
  });

  it("answers a ping (XEP-0199)", async () => {
    await online;
    const reply = await ask(other, "get", PING);
    assert.equal(reply.attrs.type, "result");
    assert.deepEqual(reply.children, []);
  });

  for (const [what, type, content] of refused) {
    it(`refuses ${what}`, async () => {
      await online;
      assert.deepEqual(errorIn(await ask(other, type, content)), ["cancel", "service-unavailable"]);
    });
  }

  it("comes back when the server has ended the stream, and reports again", async () => {
    await online;
    await board.next("acknowledged");
    // The server gives the address to the newer stream and tells the older: conflict.
    const rival = new NodeBoard(configurationOn(server, tls, node.jid));
    await rival.next("online");
    await rival.stop();
    const { values } = await board.next("offline");
    assert.match(values["reason"], /^stream-error:conflict/);
    await board.next("online");
    await board.next("acknowledged");
  });

  it("takes an error that brings a long report back for what it is, and stays", async () => {
    await online;
    await board.stop();
    const reports = { entries: 8, retryS: 24 };
    board = new NodeBoard({ ...configurationOn(server, tls, `nobody@${DOMAIN}/co2`), reports });
    // The first has one entry, and what comes until it is tried again goes together.
    await board.next("refused");
    assert.equal((await board.next("report")).values["entries"], "8");
    const { values } = await board.next("refused");
    assert.match(`${values["type"]} ${values["condition"]}`, /^cancel service-unavailable/);
    assert.equal((await ask(other, "get", PING)).attrs.type, "result");
  });

  it("comes online though somebody asks to subscribe, with more than it can take in", async () => {
    await online;
    await board.stop();
    const bare = SPIME_JID.split("/")[0];
    for (const [from, id, status] of [
      [`long@${OTHER_DOMAIN}`, "s1", "x".repeat(1100)],
      [`wide@${OTHER_DOMAIN}`, "s".repeat(1100), ""],
    ]) {
      const text = xml("status", {}, status);
      await other.send(xml("presence", { from, to: bare, type: "subscribe", id }, text));
    }
    board = new NodeBoard(configurationOn(server, tls, node.jid));
    await board.next("online");
    await board.next("acknowledged");
    await board.next("acknowledged");
    assert.equal((await ask(other, "get", PING)).attrs.type, "result");
  });

  it("says that the password is wrong, and waits long before it tries again", async () => {
    await online;
    await board.stop();
    board = new NodeBoard({ ...configurationOn(server, tls, node.jid), password: "wrong" });
    const { values } = await board.next("offline");
    assert.equal(values["reason"].replace("+text", ""), "login-refused:not-authorized");
    // Half of the longest back-off, at least.
    assert.ok(Number(values["retryMs"]) >= 150_000, values["retryMs"]);
  });
}

function configurationOn(server: TestServer, tls: boolean, scopenode: string) {
  const { host, c2sPort, directTlsPort = 0, fingerprint } = server;
  return {
    ...{ host, tls, port: tls ? directTlsPort : c2sPort },
    // As printed in the document; the server folds it.
    jid: SPIME_JID.replace(SPIME, SPIME.toUpperCase()),
    password: PASSWORD,
    scopenode,
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

const sentStanzas = (board: NodeBoard) =>
  board.stanzas.filter(({ direction }) => direction === "sent").map(({ xml: text }) => text);

/** Somebody who is no client of the server, and so needs no TLS. */
async function joinAsOther({ host, componentPort }: TestServer): Promise<Entity> {
  const service = `xmpp://${host}:${componentPort}`;
  const entity = component({ service, domain: OTHER_DOMAIN, password: SECRET });
  entity.reconnect.stop();
  entity.on("error", () => {});
  await entity.start();
  return entity;
}

/** Some servers show the localpart as it was typed at the login. */
const isFromSpime = ({ attrs }: Element) => foldAddress(attrs.from ?? "") === SPIME_JID;

let asked = 0;

/** What the agent says to an iq: the reply with its id that comes from itself. */
async function ask(other: Entity, type: string, content: string): Promise<Element> {
  const id = `q${(asked += 1)}`;
  const reply = new Promise<Element>((resolve) => {
    other.on("stanza", function look(stanza: Element) {
      if (stanza.attrs.id !== id || !isFromSpime(stanza)) return;
      other.removeListener("stanza", look);
      resolve(stanza);
    });
  });
  await other.send(
    xml("iq", { from: `there@${OTHER_DOMAIN}/x`, to: SPIME_JID, type, id }, elementOf(content)),
  );
  return reply;
}

function elementOf(text: string): Element {
  const parser = new xml.Parser();
  const elements: Element[] = [];
  parser.on("element", (element: Element) => elements.push(element));
  parser.write(`<all>${text}`);
  return elements[0];
}

/** The type of the error, then its condition. */
function errorIn(reply: Element): (string | undefined)[] {
  assert.equal(reply.attrs.type, "error");
  const error = reply.getChild("error");
  return [error?.attrs.type, error?.getChildElements()[0]?.name];
}
