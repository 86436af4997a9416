// slixmpp, a client that nobody here wrote, as the other end of the firmware's agent: it asks and is
// reported to.

import assert from "node:assert/strict";
import { NodeBoard } from "../../support/node-board.js";
import { embedded, prosody } from "../../support/servers.js";
import type { ServerFixture, TestServer } from "../../support/servers.js";
import { lackOfSlixmpp, SlixmppPeer } from "../../support/slixmpp.js";
import type { Told } from "../../support/slixmpp.js";

const DOMAIN = "spime.example";
const SPIME_JID = `4a6b-5638-0312111d@${DOMAIN}/spime`;
const PEER_JID = `peer@${DOMAIN}/there`;
const PASSWORD = "correct horse";
const DISCO_INFO = "http://jabber.org/protocol/disco#info";
const TIMEOUT_MS = 20_000;
const UNKNOWN = "<unheard xmlns='urn:example:unheard'/>";
const PUSH =
  "<query xmlns='jabber:iq:roster'><item jid='mallory@spime.example' subscription='both'/></query>";

for (const fixture of [embedded, prosody]) {
  const lack = fixture.skipped ?? lackOfSlixmpp();
  const block = lack === undefined ? describe : describe.skip;
  block(`agent and slixmpp on ${fixture.name}${lack ? ` (skipped: ${lack})` : ""}`, function () {
    this.timeout(TIMEOUT_MS);
    describePeerOn(fixture);
  });
}

function describePeerOn(fixture: ServerFixture): void {
  let server: TestServer;
  let peer: SlixmppPeer;
  let board: NodeBoard;

  before(async () => {
    server = await fixture.start({
      domain: DOMAIN,
      accounts: ["4a6b-5638-0312111d", "peer"].map((localpart) => ({
        localpart,
        password: PASSWORD,
      })),
      // Without one Prosody has no port for them.
      components: [{ domain: `unused.${DOMAIN}`, secret: PASSWORD }],
    });
    const { host, c2sPort: port } = server;
    peer = await SlixmppPeer.start({ jid: PEER_JID, password: PASSWORD, host, port });
    const login = { host, port, tls: false, jid: SPIME_JID, password: PASSWORD };
    board = new NodeBoard({ ...login, scopenode: PEER_JID });
    await board.next("online");
  });
  after(async () => {
    await board?.stop();
    await peer?.stop();
    await server?.stop();
  });

  it("is reported to, and its result is taken for an answer", async () => {
    const { report = "", from } = await peer.nextReport();
    assert.equal(from, SPIME_JID);
    assert.match(report, /openspime:protocol:extension:data/);
    const id = / id="([^"]+)"/.exec(report)?.[1];
    let acknowledged = await board.next("acknowledged");
    while (acknowledged.values["id"] !== id) acknowledged = await board.next("acknowledged");
  });

  it("has its ping answered (XEP-0199)", async () => {
    const { type, from, xml = "" } = await peer.ask(SPIME_JID, "ping");
    assert.deepEqual([type, from], ["result", SPIME_JID], xml);
  });

  it("has its disco#info query answered, with an error or a correct result (XEP-0030)", async () => {
    const told = await peer.ask(SPIME_JID, "disco");
    if (told.type === "error") assertUnavailable(told);
    else assertDiscoInfo(told);
  });

  for (const [what, kind, xml] of [
    ["a get that it does not know", "get", UNKNOWN],
    ["a set that it does not know", "set", UNKNOWN],
    ["a version query (XEP-0092)", "version", ""],
    ["a roster push from a stranger (RFC 6121 section 2.1.6)", "set", PUSH],
  ] as const) {
    it(`is refused ${what}`, async () => {
      assertUnavailable(await peer.ask(SPIME_JID, kind, xml));
    });
  }

  it("may write a message, and the agent goes on", async () => {
    peer.sendMessage(SPIME_JID, "</body> & hello, hätte gern Daten");
    const { type, xml } = await peer.ask(SPIME_JID, "ping");
    assert.equal(type, "result", xml);
    await peer.nextReport();
  });
}

function assertUnavailable({ type, from, xml = "" }: Told): void {
  assert.deepEqual([type, from], ["error", SPIME_JID], xml);
  assert.match(xml, /<(\w+:)?error [^>]*type="cancel"/);
  assert.match(xml, /urn:ietf:params:xml:ns:xmpp-stanzas"/);
  assert.match(xml, /service-unavailable/);
}

/** An identity with category and type, and itself among the features: what XEP-0030 section 3.1 wants. */
function assertDiscoInfo({ type, from, xml = "" }: Told): void {
  assert.deepEqual([type, from], ["result", SPIME_JID], xml);
  assert.match(xml, new RegExp(`xmlns(:\\w+)?="${DISCO_INFO}"`));
  const identity = /<(?:\w+:)?identity [^>]*>/.exec(xml)?.[0] ?? assert.fail(xml);
  assert.match(identity, / category="[^"]+"/);
  assert.match(identity, / type="[^"]+"/);
  const features = [...xml.matchAll(/<(?:\w+:)?feature [^>]*var="([^"]*)"/g)].map(
    ([, name]) => name,
  );
  assert.ok(features.includes(DISCO_INFO), xml);
  assert.ok(features.includes("urn:xmpp:ping"), xml);
  assert.equal(new Set(features).size, features.length, xml);
}
