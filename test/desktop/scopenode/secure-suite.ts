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
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { dataXml, entryXml, openspimeXml, parseStanza, readVector, reportXml } from "./support.js";

const DOMAIN = "spime.openspime.com";
const SCOPE_DOMAIN = "scopenode.openspime.com";
const BARE_DOMAIN = "bare.openspime.com";
const NODE_JID = `775B-F2C2-2B3765F4@${SCOPE_DOMAIN}/co2`;
const SPIME = "4a6b-5638-0312111d";
const SPIME_JID = `${SPIME}@${DOMAIN}/spime`;
const CERT_JID = `services@${DOMAIN}/cert`;
const PASSWORD = "correct horse";
const SECRET = "battery staple";
const AWAY_JID = `services@${DOMAIN}/away`;
const OTHER_JID = `other@${DOMAIN}/spime`;
/** The certification service, which is accepted for the spimes of its own domain, has a key for it all the same. */
const FAR_JID = "spime@far.example/spime";

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [SPIME, "services"].map((localpart) => ({ localpart, password: PASSWORD })),
  components: [SCOPE_DOMAIN, BARE_DOMAIN].map((domain) => ({ domain, secret: SECRET })),
};

const CORE_ERROR = "openspime:protocol:core:error";
const DATA_ERROR = "openspime:protocol:extension:data:error";
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

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
  const errors: Error[] = [];
  /** What the handler of replays throws. */
  let replayFault: Error | undefined;
  let server: TestServer;
  let service: CertificationService;
  let node: ScopeNode;
  /** One that has no key and believes nobody. */
  let bareNode: ScopeNode;
  let spime: Entity;

  before(async () => {
    server = await fixture.start(setup);
    const c2s = `xmpp://${server.host}:${server.c2sPort}`;
    registered.set(SPIME_JID, readPem(`spime-${bits}.pub`));
    registered.set(OTHER_JID, readPem(`scopenode-${bits}.pub`));
    registered.set(FAR_JID, readPem(`spime-${bits}.pub`));
    const login = { service: c2s, domain: DOMAIN, password: PASSWORD };
    service = await startCertificationService({ ...login, username: "services", keys: registered });
    const component = `xmpp://${server.host}:${server.componentPort}`;
    const onReport = (report: Report) => void reports.push(report);
    const bare = { service: component, domain: BARE_DOMAIN, secret: SECRET, onReport };
    bareNode = await startScopeNode(bare);
    node = await startScopeNode({
      service: component,
      domain: SCOPE_DOMAIN,
      secret: SECRET,
      jid: NODE_JID,
      key: readPem(`scopenode-${bits}`),
      acceptedCertifiers: [CERT_JID, AWAY_JID],
      onReport,
      onReplay: (report) => {
        replays.push(report);
        if (replayFault) throw replayFault;
      },
      onError: (error) => void errors.push(error),
    });
    spime = client({ ...login, username: SPIME, resource: "spime" });
    spime.on("error", () => {});
    await spime.start();
  });

  after(async () => {
    await spime?.stop();
    await node?.stop();
    await bareNode?.stop();
    await service?.stop();
    await server?.stop();
  });

  beforeEach(() => {
    reports.length = replays.length = errors.length = 0;
    replayFault = undefined;
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

  /** The <error/> that answers: its type, and name and namespace of each condition. */
  async function errorOf(to: string, type: string, content: string): Promise<string[]> {
    const iq = xml("iq", { to, type }, ...parseStanza(`<iq>${content}</iq>`).getChildElements());
    const { element } = await spime.iqCaller.request(iq).then(
      () => assert.fail("a result"),
      (error: StanzaError) => error,
    );
    const conditions = element.getChildElements().map((one) => `${one.name} ${one.getNS()}`);
    return [element.attrs.type ?? "", ...conditions];
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

  it("answers a replay whose handler fails, and says so", async () => {
    const stanza = secured("402", "14");
    replayFault = new Error("no log");
    assert.equal(await send(stanza), "result");
    assert.equal(await send(stanza), "result");
    assert.deepEqual([reports.length, replays.length], [1, 1]);
    assert.deepEqual(errors, [replayFault]);
  });

  const noKey = "cancel item-not-found no-available-public-key";
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
      "a spime that the certification service is not believed about",
      () => secured("400", "06", FAR_JID),
      "cancel not-allowed signature-error-invalid-cert-auth",
    ],
    ["an originator without a key", () => secured("400", "07", `unknown@${DOMAIN}/spime`), noKey],
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

  const pubkeys = (jid: string) => `<pubkeys xmlns='urn:xmpp:tmp:pubkey' jid='${jid}'/>`;

  /** The table of error conditions: condition, namespace, type, and who answers so to what. */
  const table: [
    condition: string,
    xmlns: string,
    type: string,
    to: string,
    content: () => string,
  ][] = [
    ["inconsistent-data-with-scope", DATA_ERROR, "modify", NODE_JID, () => secured("1", "20")],
    [
      "internal-server-error",
      STANZAS,
      "wait",
      NODE_JID,
      () => secured("400", "21", SPIME_JID, AWAY_JID),
    ],
    [
      "decryption-error",
      CORE_ERROR,
      "modify",
      NODE_JID,
      () => vectorXml(`report-encrypt-${bits === 1024 ? 2048 : 1024}`),
    ],
    [
      "decryption-not-enabled",
      CORE_ERROR,
      "cancel",
      BARE_DOMAIN,
      () => vectorXml(`report-encrypt-${bits}`),
    ],
    [
      "xml-malformed-transport-node",
      CORE_ERROR,
      "modify",
      NODE_JID,
      () => openspimeXml("<transport>text</transport>"),
    ],
    [
      "signature-not-enabled",
      CORE_ERROR,
      "cancel",
      BARE_DOMAIN,
      () => vectorXml(`report-sign-${bits}`),
    ],
    [
      "signature-error-invalid-cert-auth",
      CORE_ERROR,
      "cancel",
      NODE_JID,
      () => secured("400", "22", SPIME_JID, `services@${DOMAIN}/other`),
    ],
    [
      "signature-error-public-key-corrupted",
      CORE_ERROR,
      "cancel",
      NODE_JID,
      () => vectorXml(`report-sign-${bits}`).replace("176.4", "176.5"),
    ],
    [
      "no-available-public-key",
      CORE_ERROR,
      "cancel",
      NODE_JID,
      () => secured("400", "23", `unknown@${DOMAIN}/spime`),
    ],
    ["no-available-public-key", CORE_ERROR, "cancel", CERT_JID, () => pubkeys(`a@${DOMAIN}/b`)],
  ];
  for (const [condition, xmlns, type, to, content] of table) {
    it(`the table's ${condition}, by ${to}`, async () => {
      const [saidType, defined, ...own] = await errorOf(
        to,
        to === CERT_JID ? "get" : "set",
        content(),
      );
      assert.equal(saidType, type);
      assert.equal(defined.split(" ")[1], STANZAS);
      const expected = `${condition} ${xmlns}`;
      assert.deepEqual(xmlns === STANZAS ? [defined, ...own] : own, [expected]);
      assert.equal(reports.length, 0);
    });
  }

  it("has a result for the bare ScopeNode's plain reports all the same", async () => {
    assert.equal(await ask(BARE_DOMAIN, "set", reportXml(entryXml())), "result");
    assert.deepEqual([reports[0]?.isSigned, reports[0]?.isEncrypted], [false, false]);
  });

  it("does not ask for a key that it has", async () => {
    registered.delete(SPIME_JID);
    await service.reload();
    try {
      assert.equal(await ask(CERT_JID, "get", pubkeys(SPIME_JID)), noKey);
      assert.equal(await send(secured("400", "12")), "result");
    } finally {
      registered.set(SPIME_JID, readPem(`spime-${bits}.pub`));
      await service.reload();
    }
  });

  it("takes a replay again under another iq id and another spelling, and stores it once", async () => {
    const first = secured("403", "13");
    assert.equal(await send(first), "result");
    assert.equal(
      await send(first.replace(CERT_JID, CERT_JID.toUpperCase().replace("/CERT", "/cert"))),
      "result",
    );
    assert.equal(
      await send(secured("403", "13", SPIME_JID.toUpperCase().replace("/SPIME", "/spime"))),
      "result",
    );
    assert.deepEqual([reports.length, replays.length], [1, 2]);
    assert.equal(new Set([...reports, ...replays].map(({ iqId }) => iqId)).size, 3);
  });

  it("asks for the key again when the originator has a new one", async () => {
    registered.set(OTHER_JID, readPem(`spime-${bits}.pub`));
    await service.reload();
    assert.equal(await send(secured("400", "10", OTHER_JID)), "result");
  });

  it("asks the spime to wait when the certification service is away", async () => {
    const stanza = secured("400", "11", SPIME_JID, AWAY_JID);
    assert.equal(await send(stanza), "wait internal-server-error");
  });

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
  readonly element: Element;
}

function vectorXml(name: string): string {
  const openspime = /<openspime.*<\/openspime>/s.exec(readVector(name));
  assert.ok(openspime);
  return openspime[0];
}
