// Sections 1.2.0 and 1.2.1 with the ScopeNode's side whole: spime, owner, certification services, PubSub
// service and two ScopeNodes on a server, once for each server.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { decodeWholeCharacters } from "../../../src/desktop/certification/whole-characters.js";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { publishQuery } from "../../../src/desktop/openspime/pubsub.js";
import { parseSeekResponse } from "../../../src/desktop/openspime/seek.js";
import { sign } from "../../../src/desktop/openspime/signature.js";
import { decryptTransport } from "../../../src/desktop/openspime/transport.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type {
  Report,
  ScopeNode,
  ScopeNodeOptions,
  Seek,
  SeekOutcome,
} from "../../../src/desktop/scopenode/index.js";
import { element, privateKey, readPem } from "../openspime/support.js";
import { until } from "./fake-server.js";
import { CERT_JID, claimKeyXml, newKey, OWNER, OWNER_CERT_JID } from "./seek-support.js";
import { PUBSUB_JID, seekXml, SPIME } from "./seek-support.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { dataXml, entryXml, openspimeXml, parseStanza, transportXml } from "./support.js";

const DOMAIN = "spime.openspime.com";
const FIRST_DOMAIN = "scopenode.openspime.com";
const SECOND_DOMAIN = "second.openspime.com";
/** As the document prints it; on Prosody it may not create a node, which the second may. */
const FIRST_JID = `775B-F2C2-2B3765F4@${FIRST_DOMAIN}/co2`;
const SECOND_JID = `${SECOND_DOMAIN}/co2`;
const PASSWORD = "correct horse";
const SECRET = "battery staple";

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [SPIME, OWNER, "services@"].map((jid) => ({
    localpart: jid.slice(0, jid.indexOf("@")),
    password: PASSWORD,
  })),
  components: [FIRST_DOMAIN, SECOND_DOMAIN].map((domain) => ({ domain, secret: SECRET })),
  pubsub: PUBSUB_JID,
};

const spimeKey = privateKey("spime-2048");
const ownerKey = newKey();
const spime = { osid: SPIME, cert: CERT_JID, key: spimeKey };
const owner = { osid: OWNER, cert: OWNER_CERT_JID, key: ownerKey };

export function describeSeekOn(fixture: ServerFixture): void {
  const title = `OpenSpime 1.2, the ScopeNode's side, on ${fixture.name}`;
  const { skipped } = fixture;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

/** A ScopeNode and what it has told. */
interface Party {
  readonly node: ScopeNode;
  readonly seeks: Seek[];
  readonly reports: Report[];
  readonly replays: Report[];
  readonly errors: Error[];
}

function defineSuite(fixture: ServerFixture): void {
  const folder = mkdtempSync(join(tmpdir(), "microspime-seek-"));
  const messages = new Map<Entity, Element[]>();
  let server: TestServer;
  let services: CertificationService[];
  let first: Party;
  let second: Party;
  let board: Entity;
  let web: Entity;

  before(async () => {
    server = await fixture.start(setup);
    services = [
      await startService("cert", SPIME, readPem("spime-2048.pub")),
      await startService("owners", OWNER, ownerKey.export({ type: "pkcs1", format: "pem" })),
    ];
    second = await startParty(SECOND_JID, ":memory:");
    first = await startParty(FIRST_JID, join(folder, "first.db"));
    board = await logIn(SPIME);
    web = await logIn(OWNER);
    for (const to of [FIRST_JID, SECOND_JID]) assert.equal(await report(to, "01", "401"), "result");
    assert.equal(await report(FIRST_JID, "02", "402"), "result");
  });

  after(async () => {
    for (const entity of [board, web]) await entity?.stop();
    for (const party of [first, second]) await party?.node.stop();
    for (const service of services ?? []) await service.stop();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    for (const { seeks, reports, replays, errors } of [first, second]) {
      seeks.length = reports.length = replays.length = errors.length = 0;
    }
    for (const list of messages.values()) list.length = 0;
  });

  const place = () => `xmpp://${server.host}:${server.c2sPort}`;
  const login = () => ({ service: place(), domain: DOMAIN, password: PASSWORD });

  function startService(resource: string, osid: string, pem: string | Buffer) {
    const keys = new Map([[osid, String(pem)]]);
    return startCertificationService({ ...login(), username: "services", resource, keys });
  }

  async function startParty(
    jid: string,
    database: string,
    changes: Partial<ScopeNodeOptions> = {},
  ): Promise<Party> {
    const told = { seeks: [], reports: [], replays: [], errors: [] } as Omit<Party, "node">;
    const node = await startScopeNode({
      service: `xmpp://${server.host}:${server.componentPort}`,
      domain: jid.replace(/^.*@|\/.*$/g, ""),
      secret: SECRET,
      jid,
      database,
      acceptedCertifiers: [CERT_JID, OWNER_CERT_JID],
      pubsub: { service: PUBSUB_JID },
      onReport: (one) => void told.reports.push(one),
      onReplay: (one) => void told.replays.push(one),
      onSeek: (seek) => void told.seeks.push(seek),
      onError: (error) => void told.errors.push(error),
      ...changes,
    });
    return { node, ...told };
  }

  async function logIn(jid: string): Promise<Entity> {
    const [username = "", resource = ""] = jid.split(/@.*\//);
    const entity = client({ ...login(), username, resource });
    decodeWholeCharacters(entity);
    const list: Element[] = [];
    messages.set(entity, list);
    entity.on("error", () => {});
    entity.on("stanza", (stanza: Element) => void (stanza.is("message") && list.push(stanza)));
    await entity.start();
    return entity;
  }

  async function ask(entity: Entity, to: string, child: Element): Promise<string> {
    const reply = await entity.iqCaller.request(xml("iq", { type: "set", to }, child));
    return reply.attrs.type ?? "";
  }

  function report(to: string, day: string, ppm: string): Promise<string> {
    const data = dataXml(entryXml({ date: `2008-04-${day}T17:54:22+01:00`, ppm }));
    const origin = `<originator cert='${CERT_JID}'><sign>${sign(element(data), spimeKey)}</sign></originator>`;
    return ask(board, to, parseStanza(openspimeXml(origin, transportXml(data))));
  }

  let items = 0;

  const publish = (entity: Entity, content: string) =>
    ask(entity, PUBSUB_JID, publishQuery("spimeseek", `i${(items += 1)}`, parseStanza(content)));

  /** What became of the next request at each. */
  const untilTreated = (parties = [first, second]) =>
    until(() => {
      if (parties.some(({ seeks }) => seeks.length === 0)) return undefined;
      return parties.map(({ seeks }) => seeks.shift()?.outcome);
    });

  async function untilAnswered(entity: Entity, count: number): Promise<Element[]> {
    const list = messages.get(entity) ?? [];
    await until(() => (list.length >= count ? true : undefined));
    return list.splice(0).sort((a, b) => ((a.attrs.from ?? "") < (b.attrs.from ?? "") ? -1 : 1));
  }

  const ppmsIn = (payload: ReturnType<typeof parseSeekResponse>) =>
    payload?.entries.map((entry) => /<ppm>([^<]*)/.exec(String(entry))?.[1]);

  it("1.2.0: a spime hears from every ScopeNode that has something of it", async () => {
    assert.equal(await publish(board, seekXml(spime, { id: "own" })), "result");
    const answers = await untilAnswered(board, 2);
    assert.deepEqual(
      answers.map(({ attrs }) => [attrs.from, attrs.to, attrs.type]),
      [FIRST_JID.toLowerCase(), SECOND_JID].map((from) => [from, SPIME, undefined]),
    );
    const transports = answers.map((one) => one.getChild("openspime")?.getChild("transport"));
    const responses = transports.map((one) => {
      const [payload] = one?.getChildElements() ?? [];
      return parseSeekResponse(payload ?? assert.fail("no payload"));
    });
    assert.deepEqual(
      responses.map((one) => one?.id),
      ["own", "own"],
    );
    assert.deepEqual(responses.map(ppmsIn), [["402", "401"], ["401"]]);
    assert.deepEqual(await untilTreated(), ["answered", "answered"]);
  });

  it("1.2.1: an owner hears what only the owner can read", async () => {
    const content = seekXml(owner, { encrequired: "true", claimKey: claimKeyXml(spimeKey) });
    assert.equal(await publish(web, content), "result");
    const answers = await untilAnswered(web, 2);
    const counts = answers.map((answer) => {
      const transport = answer.getChild("openspime")?.getChild("transport");
      const encrypted = {
        transportKey: transport?.attrs["transport-key"] ?? "",
        text: transport?.getText() ?? "",
      };
      assert.equal(decryptTransport(encrypted, spimeKey), undefined);
      const payload = decryptTransport(encrypted, ownerKey);
      return parseSeekResponse(payload ?? assert.fail("cannot be opened"))?.entries.length;
    });
    assert.deepEqual(counts, [2, 1]);
    assert.deepEqual(await untilTreated(), ["answered", "answered"]);
    assert.deepEqual(messages.get(board), [], "the spime hears nothing of it");
  });

  it("takes entities and quotes as the server writes them", async () => {
    const content = seekXml(spime, { id: "&lt;&amp;&#39;&quot;é" });
    assert.equal(await publish(board, content.replaceAll(/='([^'"]*)'/g, '="$1"')), "result");
    assert.deepEqual(await untilTreated(), ["answered", "answered"]);
    const [answer] = await untilAnswered(board, 2);
    assert.match(String(answer), /<response id="&lt;&amp;(?:'|&apos;|&#39;)(?:"|&quot;)é">/);
  });

  const ago = new Date(Date.now() - 1000);
  const ignored: [name: string, content: () => string, outcome: SeekOutcome][] = [
    ["a replay", () => seekXml(spime, { id: "own" }), "already-treated"],
    ["what has expired", () => seekXml(spime, { id: "2", expiresAt: ago }), "expired"],
    ["a stranger", () => seekXml(owner, { id: "3" }), "not-entitled"],
    ["no signature", () => seekXml(spime, { id: "4", sign: "" }), "unsigned"],
    [
      "another's signature",
      () => seekXml({ ...spime, key: ownerKey }, { id: "5" }),
      "signature-refused",
    ],
    [
      "a certification service that is not accepted",
      () => seekXml({ ...spime, cert: `services@${DOMAIN}/other` }, { id: "6" }),
      "signature-refused",
    ],
    [
      "a claim key of another osid",
      () => seekXml(owner, { id: "7", claimKey: claimKeyXml(spimeKey, { osid: SPIME }) }),
      "claim-key-refused",
    ],
    [
      "a claim key of another spime",
      () => seekXml(owner, { id: "8", claimKey: claimKeyXml(spimeKey, { claims: OWNER }) }),
      "claim-key-refused",
    ],
    [
      "a claim key that has expired",
      () => seekXml(owner, { id: "9", claimKey: claimKeyXml(spimeKey, { expiresAt: ago }) }),
      "claim-key-refused",
    ],
    [
      "a claim key by a certification service that is not accepted",
      () => seekXml(owner, { id: "10", claimKey: claimKeyXml(spimeKey, { cert: "a@b/c" }) }),
      "claim-key-refused",
    ],
    ["what is no request", () => openspimeXml(transportXml(dataXml(entryXml()))), "malformed"],
  ];
  for (const [index, [name, content, outcome]] of ignored.entries()) {
    it(`ignores ${name}: ${outcome}`, async () => {
      assert.equal(await publish(web, content()), "result");
      assert.deepEqual(await untilTreated(), [outcome, outcome]);
      // What comes after it shows that nothing came before.
      assert.equal(await publish(board, seekXml(spime, { id: `after ${index}` })), "result");
      const answers = await untilAnswered(board, 2);
      const ids = answers.map((one) => /<response id="([^"]*)"/.exec(String(one))?.[1]);
      assert.deepEqual(ids, [`after ${index}`, `after ${index}`]);
      assert.deepEqual(messages.get(web), []);
    });
  }

  it("says that it can be asked, in service discovery", async () => {
    const query = xml("query", { xmlns: "http://jabber.org/protocol/disco#info" });
    const iq = xml("iq", { type: "get", to: FIRST_JID }, query);
    assert.match(
      String(await board.iqCaller.request(iq)),
      /var="http:\/\/openspime.org\/protocol\/spimeseek"/,
    );
  });

  it("knows reports and requests again after a restart, and is subscribed again", async () => {
    await first.node.stop();
    first = await startParty(FIRST_JID, join(folder, "first.db"));
    assert.deepEqual(first.errors, []);
    assert.equal(await report(FIRST_JID, "02", "402"), "result");
    assert.deepEqual([first.reports.length, first.replays.length], [0, 1]);
    assert.equal(await report(FIRST_JID, "03", "403"), "result");
    assert.deepEqual([first.reports.length, first.replays.length], [1, 1]);
    await publish(board, seekXml(spime, { id: "own" }));
    assert.deepEqual(await untilTreated([first]), ["already-treated"]);
    await publish(board, seekXml(spime, { id: "restarted" }));
    assert.deepEqual(await until(() => first.seeks[0]?.entries), 3);
  });

  it("says which service it cannot subscribe to, and treats what comes from the others", async () => {
    await first.node.stop();
    const places = [{ service: `nobody@${DOMAIN}` }, { service: PUBSUB_JID, node: "spimeseek" }];
    first = await startParty(FIRST_JID, join(folder, "first.db"), { pubsub: places });
    assert.match(first.errors[0]?.message ?? "", /^cannot subscribe to spimeseek of nobody@/);
    assert.equal(first.errors.length, 1);
    await publish(board, seekXml(spime, { id: "other" }));
    assert.deepEqual(await untilTreated([first]), ["answered"]);
  });
}
