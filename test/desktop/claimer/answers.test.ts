// What no real server would let happen to a seeker, or not for long.

import assert from "node:assert/strict";
import { refuse } from "../../../src/desktop/openspime/conditions.js";
import type { Parsed } from "../../../src/desktop/openspime/conditions.js";
import type { KeyObject } from "node:crypto";
import { Answers } from "../../../src/desktop/claimer/answers.js";
import { openspimeIn } from "../../../src/desktop/claimer/read-answer.js";
import { parseEntry } from "../../../src/desktop/openspime/entry.js";
import { SPIMESEEK } from "../../../src/desktop/openspime/namespaces.js";
import { element } from "../openspime/support.js";
import { plainAnswer, printedEntry } from "./scopenode.js";
import { xml } from "@xmpp/client";

const CERTIFIER = "services@spime.example/cert";
const FROM = "775b@scopenode.example/co2";

function answersOf(verify: () => Promise<Parsed<KeyObject>>): Answers {
  const verification = { certifiers: [CERTIFIER], keys: { verify } };
  const security = { verification };
  return new Answers({ requestId: "1", isEncryptionRequired: false, security, wanted: 100 });
}

const bad = refuse("signature-error-public-key-corrupted", "bad");
const unused = () => assert.fail("nothing is signed");

function message(attrs: Record<string, string>, originator?: ReturnType<typeof xml>) {
  return xml("message", attrs, plainAnswer("1", [printedEntry()], originator ? [originator] : []));
}

describe("Claimer: answers", () => {
  it("from nobody are ignored", async () => {
    const answers = answersOf(unused);
    answers.take(message({}));
    await new Promise(setImmediate);
    assert.deepEqual([answers.ignored, answers.taken], [{ "no-sender": 1 }, []]);
  });

  it("that come faster than they can be verified are ignored, and later ones are not", async () => {
    const waiting: ((parsed: Parsed<KeyObject>) => void)[] = [];
    const answers = answersOf(() => new Promise((resolve) => waiting.push(resolve)));
    const signed = xml("originator", { cert: CERTIFIER }, xml("sign", {}, "AAAA"));
    for (let count = 0; count < 103; count += 1) answers.take(message({ from: FROM }, signed));
    await new Promise(setImmediate);
    assert.deepEqual([waiting.length, answers.ignored], [100, { "too-many": 3 }]);
    waiting.forEach((resolve) => resolve(bad));
    await new Promise(setImmediate);
    answers.take(message({ from: FROM }));
    await new Promise(setImmediate);
    assert.deepEqual(answers.ignored, { "too-many": 3, unverified: 100 });
    assert.equal(answers.taken.length, 1);
  });

  it("are no messages that bounced, or that are about something else", () => {
    assert.equal(openspimeIn(message({ from: FROM, type: "error" })), undefined);
    assert.equal(openspimeIn(xml("message", { from: FROM }, xml("body", {}, "x"))), undefined);
    assert.ok(openspimeIn(message({ from: FROM })));
  });

  it("have the age of an old place, and no place where there is none", () => {
    const written = "<date>2008-04-02T17:54:22+01:00</date>";
    const read = (place: string) =>
      parseEntry(element(`<entry xmlns='${SPIMESEEK}'>${written}${place}</entry>`), SPIMESEEK);
    const date = new Date("2008-04-02T16:54:22Z");
    assert.deepEqual(read(""), { date });
    const old = read("<lat age='340'>45.5</lat><lon age='340'>9.2</lon>");
    assert.deepEqual(old, { date, lat: 45.5, lon: 9.2, placeAgeS: 340 });
    assert.equal(read("<lat>45.5</lat>"), "lon missing");
  });

  it("have entries without a measurement, in their own namespace", () => {
    const fields = "<date>2008-04-02T17:54:22+01:00</date><lat>45.5</lat><lon>9.2</lon>";
    const entry = element(`<entry xmlns='${SPIMESEEK}'>${fields}</entry>`);
    const date = new Date("2008-04-02T16:54:22Z");
    assert.deepEqual(parseEntry(entry, SPIMESEEK), { date, lat: 45.5, lon: 9.2 });
    const other = element(`<entry xmlns='urn:x'>${fields}</entry>`);
    assert.equal(parseEntry(other, SPIMESEEK), "date missing");
  });
});
