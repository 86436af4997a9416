// SpimeSeek, OpenSpime v0.9 sections 1.2.0 and 1.2.1, from the seeker's side: through a real PubSub service, to
// two ScopeNodes.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { xml } from "@xmpp/client";
import { seekSpime } from "../../../src/desktop/claimer/index.js";
import type { HeldClaim, SeekAnswer, SeekOptions } from "../../../src/desktop/claimer/index.js";
import { ExitCode } from "../../../src/desktop/failure.js";
import { sealClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { childElements } from "../../../src/desktop/openspime/element.js";
import type { XmlElement } from "../../../src/desktop/openspime/element.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { assertFails } from "./failures.js";
import {
  encryptedAnswer,
  measuredEntry,
  nonsense,
  plainAnswer,
  printedEntry,
  signedAnswer,
  StandInScopeNode,
} from "./scopenode.js";
import { EXPIRES_AT } from "./spime.js";
import {
  CERTIFIER_JID,
  DOMAIN,
  NODE_DOMAINS,
  OWNER_JID,
  ownerKey,
  PASSWORD,
  prosody,
  PUBSUB,
  SPIME,
  SPIME_JID,
  spimeKey,
  strangeKey,
  World,
} from "./world.js";

const documentEntry = {
  date: new Date("2008-04-02T16:54:22Z"),
  exposure: "outdoor",
  lat: 45.475841199050905,
  lon: 9.172725677490234,
  eleM: 120,
};

const claim: HeldClaim = {
  spime: SPIME_JID,
  osid: OWNER_JID,
  certifier: CERTIFIER_JID,
  expiresAt: EXPIRES_AT,
  claimKey: sealClaimKey({ osid: OWNER_JID, expiresAt: EXPIRES_AT }, spimeKey),
};

const title = "Claimer: OpenSpime 1.2 on Prosody";
if (prosody.skipped) describe.skip(`${title} (skipped: ${prosody.skipped})`, () => it("runs"));
else describe(title, defineSuite);

function defineSuite(): void {
  let world: World;
  let one: StandInScopeNode;
  let other: StandInScopeNode;

  before(async () => {
    world = await World.start(prosody);
    one = await StandInScopeNode.start(world.server, NODE_DOMAINS[0]);
    other = await StandInScopeNode.start(world.server, NODE_DOMAINS[1]);
  });
  after(async () => {
    await one?.stop();
    await other?.stop();
    await world?.stop();
  });
  beforeEach(() => {
    for (const node of [one, other]) {
      node.answering = () => [];
      node.calls.length = 0;
    }
  });
  afterEach(() => assert.deepEqual([one.fault, other.fault], [undefined, undefined]));

  const seek = (changes: Partial<SeekOptions> = {}) =>
    seekSpime({
      ...world.account,
      signing: { key: ownerKey, certifier: CERTIFIER_JID },
      ...{ claim, pubsub: PUBSUB, waitMs: 10_000 },
      ...changes,
    });

  /** Until so much has been received; what it makes of that comes before the next turn. */
  function seekUntil(isEnough: (received: string) => boolean, changes: Partial<SeekOptions>) {
    const controller = new AbortController();
    let received = "";
    const onStanza: SeekOptions["onStanza"] = (direction, text) => {
      if (direction === "received") received += text;
      if (isEnough(received)) setImmediate(() => controller.abort());
    };
    return seek({ ...changes, onStanza, signal: controller.signal, waitMs: 60_000 });
  }

  it("has a spime sought by its owner, and opens what two ScopeNodes answer (1.2.1)", async () => {
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [printedEntry()], key)];
    const measured = [measuredEntry("400"), measuredEntry("401.5")];
    other.answering = ({ request, key }) => [encryptedAnswer(request.id, measured, key)];
    const told: SeekAnswer[] = [];
    const outcome = await seek({ wanted: 2, onAnswer: (answer) => void told.push(answer) });
    assert.deepEqual([outcome.spime, outcome.ignored], [SPIME_JID, {}]);
    assert.deepEqual(outcome.answers, told);
    const answers = new Map(told.map((answer) => [answer.from, answer]));
    assert.deepEqual(answers.get(one.jid), {
      from: one.jid,
      isEncrypted: true,
      entries: [documentEntry],
    });
    const ppms = answers.get(other.jid)?.entries.map(({ ppm }) => ppm);
    assert.deepEqual(ppms, [400, 401.5]);
  });

  it("publishes as the document prints it, once more after a server re-serialised it", async () => {
    const sent: string[] = [];
    const before = Date.now();
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [printedEntry()], key)];
    const { id } = await seek({
      wanted: 1,
      onStanza: (direction, text) => direction === "sent" && sent.push(text),
    });
    const [call] = one.calls;
    const iq = parseXmlText(sent.find((text) => text.includes("<publish")) ?? "");
    assert.ok(iq && call);
    const [publish] = childElements(childElements(iq)[0] ?? assert.fail());
    const [item] = childElements(publish ?? assert.fail());
    assert.deepEqual([iq.attrs.to, iq.attrs.type], [PUBSUB, "set"]);
    assert.deepEqual(publish?.attrs, { node: "spimeseek" });
    assert.match(item?.attrs.id ?? "", /^[0-9a-f]{22}$/);
    for (const openspime of [childElements(item ?? assert.fail())[0], call.openspime]) {
      assertPrinted(openspime ?? assert.fail(), id);
    }
    const { expiresAt, isEncryptionRequired } = call.request;
    const lifetimeMs = expiresAt.getTime() - before;
    assert.ok(lifetimeMs >= 3_600_000 && lifetimeMs < 3_610_000, `${lifetimeMs}`);
    assert.equal(isEncryptionRequired, true);
    assert.deepEqual(call.claim, { osid: OWNER_JID, expiresAt: EXPIRES_AT });
  });

  it("has a spime seek itself, in the clear (1.2.0)", async () => {
    // Both, since its certification service is gone with the seek.
    one.answering = ({ request }) => [plainAnswer(request.id, [printedEntry()])];
    other.answering = one.answering;
    const outcome = await seek({
      jid: `${SPIME}@${DOMAIN}/spime2`,
      claim: undefined,
      signing: { key: ownerKey, certifier: ownCertifier() },
      ...{ isEncryptionRequired: false, lifetimeMs: 60_000, wanted: 2 },
    });
    assert.equal(outcome.spime, `${SPIME}@${DOMAIN}/spime2`);
    const answer = { from: one.jid, isEncrypted: false, entries: [documentEntry] };
    assert.deepEqual(
      outcome.answers.find(({ from }) => from === one.jid),
      answer,
    );
    const [{ request, osid, claim: shown }] = one.calls;
    assert.deepEqual([request.spimeId, osid, shown], [outcome.spime, outcome.spime, undefined]);
    assert.equal(request.isEncryptionRequired, false);
    assert.ok(request.expiresAt.getTime() < Date.now() + 60_000);
  });

  /** As an account of the seeker's own, for the time of the seek. */
  function ownCertifier() {
    return { service: world.account.service, jid: `owner@${DOMAIN}/keys`, password: PASSWORD };
  }

  it("brings its own certification service along", async () => {
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [printedEntry()], key)];
    other.answering = one.answering;
    const signing = { key: ownerKey, certifier: ownCertifier() };
    const { answers } = await seek({ signing, wanted: 2 });
    assert.equal(answers.length, 2);
    const [originator] = childElements(one.calls[0]?.openspime ?? assert.fail());
    assert.equal(originator?.attrs.cert, `owner@${DOMAIN}/keys`);
  });

  it("ignores, and counts, what is no answer", async () => {
    const last = "<body>the last</body>";
    one.answering = ({ request: { id }, key }) => [
      encryptedAnswer("7abc78af21", [printedEntry()], key),
      plainAnswer(id, [printedEntry()]),
      encryptedAnswer(id, [printedEntry()], createPublicKey(strangeKey)),
      signedAnswer(id, strangeKey, CERTIFIER_JID),
      signedAnswer(id, ownerKey, `services@${DOMAIN}/other`),
      nonsense(),
      encryptedAnswer(id, [], key),
      encryptedAnswer(id, [printedEntry(), xml("entry")], key),
      encryptedAnswer(id, [measuredEntry("1")], key),
      xml("body", {}, "the last"),
    ];
    const isEnough = (text: string) => text.includes(last) && text.includes("</pubkeys>");
    const { answers, ignored } = await seekUntil(isEnough, {});
    assert.deepEqual(
      answers.map(({ entries }) => entries[0]?.ppm),
      [1],
    );
    assert.deepEqual(ignored, {
      "unknown-request": 1,
      unencrypted: 1,
      undecryptable: 1,
      unverified: 1,
      unaccepted: 1,
      malformed: 3,
    });
  });

  it("names who has signed an answer", async () => {
    one.answering = ({ request }) => [signedAnswer(request.id, ownerKey, CERTIFIER_JID)];
    const { answers } = await seek({ isEncryptionRequired: false, wanted: 1 });
    assert.equal(answers[0]?.signer, OWNER_JID);
    const acceptedCertifiers = [`services@${DOMAIN}/other`];
    const options = { isEncryptionRequired: false, acceptedCertifiers };
    const { ignored } = await seekUntil((text) => text.includes("<sign>"), options);
    assert.deepEqual(ignored, { unaccepted: 1 });
  });

  it("believes nobody's certification service about a ScopeNode of another domain", async () => {
    one.answering = ({ request }) => [signedAnswer(request.id, ownerKey, CERTIFIER_JID)];
    const acceptedCertifiers = [{ jid: CERTIFIER_JID, domains: NODE_DOMAINS }];
    const options = { isEncryptionRequired: false, acceptedCertifiers };
    const { ignored } = await seekUntil((text) => text.includes("<sign>"), options);
    assert.deepEqual(ignored, { unaccepted: 1 });
    const wrong = seek({ acceptedCertifiers: [{ jid: CERTIFIER_JID, domains: [] }] });
    await assert.rejects(wrong, /^TypeError: acceptedCertifiers: /);
  });

  it("takes no more than 100 answers", async () => {
    one.answering = ({ request, key }) =>
      Array.from({ length: 101 }, () => encryptedAnswer(request.id, [printedEntry()], key));
    assert.equal((await seek({ waitMs: 60_000 })).answers.length, 100);
    await assert.rejects(seek({ wanted: 101 }), /^RangeError: wanted: /);
  });

  it("ends when nobody answers, and when it is told to", async () => {
    assert.deepEqual((await seek({ waitMs: 200 })).answers, []);
    const controller = new AbortController();
    const { signal } = controller;
    await seek({ waitMs: 60_000, signal, onPublished: () => controller.abort() });
  });

  it("rejects with what its caller throws on an answer", async () => {
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [printedEntry()], key)];
    const onAnswer = () => {
      throw new RangeError("of the caller");
    };
    await assert.rejects(seek({ onAnswer }), /of the caller/);
  });

  it("seeks nothing with a claim that no ScopeNode would take", async () => {
    const { usage } = ExitCode;
    const expired = { ...claim, expiresAt: new Date(0) };
    const sent: string[] = [];
    const onStanza: SeekOptions["onStanza"] = (_direction, text) => void sent.push(text);
    const late = seek({ claim: expired, onStanza });
    await assertFails(late, usage, /expired at 1970/, /microspime claim/);
    const foreign = { ...claim, osid: `owner@${DOMAIN}/home` };
    await assertFails(
      seek({ claim: foreign, onStanza }),
      usage,
      /is for owner@\S+\/home, and/,
      /--jid/,
    );
    assert.deepEqual(sent, []);
  });

  it("says that there is no PubSub service", async () => {
    for (const pubsub of [DOMAIN, "nowhere.example"]) {
      await assertFails(seek({ pubsub }), ExitCode.network, /is no PubSub service/, /--pubsub/);
    }
  });
}

/** The names, and what of the attributes the document fixes. */
function assertPrinted(openspime: XmlElement, requestId: string): void {
  const [originator, transport] = childElements(openspime);
  const [signature, claimKey] = childElements(originator ?? assert.fail());
  const [spimeseek] = childElements(transport ?? assert.fail());
  const [request] = childElements(spimeseek ?? assert.fail());
  assert.deepEqual([originator?.name, transport?.name], ["originator", "transport"]);
  assert.deepEqual([signature?.name, claimKey?.name], ["sign", "claimkey"]);
  assert.equal(openspime.attrs.version, "0.9");
  const { cert, osid } = originator?.attrs ?? {};
  assert.deepEqual([cert, osid], [CERTIFIER_JID, OWNER_JID]);
  const { cert: spimeCert, claims } = claimKey?.attrs ?? {};
  assert.deepEqual([spimeCert, claims], [CERTIFIER_JID, SPIME_JID]);
  assert.equal(spimeseek?.getNS(), "http://openspime.org/protocol/spimeseek");
  assert.equal(request?.attrs.id, requestId);
  const fields = childElements(request ?? assert.fail()).map(({ name }) => name);
  assert.deepEqual(fields, ["spimeid", "expdate", "encrequired"]);
}
