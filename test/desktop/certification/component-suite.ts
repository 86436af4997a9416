// A certification service that is a component, as section 1.2.1 names it, on a server: asked by a client and,
// by way of a ScopeNode, for the signature of a report.

import assert from "node:assert/strict";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { readKeyInfo } from "../../../src/desktop/openspime/key-info.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import { publicKey, readPem } from "../openspime/support.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { openspimeOf, parseStanza, readVector } from "../scopenode/support.js";

const DOMAIN = "spime.openspime.com";
const CERT_DOMAIN = "cert.spimeowners.com";
const NAMED_DOMAIN = "named.spimeowners.com";
const NAMED_JID = `services@${NAMED_DOMAIN}/cert`;
const SCOPE_DOMAIN = "scopenode.openspime.com";
const SPIME = "4a6b-5638-0312111d";
const SPIME_JID = `${SPIME}@${DOMAIN}/spime`;
const OWNER_JID = "spimeowner@mydomain.com/web";
const PASSWORD = "correct horse";
const SECRET = "battery staple";

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [{ localpart: SPIME, password: PASSWORD }],
  components: [CERT_DOMAIN, NAMED_DOMAIN, SCOPE_DOMAIN].map((domain) => ({
    domain,
    secret: SECRET,
  })),
};

const PUBKEY = "urn:xmpp:tmp:pubkey";
const DISCO_INFO = "http://jabber.org/protocol/disco#info";

export function describeComponentOn(fixture: ServerFixture): void {
  const { name, skipped } = fixture;
  const title = `Certification service: a component on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

function defineSuite(fixture: ServerFixture): void {
  const registered = new Map<string, string>();
  let server: TestServer;
  let bare: CertificationService;
  let named: CertificationService;
  let spime: Entity;

  before(async () => {
    server = await fixture.start(setup);
    registered.set(SPIME_JID, readPem("spime-2048.pub"));
    registered.set(OWNER_JID, readPem("scopenode-2048.pub"));
    bare = await start({ domain: CERT_DOMAIN });
    named = await start({ domain: NAMED_DOMAIN, jid: NAMED_JID });
    const service = `xmpp://${server.host}:${server.c2sPort}`;
    const login = { username: SPIME, password: PASSWORD, resource: "spime" };
    spime = client({ service, domain: DOMAIN, ...login });
    spime.on("error", () => {});
    await spime.start();
  });

  after(async () => {
    await spime?.stop();
    await named?.stop();
    await bare?.stop();
    await server?.stop();
  });

  const componentService = () => `xmpp://${server.host}:${server.componentPort}`;

  function start(login: { domain: string; jid?: string; secret?: string }) {
    const component = { service: componentService(), secret: SECRET, ...login };
    return startCertificationService({ component, keys: registered });
  }

  async function ask(to: string, type: string, query: Element): Promise<string> {
    try {
      const reply = await spime.iqCaller.request(xml("iq", { to, type }, query));
      return ["result", ...reply.children].join(" ");
    } catch (error) {
      const { type, condition, application } = error as StanzaError;
      return [type, condition, application?.name].filter(Boolean).join(" ");
    }
  }

  const pubkeys = (jid?: string) => xml("pubkeys", { xmlns: PUBKEY, ...(jid && { jid }) });

  it("knows who it is and how many keys it has", () => {
    assert.deepEqual([bare.jid, named.jid], [CERT_DOMAIN, NAMED_JID]);
    assert.deepEqual([bare.size, named.size], [2, 2]);
  });

  for (const to of [CERT_DOMAIN, NAMED_JID]) {
    it(`${to} tells the key of a full address`, async () => {
      const iq = xml("iq", { to, type: "get" }, pubkeys(OWNER_JID));
      const reply = await spime.iqCaller.request(iq);
      assert.equal(reply.attrs.from, to);
      const [result = assert.fail()] = reply.getChildElements();
      assert.equal(result.attrs.jid, OWNER_JID);
      assert.ok(readKeyInfo(result)?.equals(publicKey("scopenode-2048")));
    });
  }

  const ping = xml("ping", { xmlns: "urn:xmpp:ping" });
  const disco = xml("query", { xmlns: DISCO_INFO });
  const discoNode = xml("query", { xmlns: DISCO_INFO, node: "x" });
  const rows: [name: string, to: string, type: string, query: Element, answer: RegExp][] = [
    ["no key", CERT_DOMAIN, "get", pubkeys("a@b/c"), /^cancel item-not-found no-available-pub/],
    ["no address", CERT_DOMAIN, "get", pubkeys("a b@c"), /^modify bad-request$/],
    ["no attribute", CERT_DOMAIN, "get", pubkeys(), /^modify bad-request$/],
    ["a set", CERT_DOMAIN, "set", pubkeys(SPIME_JID), /^cancel service-unavailable$/],
    ["a ping", CERT_DOMAIN, "get", ping, /^result$/],
    ["what it can do", CERT_DOMAIN, "get", disco, /^result <query .*"component".*tmp:pubkey/],
    ["a node", CERT_DOMAIN, "get", discoNode, /^cancel item-not-found$/],
    ["something else", CERT_DOMAIN, "get", xml("x", { xmlns: "y" }), /^cancel service-unavail/],
    ["another localpart", `x@${CERT_DOMAIN}`, "get", pubkeys(SPIME_JID), /^cancel item-not-found$/],
    ["a ping of the domain", NAMED_DOMAIN, "get", ping, /^result$/],
    ["keys of the domain", NAMED_DOMAIN, "get", pubkeys(SPIME_JID), /^cancel item-not-found$/],
  ];
  for (const [name, to, type, query, expected] of rows) {
    it(`answers ${name}`, async () => assert.match(await ask(to, type, query), expected));
  }

  it("reads its keys anew, and keeps what it had if one is wrong", async () => {
    registered.set("new@b/c", "no key");
    await assert.rejects(bare.reload(), /keys: new@b\/c/);
    assert.match(await ask(CERT_DOMAIN, "get", pubkeys(SPIME_JID)), /^result/);
    registered.set("new@b/c", readPem("spime-1024.pub"));
    await bare.reload();
    assert.match(await ask(CERT_DOMAIN, "get", pubkeys("new@b/c")), /^result/);
    registered.delete("new@b/c");
    await bare.reload();
  });

  it("is believed by a ScopeNode that accepts it", async () => {
    const reports: Report[] = [];
    const node: ScopeNode = await startScopeNode({
      service: componentService(),
      domain: SCOPE_DOMAIN,
      secret: SECRET,
      acceptedCertifiers: [CERT_DOMAIN],
      onReport: (report) => void reports.push(report),
    });
    try {
      const report = openspimeOf(parseStanza(signedBy(CERT_DOMAIN)));
      assert.equal(await ask(SCOPE_DOMAIN, "set", report), "result");
      assert.deepEqual([reports[0]?.osid, reports[0]?.isSigned], [SPIME_JID, true]);
    } finally {
      await node.stop();
    }
  });

  it("says why it is not let in", async () => {
    await assert.rejects(start({ domain: "unknown.example" }), {
      message: /^certification service unknown\.example on xmpp:/,
    });
    await assert.rejects(start({ domain: CERT_DOMAIN, secret: "wrong" }), {
      message: /^certification service cert\.\S+ on \S+: component secret refused/,
      code: "not-authorized",
    });
  });

  it("throws and names the jid of another domain", () =>
    assert.rejects(start({ domain: CERT_DOMAIN, jid: `a@${DOMAIN}` }), {
      name: "TypeError",
      message: `jid: not of ${CERT_DOMAIN}`,
    }));
}

/** The author's signed report, as if it had named this service: what is signed does not change. */
function signedBy(certifier: string): string {
  return readVector("report-sign-2048").replace(/ cert=(['"]).*?\1/, ` cert='${certifier}'`);
}

interface StanzaError {
  readonly type: string;
  readonly condition: string;
  readonly application?: Element;
}
