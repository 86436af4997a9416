// The suite of docs/nacl.md at a ScopeNode: what it says that it can, whose keys it gives, what it takes and what it refuses.

import assert from "node:assert/strict";
import { createPublicKey, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { parseAddress } from "../../../src/desktop/openspime/address.js";
import { refuse } from "../../../src/desktop/openspime/conditions.js";
import { parseEnvelope } from "../../../src/desktop/openspime/envelope.js";
import { KeyRing } from "../../../src/desktop/openspime/key-ring.js";
import {
  boxTransport,
  keyIn,
  keysElement,
  octetsOf,
  privateKeyOf,
  publicKeyOf,
  signNacl,
} from "../../../src/desktop/openspime/nacl.js";
import { openEnvelope } from "../../../src/desktop/openspime/opening.js";
import { sign } from "../../../src/desktop/openspime/signature.js";
import { encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { KeyQueries } from "../../../src/desktop/scopenode/key-queries.js";
import { ACCEPTED, answerQuery } from "../../../src/desktop/scopenode/queries.js";
import type { QueryContext, Report } from "../../../src/desktop/scopenode/queries.js";
import { ReplayGuard } from "../../../src/desktop/scopenode/replay-guard.js";
import { makeScope } from "../../../src/desktop/scopenode/scope.js";
import { makeSecurity } from "../../../src/desktop/scopenode/security.js";
import { element, privateKey, publicKey, readPem } from "../openspime/support.js";
import {
  dataXml,
  entryXml,
  iqXml,
  NODE_JID,
  openspimeXml,
  parseStanza,
  SPIME_JID,
} from "./support.js";

const CERT = "services@spime.openspime.com/cert";
const OTHER_JID = "other@spime.openspime.com/spime";
const TYPE = "x-openspime/nacl-base64";
const FOLDED_NODE = NODE_JID.replace("775B-F2C2-2B3765F4", "775b-f2c2-2b3765f4");
const corrupted = "signature-error-public-key-corrupted";

/** What the certification service tells. */
const certified = new Map<string, KeyObject>([
  [SPIME_JID, publicKey("spime-1024")],
  [OTHER_JID, publicKey("scopenode-1024")],
  [FOLDED_NODE, publicKey("scopenode-1024")],
]);

const keyRing = () =>
  new KeyRing({
    nowMs: () => 0,
    fetchKey: async (_certifier, osid) => {
      const key = certified.get(osid);
      return key ? { value: key } : refuse("no-available-public-key", osid);
    },
  });

const reports: Report[] = [];
const replays: Report[] = [];

function makeContext(nacl = true): QueryContext {
  const queries = new KeyQueries({ jid: NODE_JID, timeoutMs: 1, send: async () => {} });
  const options = { key: readPem("scopenode-1024"), acceptedCertifiers: [CERT], nacl };
  const security = makeSecurity({ ...options, onWarning: () => {} }, queries);
  return {
    address: parseAddress(NODE_JID),
    scope: makeScope({}),
    now: () => new Date("2008-04-02T17:00:00Z"),
    accept: async (report) => {
      reports.push(report);
      return ACCEPTED;
    },
    onReplay: (report) => void replays.push(report),
    replays: new ReplayGuard(),
    security: { ...security, verification: { certifiers: [CERT], keys: keyRing() } },
  };
}

/** "result", or the condition. */
async function answerTo(content: string, context: QueryContext, type = "set"): Promise<string> {
  const answer = await answerQuery(parseStanza(iqXml(content, { type })), context);
  return "fault" in answer ? answer.fault.condition : ["result", ...answer.result].join(" ");
}

const boardKey = privateKeyOf("Ed25519", randomBytes(32));
const strangerKey = privateKeyOf("Ed25519", randomBytes(32));
const data = (ppm = "400", day = "02") =>
  dataXml(entryXml({ ppm, date: `2008-04-${day}T16:54:22Z` }));

function signedXml(content: string, key: KeyObject, attributes: string): string {
  const signature = sign(element(content), key);
  return openspimeXml(
    `<originator ${attributes}><sign>${signature}</sign></originator>`,
    `<transport>${content}</transport>`,
  );
}

interface Introduction {
  osid?: string;
  key?: KeyObject;
  rsaKey?: KeyObject;
  attributes?: string;
}

/** The board's RSA key for its Ed25519 key, or what a forger has instead. */
function introduction({ osid = SPIME_JID, key = boardKey, ...other }: Introduction = {}): string {
  const { rsaKey = privateKey("spime-1024"), attributes = `cert='${CERT}' osid='${osid}'` } = other;
  return signedXml(keysElement("Ed25519", key, osid).toString(), rsaKey, attributes);
}

const boxTo = (context: QueryContext) => {
  const { boxKey = assert.fail("no key") } = context.security ?? {};
  return publicKeyOf("X25519", octetsOf(boxKey)) ?? assert.fail();
};

const naclXml = (
  { transportKey, text }: { transportKey: string; text: string },
  originator: string,
) =>
  openspimeXml(
    originator,
    `<transport content-type='${TYPE}' transport-key='${transportKey}'>${text}</transport>`,
  );

const originatorXml = (signature: string, keys: string, attributes = `cert='${CERT}'`) =>
  `<originator ${attributes}><sign content-type='${TYPE}'>${signature}</sign>${keys}</originator>`;

function reportXml(context: QueryContext, content = data(), keys = introduction()): string {
  const signature = signNacl(element(content), boardKey);
  return naclXml(boxTransport(content, boxTo(context)), originatorXml(signature, keys));
}

const disco = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
const keysQuery = `<keys xmlns='urn:x-microspime:nacl' cert='${CERT}'/>`;

describe("ScopeNode: the suite of docs/nacl.md", () => {
  let context: QueryContext;
  beforeEach(() => {
    context = makeContext();
    reports.length = replays.length = 0;
  });

  it("is told by disco#info, unless it is off", async () => {
    assert.match(
      await answerTo(disco, context, "get"),
      /<feature var="x-openspime\/nacl-base64"\/>/,
    );
    assert.doesNotMatch(await answerTo(disco, makeContext(false), "get"), /nacl/);
  });

  it("gives its key, signed with the one that the certification service tells", async () => {
    const answer = await answerQuery(parseStanza(iqXml(keysQuery, { type: "get" })), context);
    const [sealed = assert.fail("no result")] = "result" in answer ? answer.result : [];
    const envelope = parseEnvelope(element(sealed.toString()), { decrypts: false, verifies: true });
    assert.ok("value" in envelope);
    assert.equal(envelope.value.signature?.certifier, CERT);
    const security = { verification: { certifiers: [CERT], keys: keyRing() } };
    const opened = await openEnvelope(envelope.value, FOLDED_NODE, security);
    assert.ok("value" in opened, JSON.stringify(opened));
    assert.equal(opened.value.signer, FOLDED_NODE);
    assert.ok(keyIn(opened.value.payload, "X25519", FOLDED_NODE)?.equals(boxTo(context)));
  });

  const askedWrong: [name: string, query: string, type: string, condition: string][] = [
    ["without a certification service", keysQuery.replace(/ cert=\S+'/, ""), "get", "bad-request"],
    ["with a set", keysQuery, "set", "service-unavailable"],
  ];
  for (const [name, query, type, condition] of askedWrong) {
    it(`refuses a query for it ${name}: ${condition}`, async () => {
      assert.equal(await answerTo(query, context, type), condition);
    });
  }

  it("has no key to give where it is off, nor at the domain", async () => {
    assert.equal(await answerTo(keysQuery, makeContext(false), "get"), "service-unavailable");
    const iq = parseStanza(iqXml(keysQuery, { type: "get", to: parseAddress(NODE_JID).domain }));
    const answer = await answerQuery(iq, context);
    assert.equal("fault" in answer && answer.fault.condition, "item-not-found");
  });

  it("takes a report that is signed and encrypted", async () => {
    assert.equal(await answerTo(reportXml(context), context), "result");
    const [{ osid, isSigned, isEncrypted, entries } = assert.fail()] = reports;
    assert.deepEqual([osid, isSigned, isEncrypted], [SPIME_JID, true, true]);
    assert.equal(entries[0]?.ppm, 400);
  });

  it("takes one that is signed only, and one that is encrypted only", async () => {
    const signature = signNacl(element(data()), boardKey);
    const signed = openspimeXml(
      originatorXml(signature, introduction()),
      `<transport>${data()}</transport>`,
    );
    const encrypted = naclXml(boxTransport(data(), boxTo(context)), "");
    for (const xml of [signed, encrypted]) assert.equal(await answerTo(xml, context), "result");
    const kinds = reports.map(({ isSigned, isEncrypted }) => [isSigned, isEncrypted]);
    assert.deepEqual(kinds, [
      [true, false],
      [false, true],
    ]);
  });

  it("answers a replay and hands it on once, in whatever suite it comes again", async () => {
    const stanza = reportXml(context);
    const { transportKey, text } = encryptTransport(data(), publicKey("scopenode-1024"));
    const inRsa = openspimeXml(
      `<originator cert='${CERT}'><sign>${sign(element(data()), privateKey("spime-1024"))}</sign></originator>`,
      `<transport content-type='x-openspime/aes-base64' transport-key='${transportKey}'>${text}</transport>`,
    );
    for (const xml of [stanza, stanza, reportXml(context), inRsa]) {
      assert.equal(await answerTo(xml, context), "result");
    }
    assert.deepEqual([reports.length, replays.length], [1, 3]);
  });

  it("takes what was refused, and comes again, for no replay, also while it is looked at", async () => {
    const condition = "inconsistent-data-with-scope";
    const accept = async (report: Report) => {
      reports.push(report);
      await new Promise((resolve) => setImmediate(resolve));
      return refuse(condition, "another measurement has the date");
    };
    const refusing = { ...context, accept };
    const stanza = reportXml(context);
    const atOnce = [stanza, stanza].map((xml) => answerTo(xml, refusing));
    assert.deepEqual(await Promise.all(atOnce), [condition, condition]);
    assert.equal(await answerTo(stanza, refusing), condition);
    assert.deepEqual([reports.length, replays.length], [2, 0]);
    assert.equal(await answerTo(stanza, context), "result");
  });

  const changedText = (xml: string) => {
    const [before, text, after] = xml.split(/(?<=transport-key='[^']*'>)([^<]+)(?=<\/transport>)/);
    const octets = Buffer.from(text ?? "", "base64");
    octets[octets.length - 1]! ^= 1;
    return before + octets.toString("base64") + after;
  };
  const otherKeys = (changes: Introduction) => reportXml(context, data(), introduction(changes));
  const attributesOf = (cert: string, osid: string) => `cert='${cert}' osid='${osid}'`;

  const refused: [name: string, xml: () => string, condition: string][] = [
    ["an altered box", () => changedText(reportXml(context)), "decryption-error"],
    [
      "a box to another's key",
      () =>
        naclXml(boxTransport(data(), createPublicKey(privateKeyOf("X25519", randomBytes(32)))), ""),
      "decryption-error",
    ],
    [
      "a transport key of small order",
      () =>
        reportXml(context).replace(/transport-key='[^']*'/, `transport-key='${"A".repeat(43)}='`),
      "decryption-error",
    ],
    [
      "another content than the signed one",
      () => {
        const signature = signNacl(element(data("401")), boardKey);
        return naclXml(
          boxTransport(data(), boxTo(context)),
          originatorXml(signature, introduction()),
        );
      },
      corrupted,
    ],
    [
      "a key that no RSA key has signed for the board",
      () => otherKeys({ key: strangerKey }),
      corrupted,
    ],
    [
      "a key that another RSA key has signed",
      () => otherKeys({ rsaKey: privateKey("scopenode-1024") }),
      corrupted,
    ],
    [
      "a key that was changed after it was signed",
      () =>
        reportXml(
          context,
          data(),
          introduction({ key: strangerKey }).replace(
            octetsOf(strangerKey).toString("base64"),
            octetsOf(boardKey).toString("base64"),
          ),
        ),
      corrupted,
    ],
    [
      "another's word for its own key, as the board's",
      () =>
        otherKeys({
          rsaKey: privateKey("scopenode-1024"),
          attributes: attributesOf(CERT, OTHER_JID),
        }),
      corrupted,
    ],
    [
      "the board's word for another",
      () => otherKeys({ osid: OTHER_JID, attributes: attributesOf(CERT, SPIME_JID) }),
      corrupted,
    ],
    [
      "a key without a signature",
      () => reportXml(context, data(), introduction().replace(/<sign>[^<]*<\/sign>/, "")),
      corrupted,
    ],
    [
      "the key of another certification service's",
      () => otherKeys({ attributes: attributesOf("evil@spime.openspime.com/cert", SPIME_JID) }),
      "signature-error-invalid-cert-auth",
    ],
    [
      "a report of another certification service's",
      () => reportXml(context).replace(CERT, "evil@spime.openspime.com/cert"),
      "signature-error-invalid-cert-auth",
    ],
    [
      "a spime without a certified key",
      () => {
        const osid = "unknown@spime.openspime.com/spime";
        const signature = signNacl(element(data()), boardKey);
        const originator = originatorXml(
          signature,
          introduction({ osid }),
          attributesOf(CERT, osid),
        );
        return naclXml(boxTransport(data(), boxTo(context)), originator);
      },
      "no-available-public-key",
    ],
    ["no key", () => reportXml(context, data(), ""), "bad-request"],
    ["two", () => reportXml(context, data(), introduction() + introduction()), "bad-request"],
    [
      "keys that hold keys",
      () => {
        const inner = introduction();
        const nested = inner.replace("<sign>", `<sign content-type='${TYPE}'>`);
        return reportXml(context, data(), nested.replace("</originator>", `${inner}</originator>`));
      },
      "feature-not-implemented",
    ],
    ["its own keys as a report", () => introduction(), "feature-not-implemented"],
    ["data out of scope", () => reportXml(context, data("1")), "inconsistent-data-with-scope"],
  ];
  for (const [name, xml, condition] of refused) {
    it(`refuses ${name}: ${condition}`, async () => {
      assert.equal(await answerTo(xml(), context), condition);
      assert.equal(reports.length, 0);
    });
  }

  it("refuses all of it where it is off: feature-not-implemented", async () => {
    const off = makeContext(false);
    const signature = signNacl(element(data()), boardKey);
    for (const xml of [
      reportXml(context),
      naclXml(boxTransport(data(), boxTo(context)), ""),
      openspimeXml(originatorXml(signature, introduction()), `<transport>${data()}</transport>`),
    ]) {
      assert.equal(await answerTo(xml, off), "feature-not-implemented");
    }
    assert.equal(reports.length, 0);
  });
});
