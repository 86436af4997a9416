// Section 1.0.1 whole: spime, certification service and ScopeNode on a server, once for each server.

import assert from "node:assert/strict";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { sign } from "../../../src/desktop/openspime/signature.js";
import { encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import { privateKey, publicKey, readPem, SIZES } from "../openspime/support.js";
import type { ServerFixture, ServerSetup, TestServer } from "./suite.js";
import { dataXml, entryXml, openspimeXml, parseStanza, readVector } from "./support.js";

const DOMAIN = "spime.openspime.com";
const SCOPE_DOMAIN = "scopenode.openspime.com";
const NODE_JID = `775B-F2C2-2B3765F4@${SCOPE_DOMAIN}/co2`;
const SPIME = "4a6b-5638-0312111d";
const SPIME_JID = `${SPIME}@${DOMAIN}/spime`;
const CERT_JID = `services@${DOMAIN}/cert`;
const PASSWORD = "correct horse";
const SECRET = "battery staple";
const AWAY_JID = `services@${DOMAIN}/away`;
const OTHER_JID = `other@${DOMAIN}/spime`;

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [SPIME, "services"].map((localpart) => ({ localpart, password: PASSWORD })),
  components: [{ domain: SCOPE_DOMAIN, secret: SECRET }],
};

export function describeSecurityOn(fixture: ServerFixture): void {
  const { name, skipped } = fixture;
  const title = `OpenSpime 1.0.1 on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else
    for (const bits of SIZES) describe(`${title}, ${bits} bits`, () => defineSuite(fixture, bits));
}

function defineSuite(fixture: ServerFixture, bits: number): void {
  const registered = new Map<string, string>();
  const reports: Report[] = [];
  const replays: Report[] = [];
  let server: TestServer;
  let service: CertificationService;
  let node: ScopeNode;
  let spime: Entity;

  before(async () => {
    server = await fixture.start(setup);
    const c2s = `xmpp://${server.host}:${server.c2sPort}`;
    registered.set(SPIME_JID, readPem(`spime-${bits}.pub`));
    registered.set(OTHER_JID, readPem(`scopenode-${bits}.pub`));
    const login = { service: c2s, domain: DOMAIN, password: PASSWORD };
    service = await startCertificationService({ ...login, username: "services", keys: registered });
    node = await startScopeNode({
      service: `xmpp://${server.host}:${server.componentPort}`,
      domain: SCOPE_DOMAIN,
      secret: SECRET,
      jid: NODE_JID,
      key: readPem(`scopenode-${bits}`),
      acceptedCertifiers: [CERT_JID, AWAY_JID],
      onReport: (report) => void reports.push(report),
      onReplay: (report) => void replays.push(report),
    });
    spime = client({ ...login, username: SPIME, resource: "spime" });
    spime.on("error", () => {});
    await spime.start();
  });

  after(async () => {
    await spime?.stop();
    await node?.stop();
    await service?.stop();
    await server?.stop();
  });

  beforeEach(() => {
    reports.length = replays.length = 0;
  });

  /** The child of the result, or type and conditions of the error. */
  async function ask(to: string, type: string, content: string): Promise<string> {
    const iq = xml("iq", { to, type }, ...parseStanza(`<iq>${content}</iq>`).getChildElements());
    try {
      const reply = await spime.iqCaller.request(iq);
      return ["result", ...reply.children].join(" ");
    } catch (error) {
      const { type, condition, application } = error as StanzaError;
      return [type, condition, application?.name].filter(Boolean).join(" ");
    }
  }

  const send = (content: string) => ask(NODE_JID, "set", content);

  function secured(ppm: string, day: string, osid = "", cert = CERT_JID): string {
    const data = dataXml(entryXml({ ppm, date: `2008-04-${day}T17:54:22+01:00` }));
    const parsed = parseXmlText(data);
    assert.ok(parsed);
    const signature = sign(parsed, privateKey(`spime-${bits}`));
    const { transportKey, text } = encryptTransport(data, publicKey(`scopenode-${bits}`));
    return openspimeXml(
      `<originator cert='${cert}'${osid && ` osid='${osid}'`}><sign>${signature}</sign></originator>`,
      `<transport content-type='x-openspime/aes-base64' transport-key='${transportKey}'>${text}</transport>`,
    );
  }

  for (const [name, isSigned, isEncrypted] of [
    ["report-encrypt", false, true],
    ["report-sign", true, false],
  ] as const) {
    it(`takes the author's ${name}`, async () => {
      assert.equal(await send(vectorXml(`${name}-${bits}`)), "result");
      assert.equal(reports.length, 1);
      assert.deepEqual([reports[0]?.isSigned, reports[0]?.isEncrypted], [isSigned, isEncrypted]);
      assert.equal(reports[0]?.osid, SPIME_JID);
      assert.equal(reports[0]?.entries[0]?.ppm, 176.4);
    });
  }

  it("answers the author's report-sign-encrypt, whose dates it has had, and hands on nothing", async () => {
    assert.equal(await send(vectorXml(`report-sign-encrypt-${bits}`)), "result");
    assert.equal(reports.length, 0);
    assert.equal(replays[0]?.isEncrypted, true);
  });

  it("takes what is signed and encrypted in the standard's spelling, in the originator's name", async () => {
    assert.equal(await send(secured("401", "03", SPIME_JID.replace("4a6b", "4A6B"))), "result");
    const [{ osid, isSigned, isEncrypted } = assert.fail()] = reports;
    assert.deepEqual([osid, isSigned, isEncrypted], [SPIME_JID, true, true]);
  });

  it("answers a replay and does not hand it on", async () => {
    const stanza = secured("402", "04");
    assert.equal(await send(stanza), "result");
    assert.equal(await send(stanza), "result");
    assert.deepEqual([reports.length, replays.length], [1, 1]);
  });

  const corrupted = "cancel not-allowed signature-error-public-key-corrupted";
  const rows: [name: string, stanza: () => string, answer: string][] = [
    [
      "data out of scope",
      () => secured("1", "05"),
      "modify bad-request inconsistent-data-with-scope",
    ],
    [
      "another certification service",
      () => secured("400", "06", SPIME_JID, `services@${DOMAIN}/other`),
      "cancel not-allowed signature-error-invalid-cert-auth",
    ],
    [
      "an originator without a key",
      () => secured("400", "07", `unknown@${DOMAIN}/spime`),
      "cancel item-not-found no-available-public-key",
    ],
    ["an originator with another key", () => secured("400", "08", OTHER_JID), corrupted],
    ["changed data", () => vectorXml(`report-sign-${bits}`).replace("176.4", "176.5"), corrupted],
    [
      "a changed signature",
      () => vectorXml(`report-sign-encrypt-${bits}`).replace("<sign>H", "<sign>I"),
      corrupted,
    ],
    [
      "what is encrypted to another",
      () => vectorXml(`report-encrypt-${bits === 1024 ? 2048 : 1024}`),
      "modify bad-request decryption-error",
    ],
    [
      "two elements of which one is signed",
      () => vectorXml(`report-sign-${bits}`).replace("</transport>", "<data/></transport>"),
      "modify bad-request xml-malformed-transport-node",
    ],
    [
      "another's name without a signature",
      () => vectorXml(`report-encrypt-${bits}`).replace("<originator", "<originator osid='a@b/c'"),
      "auth forbidden",
    ],
    ["an osid that is no address", () => secured("400", "09", "a b@c"), "modify bad-request"],
  ];
  for (const [name, stanza, answer] of rows) {
    it(`refuses ${name}: ${answer}`, async () => {
      assert.equal(await send(stanza()), answer);
      assert.equal(reports.length, 0);
    });
  }

  it("asks for the key again when the originator has a new one", async () => {
    registered.set(OTHER_JID, readPem(`spime-${bits}.pub`));
    await service.reload();
    assert.equal(await send(secured("400", "10", OTHER_JID)), "result");
  });

  it("asks the spime to wait when the certification service is away", async () => {
    const stanza = secured("400", "11", SPIME_JID, AWAY_JID);
    assert.equal(await send(stanza), "wait internal-server-error");
  });

  const pubkeys = (jid: string) => `<pubkeys xmlns='urn:xmpp:tmp:pubkey' jid='${jid}'/>`;
  const disco = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
  const queries: [name: string, type: string, content: string, answer: RegExp][] = [
    [
      "the key, with the address as it was asked for",
      "get",
      pubkeys(SPIME_JID.replace("4a6b", "4A6B")),
      /^result <pubkeys (?=.*jid="4A6B-5638-0312111d@spime.openspime.com\/spime").*<KeyInfo xmlns="http:\/\/www.w3.org\/2000\/09\/xmldsig#"><KeyValue><RSAKeyValue><Modulus>[\w+/=]+<\/Modulus><Exponent>AQAB<\/Exponent><\/RSAKeyValue><\/KeyValue><\/KeyInfo><\/pubkeys>$/,
    ],
    ["no key", "get", pubkeys("a@b/c"), /^cancel item-not-found no-available-public-key$/],
    ["another resource", "get", pubkeys(`${SPIME_JID}x`), /no-available-public-key$/],
    ["no address", "get", pubkeys(""), /^modify bad-request$/],
    ["no attribute", "get", "<pubkeys xmlns='urn:xmpp:tmp:pubkey'/>", /^modify bad-request$/],
    ["a set", "set", pubkeys(SPIME_JID), /^cancel service-unavailable$/],
    [
      "an unknown query",
      "get",
      "<query xmlns='jabber:iq:version'/>",
      /^cancel service-unavailable$/,
    ],
    ["a ping", "get", "<ping xmlns='urn:xmpp:ping'/>", /^result$/],
    ["what it can do", "get", disco, /^result <query .*urn:xmpp:tmp:pubkey/],
    ["a node", "get", disco.replace("/>", " node='x'/>"), /^cancel item-not-found$/],
  ];
  for (const [name, type, content, answer] of queries) {
    it(`certification service: ${name}`, async () => {
      assert.match(await ask(CERT_JID, type, content), answer);
    });
  }

  it("certification service: says why it cannot log in", async () => {
    const starting = startCertificationService({
      service: `xmpp://${server.host}:${server.c2sPort}`,
      domain: DOMAIN,
      username: "services",
      password: "wrong",
      keys: registered,
    });
    await assert.rejects(starting, { message: /^certification service services@.*not-authorized/ });
  });
}

interface StanzaError {
  readonly type: string;
  readonly condition: string;
  readonly application?: Element;
}

function vectorXml(name: string): string {
  const openspime = /<openspime.*<\/openspime>/s.exec(readVector(name));
  assert.ok(openspime);
  return openspime[0];
}
