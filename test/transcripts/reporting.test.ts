// Sections 1.0.0 and 1.0.1 of the protocol document, stanza by stanza, in both directions.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { canonicalForms } from "../../src/desktop/openspime/canonical.js";
import { childElements, textOf } from "../../src/desktop/openspime/element.js";
import { isSignatureOf, sign } from "../../src/desktop/openspime/signature.js";
import { decryptTransport, encryptTransport } from "../../src/desktop/openspime/transport.js";
import type { TourBoard } from "../../src/desktop/tour/tour-board.js";
import { assertPrinted, elementIn, found, golden, idOf, payloadOf, withId } from "./golden.js";
import {
  CERTIFIER,
  keyAnswer,
  numbersOf,
  SCOPENODE,
  scopenodeKey,
  SPIME,
  spimeKey,
  Stage,
} from "./stage.js";
import type { Party, Told } from "./stage.js";

const soonAfter = () => new Date("2008-04-02T17:00:00Z");

const entry = {
  date: new Date("2008-04-02T16:54:22.000Z"),
  exposure: "outdoor",
  lat: 45.475841199050905,
  lon: 9.172725677490234,
  eleM: 120,
  ppm: 176.4,
};

/** What the board makes of the document's answers to its first reports. */
async function tellBoard(board: TourBoard, scopenode: Party, section: string, report: string) {
  const error = section === "1.0.0" ? "1.0.0-3-error" : "1.0.1-5-error";
  scopenode.say(withId(golden(error), idOf(report)));
  const refused = await board.event(({ name }) => name === "refused");
  assert.equal(refused.values["id"], idOf(report));
  assert.equal(refused.values["type"], "modify");
  assert.match(refused.values["condition"] ?? "", /inconsistent-data-with-scope/);
  const next = await scopenode.hear();
  const result = section === "1.0.0" ? "1.0.0-2-result" : "1.0.1-4-result";
  scopenode.say(withId(golden(result), idOf(next)));
  const acknowledged = await board.event(({ name }) => name === "acknowledged");
  assert.equal(acknowledged.values["id"], idOf(next));
  return next;
}

describe("Transcripts: 1.0.0, unencrypted and unsigned data reporting", () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.ofSpimes("played");
  });
  afterEach(() => stage.close());

  describe("the ScopeNode", () => {
    let spime: Party;
    let told: Told;

    beforeEach(async () => {
      told = await stage.scopenode(soonAfter);
      spime = await stage.account(SPIME);
    });

    it("reads 1.0.0-1-report, writes 1.0.0-2-result", async () => {
      spime.say(golden("1.0.0-1-report"));
      const result = await spime.hear();
      assertPrinted(result, "1.0.0-2-result");
      assert.equal(idOf(result), "200804021658230");
      const [report] = told.reports;
      assert.deepEqual(report?.entries, [entry]);
      assert.equal(report?.osid, SPIME.toLowerCase());
      assert.deepEqual([report?.isSigned, report?.isEncrypted], [false, false]);
    });

    it("writes 1.0.0-3-error for data that are not of its scope", async () => {
      spime.say(golden("1.0.0-1-report").replace("176.4", "17.64"));
      const error = await spime.hear();
      assertPrinted(error, "1.0.0-3-error");
      assert.equal(idOf(error), "200804021658230");
      assert.deepEqual(told.reports, []);
    });
  });

  it("the board writes 1.0.0-1-report, reads 1.0.0-2-result, reads 1.0.0-3-error", async () => {
    const scopenode = await stage.component("scopenode.openspime.com");
    const board = await stage.board({}, { isSecured: false });
    const report = await scopenode.hear();
    assertPrinted(report, "1.0.0-1-report");
    const next = await tellBoard(board, scopenode, "1.0.0", report);
    const dateIn = (text: string) => textOf(found(text, "date"));
    assert.ok(!next.includes(dateIn(report)), "what was refused is not sent again");
  });
});

/** The report of 1.0.0, signed and then encrypted. */
function sealedReport(): string {
  const content = elementIn(golden("1.0.0-1-report").replaceAll(/\n */g, " "));
  const data = childElements(childElements(childElements(content)[0])[0])[0];
  const { transportKey, text } = encryptTransport(
    canonicalForms(data)[0] ?? "",
    createPublicKey(scopenodeKey),
  );
  return golden("1.0.1-1-report", sign(data, spimeKey), transportKey, text);
}

describe("Transcripts: 1.0.1, encrypted and signed data reporting", () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.ofSpimes("played");
  });
  afterEach(() => stage.close());

  it("the ScopeNode reads 1.0.1-1-report, writes 1.0.1-2-pubkeys-query, reads 1.0.1-3-pubkeys-result, writes 1.0.1-4-result", async () => {
    const told = await stage.scopenode(soonAfter);
    const spime = await stage.account(SPIME);
    const certifier = await stage.account(CERTIFIER);
    spime.say(sealedReport());
    const query = await certifier.hear();
    assertPrinted(query, "1.0.1-2-pubkeys-query");
    assert.equal(told.reports.length, 0, "nothing is taken before it has verified");
    const answer = golden("1.0.1-3-pubkeys-result", ...numbersOf(spimeKey));
    certifier.say(withId(answer, idOf(query)));
    const result = await spime.hear();
    assertPrinted(result, "1.0.1-4-result");
    assert.equal(idOf(result), "200804021658230");
    const [report] = told.reports;
    assert.deepEqual(report?.entries, [entry]);
    assert.deepEqual([report?.isSigned, report?.isEncrypted], [true, true]);
  });

  it("the ScopeNode writes 1.0.1-5-error for data that are not of its scope", async () => {
    // Before the date in the report: it is from the future.
    const told = await stage.scopenode(() => new Date("2008-04-01T00:00:00Z"));
    await stage.certifier();
    const spime = await stage.account(SPIME);
    spime.say(sealedReport());
    assertPrinted(await spime.hear(), "1.0.1-5-error");
    assert.deepEqual(told.reports, []);
  });

  it("the certification service reads 1.0.1-2-pubkeys-query, writes 1.0.1-3-pubkeys-result", async () => {
    await stage.certifier();
    const scopenode = await stage.component("scopenode.openspime.com");
    scopenode.say(golden("1.0.1-2-pubkeys-query"));
    const answer = await scopenode.hear();
    assertPrinted(answer, "1.0.1-3-pubkeys-result");
    assert.equal(idOf(answer), "200804021658232");
    const numbers = ["Modulus", "Exponent"].map((name) => textOf(found(answer, name)));
    assert.deepEqual(numbers, numbersOf(spimeKey));
  });

  it("the board reads 1.0.1-3-pubkeys-result, writes 1.0.1-1-report, reads 1.0.1-4-result, reads 1.0.1-5-error", async () => {
    const scopenode = await stage.component("scopenode.openspime.com");
    const certifier = await stage.account(CERTIFIER);
    const board = await stage.board({ encrypt: true });
    const query = await certifier.hear();
    assert.equal(found(query, "pubkeys").attrs.jid, SCOPENODE);
    certifier.say(withId(keyAnswer(SPIME, SCOPENODE, scopenodeKey), idOf(query)));
    const report = await scopenode.hear();
    assertPrinted(report, "1.0.1-1-report");
    const transport = found(report, "transport");
    const transportKey = transport.attrs["transport-key"] ?? "";
    const data = decryptTransport({ transportKey, text: textOf(transport) }, scopenodeKey);
    assert.ok(data, "decrypts with the ScopeNode's key");
    assert.equal(data.name, payloadOf("1.0.0-1-report").name);
    const signature = textOf(found(report, "sign"));
    assert.ok(isSignatureOf(data, signature, createPublicKey(spimeKey)), "verifies");
    await tellBoard(board, scopenode, "1.0.1", report);
  });
});
