import assert from "node:assert/strict";
import { parseAddress } from "../../../src/desktop/openspime/address.js";
import { conditions } from "../../../src/desktop/openspime/conditions.js";
import type { Condition } from "../../../src/desktop/openspime/conditions.js";
import { ACCEPTED, answerQuery } from "../../../src/desktop/scopenode/queries.js";
import type { QueryContext, Report } from "../../../src/desktop/scopenode/queries.js";
import { errorOf, resultOf } from "../../../src/desktop/openspime/replies.js";
import { makeScope } from "../../../src/desktop/scopenode/scope.js";
import {
  dataXml,
  entryXml,
  iqXml,
  NODE_JID,
  openspimeXml,
  parseStanza,
  readVector,
  reportXml,
  SPIME_JID,
  transportXml,
} from "./support.js";

const now = new Date("2008-04-02T17:00:00Z");
const report = reportXml(entryXml());
const ping = "<ping xmlns='urn:xmpp:ping'/>";
const disco = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

describe("ScopeNode: queries", () => {
  it("takes the document's report and says whose it is", async () => {
    const reports: Report[] = [];
    const answer = await ask(readVector("example-1.0.0-report"), async (one) => {
      reports.push(one);
      return ACCEPTED;
    });
    assert.deepEqual(answer, { result: [] });
    assert.equal(reports[0]?.osid, "4A6B-5638-0312111D@spime.openspime.com/spime");
    assert.equal(reports[0]?.iqId, "200804021658230");
    assert.equal(reports[0]?.receivedAt, now);
    assert.equal(reports[0]?.entries.length, 1);
  });

  const placeless = iqXml(reportXml(entryXml({ lat: undefined, lon: undefined })));
  const old = iqXml(report.replace("<lat>", "<lat age='340'>").replace("<lon>", "<lon age='340'>"));

  it("takes no report without a place, or with an old one, if the scope does not say so", async () => {
    for (const iq of [placeless, old]) {
      const answer = await ask(iq);
      assert.equal("fault" in answer && answer.fault.condition, "inconsistent-data-with-scope");
    }
  });

  it("takes reports without a place and with an old one where the scope has room for them", async () => {
    const reports: Report[] = [];
    const scope = makeScope({ location: "optional", oldestPlaceS: 340 });
    const accept = async (one: Report) => {
      reports.push(one);
      return ACCEPTED;
    };
    for (const iq of [placeless, old]) {
      assert.deepEqual(await ask(iq, accept, { scope }), { result: [] });
    }
    const places = reports.map(({ entries: [entry] }) => [entry?.lat, entry?.placeAgeS]);
    assert.deepEqual(places, [
      [undefined, undefined],
      [45.5, 340],
    ]);
  });

  const served = [NODE_JID, NODE_JID.toLowerCase(), "775B-F2C2-2B3765F4@SCOPENODE.openspime.com"];
  for (const to of served) {
    it(`serves ${to}`, async () => {
      assert.deepEqual(await ask(iqXml(report, { to })), { result: [] });
    });
  }

  it("takes an originator that is the sender, folded", async () => {
    const osid = SPIME_JID.replace("4a6b", "4A6B");
    const openspime = openspimeXml(
      `<originator osid='${osid}'/>`,
      transportXml(dataXml(entryXml())),
    );
    assert.deepEqual(await ask(iqXml(openspime)), { result: [] });
  });

  it("answers a ping, at its own address and at the domain", async () => {
    const get = { type: "get" };
    assert.deepEqual(await ask(iqXml(ping, get)), { result: [] });
    const to = "scopenode.openspime.com";
    assert.deepEqual(await ask(iqXml(ping, { ...get, to })), { result: [] });
  });

  it("says what it can do beside", async () => {
    const extensions = ["http://openspime.org/protocol/spimeseek"];
    const answer = await ask(iqXml(disco, { type: "get" }), undefined, { extensions });
    assert.ok("result" in answer);
    assert.equal(answer.result[0]?.getChildElements().at(-1)?.attrs.var, extensions[0]);
  });

  it("says what it is and can do", async () => {
    const answer = await ask(iqXml(disco, { type: "get" }));
    assert.ok("result" in answer);
    const children = answer.result[0]?.getChildElements() ?? [];
    assert.deepEqual(children.shift()?.attrs, {
      category: "component",
      type: "generic",
      name: "OpenSpime ScopeNode",
    });
    assert.deepEqual(
      children.map(({ attrs }) => attrs.var),
      [
        "http://jabber.org/protocol/disco#info",
        "urn:xmpp:ping",
        "openspime:protocol:core",
        "openspime:protocol:extension:data",
      ],
    );
  });

  const claim = "<claim xmlns='openspime:protocol:extension:claim'/>";
  const rows: [name: string, iq: string, condition: Condition][] = [
    ["data out of scope", iqXml(reportXml(entryXml({ ppm: "1" }))), "inconsistent-data-with-scope"],
    [
      "data from the future",
      iqXml(reportXml(entryXml({ date: "9999-12-31T23:59:59-14:00" }))),
      "inconsistent-data-with-scope",
    ],
    ["no transport", iqXml(openspimeXml()), "xml-malformed-transport-node"],
    ["the author's encrypted report", readVector("report-encrypt-1024"), "decryption-not-enabled"],
    ["the author's signed report", readVector("report-sign-1024"), "signature-not-enabled"],
    ["a claim", iqXml(openspimeXml(transportXml(claim))), "feature-not-implemented"],
    [
      "another's name",
      iqXml(openspimeXml("<originator osid='a@b/c'/>", transportXml(dataXml(entryXml())))),
      "forbidden",
    ],
    ["a get of openspime", iqXml(report, { type: "get" }), "bad-request"],
    ["no child", iqXml(""), "bad-request"],
    ["two children", iqXml(report + report), "bad-request"],
    ["an unknown type", iqXml(report, { type: "put" }), "bad-request"],
    [
      "another local part",
      iqXml(report, { to: "other@scopenode.openspime.com/co2" }),
      "item-not-found",
    ],
    ["another resource", iqXml(report, { to: NODE_JID.replace("co2", "CO2") }), "item-not-found"],
    ["a report to the domain", iqXml(report, { to: "scopenode.openspime.com" }), "item-not-found"],
    [
      "a ping of nobody",
      iqXml(ping, { type: "get", to: "x@scopenode.openspime.com" }),
      "item-not-found",
    ],
    ["a disco node", iqXml(disco.replace("/>", " node='n'/>"), { type: "get" }), "item-not-found"],
    [
      "an unknown get",
      iqXml("<query xmlns='jabber:iq:version'/>", { type: "get" }),
      "service-unavailable",
    ],
    ["an unknown set", iqXml("<query xmlns='jabber:iq:register'/>"), "service-unavailable"],
    ["a set of a ping", iqXml(ping), "service-unavailable"],
    ["openspime of another namespace", iqXml("<openspime xmlns='other'/>"), "service-unavailable"],
  ];
  for (const [name, iq, condition] of rows) {
    it(`${name}: ${condition}`, async () => {
      const answer = await ask(iq, () => assert.fail("accepted"));
      assert.equal("fault" in answer && answer.fault.condition, condition);
    });
  }

  it("a handler that fails: internal-server-error", async () => {
    const answer = await ask(iqXml(report), () => Promise.reject(new Error("disk full")));
    assert.deepEqual(answer, {
      fault: { condition: "internal-server-error", text: "Error: disk full" },
    });
  });
});

describe("ScopeNode: replies", () => {
  const request = parseStanza(readVector("example-1.0.0-report"));
  const addresses =
    `from="${NODE_JID}" to="4A6B-5638-0312111D@spime.openspime.com/spime"` +
    ` id="200804021658230"`;

  it("the empty result of the document", () => {
    assert.equal(resultOf(request).toString(), `<iq ${addresses} type="result"/>`);
  });

  it("the error of the document", () => {
    assert.equal(
      errorOf(request, "inconsistent-data-with-scope").toString(),
      `<iq ${addresses} type="error"><error type="modify">` +
        `<bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>` +
        `<inconsistent-data-with-scope xmlns="openspime:protocol:extension:data:error"/>` +
        `</error></iq>`,
    );
  });

  it("one condition where RFC 6120 has it", () => {
    assert.match(
      errorOf(request, "internal-server-error").toString(),
      /<error type="wait"><internal-server-error xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"\/><\/error>/,
    );
  });

  // OpenSpime v0.9's own table: type and namespace of each condition that is reachable.
  const table: [Condition, string, string | undefined][] = [
    ["inconsistent-data-with-scope", "modify", "openspime:protocol:extension:data:error"],
    ["internal-server-error", "wait", undefined],
    ["decryption-not-enabled", "cancel", "openspime:protocol:core:error"],
    ["xml-malformed-transport-node", "modify", "openspime:protocol:core:error"],
    ["signature-not-enabled", "cancel", "openspime:protocol:core:error"],
  ];
  for (const [condition, type, xmlns] of table) {
    it(`${condition} is of type ${type}`, () => {
      assert.equal(conditions[condition].type, type);
      assert.equal(conditions[condition].xmlns, xmlns);
    });
  }
});

function ask(
  iq: string,
  accept: QueryContext["accept"] = async () => ACCEPTED,
  changes: Partial<QueryContext> = {},
) {
  const context = {
    address: parseAddress(NODE_JID),
    scope: makeScope(),
    now: () => now,
    accept,
    ...changes,
  };
  return answerQuery(parseStanza(iq), context);
}
