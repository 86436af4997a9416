// Sections 1.2.0 and 1.2.1 of the protocol document, stanza by stanza, in both directions.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { seekSpime } from "../../src/desktop/claimer/index.js";
import { canonicalForms } from "../../src/desktop/openspime/canonical.js";
import { sealClaimKey } from "../../src/desktop/openspime/claim-key.js";
import { textOf } from "../../src/desktop/openspime/element.js";
import { parseSeekResponse } from "../../src/desktop/openspime/seek.js";
import { isSignatureOf, sign } from "../../src/desktop/openspime/signature.js";
import { decryptTransport, encryptTransport } from "../../src/desktop/openspime/transport.js";
import { until } from "../desktop/scopenode/fake-server.js";
import { assertPrinted, elementIn, found, golden, idOf, payloadOf, withId } from "./golden.js";
import {
  CERTIFIER,
  numbersOf,
  OWNER_CERTIFIER,
  ownerKey,
  PUBSUB,
  SCOPENODE,
  SEEKER,
  SPIME,
  spimeKey,
  Stage,
} from "./stage.js";
import type { Party, Told } from "./stage.js";

const REQUEST_ID = "7abc78af21";
const EXPIRES_AT = new Date("2008-05-01T00:00:00Z");
const claimKey = sealClaimKey({ osid: SEEKER, expiresAt: EXPIRES_AT }, spimeKey);

/** The base64 in a request of the spime, and of the owner. */
const spimesSecrets = [sign(payloadOf("1.2.0-1-seek-publish"), spimeKey)];
const ownersSecrets = [sign(payloadOf("1.2.1-1-seek-publish"), ownerKey), claimKey];

/**
 * A PubSub service that the test plays has to let the ScopeNode create the node, and subscribe. The two
 * questions.
 */
async function letSubscribe(pubsub: Party): Promise<string[]> {
  const queries = [];
  for (const action of ["create", "subscribe"]) {
    const query = await pubsub.hear();
    assert.equal(found(query, action).attrs.node, "spimeseek");
    const { from = "", id = "" } = elementIn(query).attrs;
    pubsub.say(`<iq type='result' from='${PUBSUB}' to='${from}' id='${id}'/>`);
    queries.push(query);
  }
  return queries;
}

/** The ScopeNode has the report of 1.0.0, and it is some hours before the requests expire. */
async function scopenodeWithData(stage: Stage, pubsub: Party, spime: Party): Promise<Told> {
  let now = new Date("2008-04-02T17:00:00Z");
  const starting = stage.scopenode(() => now, PUBSUB);
  await letSubscribe(pubsub);
  const told = await starting;
  spime.say(golden("1.0.0-1-report"));
  assertPrinted(await spime.hear(), "1.0.0-2-result");
  now = new Date("2008-04-01T00:00:00Z");
  return told;
}

/** It is told when the answer has been sent, which the receiver may know before. */
async function isAnswered({ seeks }: Told): Promise<void> {
  assert.equal((await until(() => seeks[0])).outcome, "answered");
  assert.equal(seeks.length, 1);
}

/** What is printed has no measurement; ours says what was measured as well: docs/conformance.md. */
function withoutMeasurement(response: string): string {
  assert.match(response, /<ppm>176\.4<\/ppm>/);
  return response.replace(/<ppm>[^<]*<\/ppm>/, "");
}

describe("Transcripts: 1.2.0, a spime seeks non encrypted information about itself", () => {
  let stage: Stage;

  afterEach(() => stage.close());

  it("the board writes 1.2.0-1-seek-publish, reads 1.2.0-2-publish-result, reads 1.2.0-6-seek-response", async () => {
    stage = await Stage.ofSpimes("played");
    const pubsub = await stage.component(PUBSUB);
    const scopenode = await stage.component("scopenode.openspime.com");
    const board = await stage.board({ pubsub: PUBSUB }, { hasFix: false });
    const request = await pubsub.hear();
    assertPrinted(request, "1.2.0-1-seek-publish");
    const payload = found(request, "spimeseek");
    const signature = textOf(found(request, "sign"));
    assert.ok(isSignatureOf(payload, signature, createPublicKey(spimeKey)), "verifies");
    pubsub.say(withId(golden("1.2.0-2-publish-result"), idOf(request)));
    const requestId = found(request, "request").attrs.id ?? "";
    scopenode.say(golden("1.2.0-6-seek-response"));
    scopenode.say(
      golden("1.2.0-6-seek-response").replace(REQUEST_ID, requestId).replace("45.4", "46.4"),
    );
    const { values } = await board.event(({ name }) => name === "found");
    assert.equal(values["date"], "2008-04-02T17:54:22+01:00");
    assert.equal(values["lat"], "46.475841199050905", "not that to an unknown request");
    assert.equal(values["from"], SCOPENODE.toLowerCase());
  });

  it("the PubSub service reads 1.2.0-1-seek-publish, writes 1.2.0-2-publish-result, writes 1.2.0-3-event", async () => {
    stage = await Stage.ofSpimes("real");
    const spime = await stage.account(SPIME);
    const scopenode = await stage.component("scopenode.openspime.com");
    await subscribe(scopenode);
    spime.say(golden("1.2.0-1-seek-publish", ...spimesSecrets));
    const result = await spime.hear();
    assertPrinted(result, "1.2.0-2-publish-result");
    assert.equal(idOf(result), "200804021658230");
    const event = await scopenode.hear();
    assertPrinted(event, "1.2.0-3-event");
    assert.equal(found(event, "item").attrs.id, "98acbd983ab55f1298bfca");
    const signature = textOf(found(event, "sign"));
    const payload = found(event, "spimeseek");
    assert.ok(isSignatureOf(payload, signature, createPublicKey(spimeKey)), "still verifies");
  });

  it("the ScopeNode subscribes, to a node that includes payloads if it is the one to create it", async () => {
    stage = await Stage.ofSpimes("played");
    const pubsub = await stage.component(PUBSUB);
    const starting = stage.scopenode(() => new Date(), PUBSUB);
    const [create = "", subscription = ""] = await letSubscribe(pubsub);
    await starting;
    assert.match(create, /<field var='pubsub#deliver_payloads'[^>]*><value>(true|1)<\/value>/);
    assert.equal(found(subscription, "subscribe").attrs.jid, SCOPENODE.toLowerCase());
  });

  it("the ScopeNode reads 1.2.0-3-event, writes 1.2.0-4-pubkeys-query, reads 1.2.0-5-pubkeys-result, writes 1.2.0-6-seek-response", async () => {
    stage = await Stage.ofSpimes("played");
    const [pubsub, spime] = [await stage.component(PUBSUB), await stage.account(SPIME)];
    const certifier = await stage.account(CERTIFIER);
    const told = await scopenodeWithData(stage, pubsub, spime);
    pubsub.say(golden("1.2.0-3-event", ...spimesSecrets));
    const query = await certifier.hear();
    assertPrinted(query, "1.2.0-4-pubkeys-query");
    const answer = golden("1.2.0-5-pubkeys-result", ...numbersOf(spimeKey));
    certifier.say(withId(answer, idOf(query)));
    const response = await spime.hear();
    assertPrinted(withoutMeasurement(response), "1.2.0-6-seek-response");
    assert.equal(found(response, "response").attrs.id, REQUEST_ID);
    assert.equal(textOf(found(response, "lat")), "45.475841199050905");
    await isAnswered(told);
  });

  it("the certification service reads 1.2.0-4-pubkeys-query, writes 1.2.0-5-pubkeys-result", async () => {
    stage = await Stage.ofSpimes("played");
    await stage.certifier();
    const scopenode = await stage.component("scopenode.openspime.com");
    scopenode.say(golden("1.2.0-4-pubkeys-query"));
    const answer = await scopenode.hear();
    assertPrinted(answer, "1.2.0-5-pubkeys-result");
    assert.equal(textOf(found(answer, "Modulus")), numbersOf(spimeKey)[0]);
  });
});

async function subscribe(scopenode: Party): Promise<void> {
  const query = `<subscribe node='spimeseek' jid='${SCOPENODE}'/>`;
  scopenode.say(
    `<iq type='set' id='s' from='${SCOPENODE}' to='${PUBSUB}'>` +
      `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${query}</pubsub></iq>`,
  );
  assert.equal(found(await scopenode.hear(), "subscription").attrs.subscription, "subscribed");
}

/** The answer of 1.2.0, which 1.2.1 does not print, for the owner alone. */
function sealedResponse(requestId: string): [string, string] {
  const text = golden("1.2.0-6-seek-response").replace(REQUEST_ID, requestId);
  const [canonical = ""] = canonicalForms(found(text, "spimeseek"));
  const sealed = encryptTransport(canonical, createPublicKey(ownerKey));
  return [sealed.transportKey, sealed.text];
}

describe("Transcripts: 1.2.1, an authorized claimer seeks encrypted information about a spime", () => {
  let stage: Stage;

  afterEach(() => stage.close());

  it("the claimer writes 1.2.1-1-seek-publish, reads 1.2.1-2-publish-result, reads 1.2.1-8-seek-response", async () => {
    stage = await Stage.ofOwners();
    const pubsub = await stage.component(PUBSUB);
    const scopenode = await stage.component("scopenode.openspime.com");
    const seeking = seekSpime({
      ...stage.loginOf(SEEKER),
      signing: { key: ownerKey, certifier: OWNER_CERTIFIER },
      claim: { spime: SPIME, osid: SEEKER, expiresAt: EXPIRES_AT, certifier: CERTIFIER, claimKey },
      ...{ pubsub: PUBSUB, wanted: 1, now: () => new Date("2008-04-01T00:00:00Z") },
    });
    // Where the test fails first.
    seeking.catch(() => {});
    const request = await pubsub.hear();
    assertPrinted(request, "1.2.1-1-seek-publish");
    const signature = textOf(found(request, "sign"));
    const payload = found(request, "spimeseek");
    assert.ok(isSignatureOf(payload, signature, createPublicKey(ownerKey)), "verifies");
    assert.equal(textOf(found(request, "claimkey")), claimKey);
    pubsub.say(withId(golden("1.2.1-2-publish-result"), idOf(request)));
    const requestId = found(request, "request").attrs.id ?? "";
    scopenode.say(golden("1.2.1-8-seek-response", ...sealedResponse(requestId)));
    const { answers } = await seeking;
    assert.equal(answers[0]?.from, SCOPENODE.toLowerCase());
    assert.equal(answers[0].isEncrypted, true);
    assert.deepEqual(answers[0].entries, [
      {
        date: new Date("2008-04-02T16:54:22.000Z"),
        exposure: "outdoor",
        lat: 45.475841199050905,
        lon: 9.172725677490234,
        eleM: 120,
      },
    ]);
  });

  it("the PubSub service reads 1.2.1-1-seek-publish, writes 1.2.1-2-publish-result, writes 1.2.1-3-event", async () => {
    stage = await Stage.ofSpimes("real");
    const owners = await stage.component("mydomain.com");
    const scopenode = await stage.component("scopenode.openspime.com");
    await subscribe(scopenode);
    owners.say(golden("1.2.1-1-seek-publish", ...ownersSecrets));
    assertPrinted(await owners.hear(), "1.2.1-2-publish-result");
    const event = await scopenode.hear();
    assertPrinted(event, "1.2.1-3-event");
    assert.equal(textOf(found(event, "claimkey")), claimKey);
    const signature = textOf(found(event, "sign"));
    const payload = found(event, "spimeseek");
    assert.ok(isSignatureOf(payload, signature, createPublicKey(ownerKey)), "still verifies");
  });

  it("the ScopeNode reads 1.2.1-3-event, writes 1.2.1-4-spime-pubkeys-query, reads 1.2.1-5-spime-pubkeys-result, writes 1.2.1-6-owner-pubkeys-query, reads 1.2.1-7-owner-pubkeys-result, writes 1.2.1-8-seek-response", async () => {
    stage = await Stage.ofSpimes("played");
    const [pubsub, spime] = [await stage.component(PUBSUB), await stage.account(SPIME)];
    const certifier = await stage.account(CERTIFIER);
    const ownerCertifier = await stage.component(OWNER_CERTIFIER);
    const owners = await stage.component("mydomain.com");
    const told = await scopenodeWithData(stage, pubsub, spime);
    pubsub.say(golden("1.2.1-3-event", ...ownersSecrets));
    const claimed = await certifier.hear();
    assertPrinted(claimed, "1.2.1-4-spime-pubkeys-query");
    certifier.say(
      withId(golden("1.2.1-5-spime-pubkeys-result", ...numbersOf(spimeKey)), idOf(claimed)),
    );
    const owner = await ownerCertifier.hear();
    assertPrinted(owner, "1.2.1-6-owner-pubkeys-query");
    ownerCertifier.say(
      withId(golden("1.2.1-7-owner-pubkeys-result", ...numbersOf(ownerKey)), idOf(owner)),
    );
    const response = await owners.hear();
    assertPrinted(response, "1.2.1-8-seek-response");
    const transport = found(response, "transport");
    const sealed = {
      transportKey: transport.attrs["transport-key"] ?? "",
      text: textOf(transport),
    };
    assert.equal(decryptTransport(sealed, spimeKey), undefined);
    const payload = decryptTransport(sealed, ownerKey) ?? assert.fail("not for the owner");
    assert.equal(parseSeekResponse(payload)?.id, REQUEST_ID);
    await isAnswered(told);
  });

  it("the certification service of the spimes reads 1.2.1-4-spime-pubkeys-query, writes 1.2.1-5-spime-pubkeys-result", async () => {
    stage = await Stage.ofSpimes("played");
    await stage.certifier();
    const scopenode = await stage.component("scopenode.openspime.com");
    scopenode.say(golden("1.2.1-4-spime-pubkeys-query"));
    const answer = await scopenode.hear();
    assertPrinted(answer, "1.2.1-5-spime-pubkeys-result");
    assert.equal(textOf(found(answer, "Modulus")), numbersOf(spimeKey)[0]);
  });

  it("the certification service of the owners reads 1.2.1-6-owner-pubkeys-query, writes 1.2.1-7-owner-pubkeys-result", async () => {
    stage = await Stage.ofSpimes("played");
    await stage.ownerCertifier();
    const scopenode = await stage.component("scopenode.openspime.com");
    scopenode.say(golden("1.2.1-6-owner-pubkeys-query"));
    const answer = await scopenode.hear();
    assertPrinted(answer, "1.2.1-7-owner-pubkeys-result");
    assert.equal(textOf(found(answer, "Modulus")), numbersOf(ownerKey)[0]);
  });
});
