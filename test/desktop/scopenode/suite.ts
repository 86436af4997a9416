// A ScopeNode and a spime on a server: the same suite for each server the project works with.

import assert from "node:assert/strict";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Refusal, Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { until } from "./fake-server.js";
import {
  dataXml,
  entryXml,
  openspimeXml,
  parseStanza,
  readVector,
  reportXml,
  transportXml,
} from "./support.js";

const DOMAIN = "spime.example";
const SCOPE_DOMAIN = "scopenode.example";
const NODE_JID = `775B-F2C2-2B3765F4@${SCOPE_DOMAIN}/co2`;
const SPIME = "4a6b-5638-0312111d";
const PASSWORD = "correct horse";
const SECRET = "battery staple";
const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [{ localpart: SPIME, password: PASSWORD }],
  components: [{ domain: SCOPE_DOMAIN, secret: SECRET }],
};

const claim = "<claim xmlns='openspime:protocol:extension:claim' version='0.9'/>";
const data = dataXml(entryXml());
const version = "<query xmlns='jabber:iq:version'/>";
const ping = "<ping xmlns='urn:xmpp:ping'/>";
const CORE_ERROR = "openspime:protocol:core:error";

/** Request, what is changed of its addressing, and the error that answers: type, conditions. */
const errors: [string, string, Record<string, string>, string, ...string[]][] = [
  [
    "data out of scope",
    reportXml(entryXml({ ppm: "0" })),
    {},
    "modify",
    "bad-request",
    "inconsistent-data-with-scope openspime:protocol:extension:data:error",
  ],
  [
    "an entry without a date",
    reportXml(entryXml({ date: undefined })),
    {},
    "modify",
    "bad-request",
    "inconsistent-data-with-scope openspime:protocol:extension:data:error",
  ],
  [
    "an extreme date",
    reportXml(entryXml({ date: "9999-12-31T23:59:59-14:00" })),
    {},
    "modify",
    "bad-request",
    "inconsistent-data-with-scope openspime:protocol:extension:data:error",
  ],
  [
    "no transport",
    openspimeXml(),
    {},
    "modify",
    "bad-request",
    `xml-malformed-transport-node ${CORE_ERROR}`,
  ],
  [
    "an encrypted report",
    vectorXml("report-encrypt-1024"),
    {},
    "cancel",
    "feature-not-implemented",
    `decryption-not-enabled ${CORE_ERROR}`,
  ],
  [
    "a signed report",
    vectorXml("report-sign-1024"),
    {},
    "cancel",
    "feature-not-implemented",
    `signature-not-enabled ${CORE_ERROR}`,
  ],
  ["a claim", openspimeXml(transportXml(claim)), {}, "cancel", "feature-not-implemented"],
  [
    "another's name",
    openspimeXml("<originator osid='a@b/c'/>", transportXml(data)),
    {},
    "auth",
    "forbidden",
  ],
  ["a get of a report", reportXml(entryXml()), { type: "get" }, "modify", "bad-request"],
  [
    "nobody's address",
    reportXml(entryXml()),
    { to: `nobody@${SCOPE_DOMAIN}/co2` },
    "cancel",
    "item-not-found",
  ],
  ["an unknown get", version, { type: "get" }, "cancel", "service-unavailable"],
  ["an unknown set", version, {}, "cancel", "service-unavailable"],
];

export function describeScopeNodeOn(fixture: ServerFixture): void {
  const { name, skipped } = fixture;
  const title = `ScopeNode on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

function defineSuite(fixture: ServerFixture): void {
  const reports: Report[] = [];
  const refusals: Refusal[] = [];
  let onReport: (report: Report) => void;
  let server: TestServer;
  let node: ScopeNode;
  let spime: Entity;

  before(async () => {
    server = await fixture.start(setup);
    node = await startNode({});
    spime = await logIn(server);
  });

  after(async () => {
    await spime?.stop();
    await node?.stop();
    await server?.stop();
  });

  beforeEach(() => {
    reports.length = refusals.length = 0;
    onReport = (report) => reports.push(report);
  });

  function startNode(changes: { domain?: string; secret?: string }) {
    return startScopeNode({
      service: `xmpp://${server.host}:${server.componentPort}`,
      domain: SCOPE_DOMAIN,
      secret: SECRET,
      jid: changes.domain ?? NODE_JID,
      onReport: (report) => onReport(report),
      onRefused: (refusal) => refusals.push(refusal),
      ...changes,
    });
  }

  function send(content: string, addressing: Record<string, string> = {}) {
    return ask(spime, content, { type: "set", to: NODE_JID, ...addressing });
  }

  for (const name of ["example-1.0.0-report", "report-sign-1024"]) {
    it(`takes ${name}, unsigned, and gives the empty result`, async () => {
      const reply = await send(vectorXml(name).replace(/<sign>.*<\/sign>/, ""));
      assert.equal(reply.attrs.type, "result");
      assert.deepEqual(reply.children, []);
      assert.equal(reports[0]?.osid, `${SPIME}@${DOMAIN}/spime`);
      assert.equal(reports[0]?.iqId, reply.attrs.id);
      assert.equal(reports[0]?.entries[0]?.ppm, 176.4);
    });
  }

  it("takes a day of entries, and not one more", async () => {
    const entries = Array.from({ length: 96 }, (_, index) => entryXml({ ppm: `${400 + index}` }));
    assert.equal((await send(reportXml(...entries))).attrs.type, "result");
    assert.equal(reports[0]?.entries[95]?.ppm, 495);
    assert.equal((await send(reportXml(...entries, entryXml()))).attrs.type, "error");
  });

  it("takes text beyond ASCII", async () => {
    assert.equal((await send(reportXml(entryXml({ exposure: "façade 東" })))).attrs.type, "result");
    assert.equal(reports[0]?.entries[0]?.exposure, "façade 東");
  });

  for (const [name, content, addressing, type, ...conditions] of errors) {
    it(`refuses ${name}: ${conditions.join(" + ")}`, async () => {
      const reply = await send(content, addressing);
      assert.deepEqual(errorIn(reply), [type, ...conditions]);
      assert.equal(reports.length, 0);
      const refusal = await until(() => refusals[0]);
      assert.equal(refusal.from, `${SPIME}@${DOMAIN}/spime`);
      assert.equal(refusal.condition, (conditions[1] ?? conditions[0])?.split(" ")[0]);
    });
  }

  it("asks the spime to wait when its handler fails", async () => {
    onReport = () => {
      throw new Error("disk full");
    };
    const reply = await send(reportXml(entryXml()));
    assert.deepEqual(errorIn(reply), ["wait", "internal-server-error"]);
  });

  for (const to of [NODE_JID, SCOPE_DOMAIN]) {
    it(`answers a ping of ${to}`, async () => {
      const reply = await send(ping, { type: "get", to });
      assert.equal(reply.attrs.type, "result");
      assert.deepEqual(reply.children, []);
    });
  }

  it("answers service discovery", async () => {
    const xmlns = "http://jabber.org/protocol/disco#info";
    const reply = await send(`<query xmlns='${xmlns}'/>`, { type: "get" });
    const identity = reply.getChild("query", xmlns)?.getChild("identity");
    assert.equal(identity?.attrs.category, "component");
  });

  it("answers many at once, each its own", async () => {
    const asked = Array.from({ length: 50 }, (_, index) =>
      send(reportXml(entryXml({ ppm: `${index % 2 ? 400 : 0}` }))),
    );
    const types = (await Promise.all(asked)).map(({ attrs }) => attrs.type);
    assert.deepEqual(
      types,
      types.map((_, index) => (index % 2 ? "result" : "error")),
    );
  });

  it("rejects when the server refuses the secret", async () => {
    await assert.rejects(startNode({ secret: "wrong" }), {
      code: "not-authorized",
      message: /component secret refused by the server/,
    });
  });

  it("rejects when the server has no such component", async () => {
    await assert.rejects(startNode({ domain: "unknown.example" }), { code: "host-unknown" });
  });
}

/** The <openspime/> of a vector, for a stanza with addresses of our own. */
function vectorXml(name: string): string {
  const openspime = /<openspime.*<\/openspime>/s.exec(readVector(name));
  assert.ok(openspime);
  return openspime[0];
}

async function logIn({ host, c2sPort }: TestServer): Promise<Entity> {
  const entity = client({
    service: `xmpp://${host}:${c2sPort}`,
    domain: DOMAIN,
    resource: "spime",
    username: SPIME,
    password: PASSWORD,
  });
  entity.reconnect.stop();
  entity.on("error", () => {});
  // Each request that waits for its reply listens.
  entity.setMaxListeners(0);
  await entity.start();
  return entity;
}

let asked = 0;

/** Sends an iq and waits for its reply: same id, and from the address that was asked, folded. */
async function ask(
  spime: Entity,
  content: string,
  attributes: Record<string, string>,
): Promise<Element> {
  const id = `q${(asked += 1)}`;
  const payload = parseStanza(`<iq>${content}</iq>`).getChildElements();
  const [bare = "", resource] = (attributes.to ?? "").split("/");
  const from = [bare.toLowerCase(), resource].filter(Boolean).join("/");
  const reply = new Promise<Element>((resolve) => {
    spime.on("stanza", function look(stanza: Element) {
      if (stanza.attrs.id !== id || stanza.attrs.from !== from) return;
      spime.removeListener("stanza", look);
      resolve(stanza);
    });
  });
  await spime.send(xml("iq", { ...attributes, id }, ...payload));
  return reply;
}

/** The type of the error, then its conditions, with the namespace of those that are not RFC 6120's. */
function errorIn(reply: Element): string[] {
  assert.equal(reply.attrs.type, "error");
  const [error, ...others] = reply.getChildElements();
  assert.deepEqual(others, []);
  const conditions = (error?.getChildElements() ?? []).map((element) => {
    const isDefined = element.getNS() === "urn:ietf:params:xml:ns:xmpp-stanzas";
    return isDefined ? element.name : `${element.name} ${element.getNS()}`;
  });
  return [error?.attrs.type ?? "", ...conditions];
}
