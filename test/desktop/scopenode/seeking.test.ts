import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Element } from "@xmpp/client";
import { refuse } from "../../../src/desktop/openspime/conditions.js";
import type { Parsed } from "../../../src/desktop/openspime/conditions.js";
import type { XmlElement } from "../../../src/desktop/openspime/element.js";
import { KeyRing } from "../../../src/desktop/openspime/key-ring.js";
import { parseSeekResponse } from "../../../src/desktop/openspime/seek.js";
import { decryptTransport } from "../../../src/desktop/openspime/transport.js";
import { Database } from "../../../src/desktop/scopenode/index.js";
import type { Seek, SeekOutcome } from "../../../src/desktop/scopenode/index.js";
import { Seeking } from "../../../src/desktop/scopenode/seeking.js";
import type { SeekingOptions } from "../../../src/desktop/scopenode/seeking.js";
import { privateKey } from "../openspime/support.js";
import { reportOf } from "./database-support.js";
import {
  CERT_JID,
  claimKeyXml,
  eventXml,
  newKey,
  OWNER,
  OWNER_CERT_JID,
  PUBSUB_JID,
  seekXml,
  SPIME,
} from "./seek-support.js";
import type { ClaimKeyChanges, EventPlace, SeekChanges } from "./seek-support.js";
import { NODE_JID, openspimeXml, parseStanza, reportXml, entryXml } from "./support.js";

const spimeKey = privateKey("spime-2048");
const ownerKey = newKey();
const otherKey = newKey();

/** The seeker may have claimed this one. */
const OTHER_SPIME = "other@spime.openspime.com/spime";

const NOBODY = "nobody@spime.openspime.com/spime";

/** A certification service that is accepted for its own domain only, and a spime that it has a key of. */
const FAR_CERT_JID = "services@far.example/cert";
const FAR_SPIME = "spime@far.example/spime";

const spime = { osid: SPIME, cert: CERT_JID, key: spimeKey };
const owner = { osid: OWNER, cert: OWNER_CERT_JID, key: ownerKey };
const bySpime = (changes: SeekChanges = {}) => seekXml(spime, changes);
const byOwner = (changes: SeekChanges & ClaimKeyChanges = {}, sealer = spimeKey) =>
  seekXml(owner, { claimKey: claimKeyXml(sealer, claimChanges(changes)), ...changes });

function claimChanges({ cert, claims, osid }: ClaimKeyChanges): ClaimKeyChanges {
  return { ...(cert && { cert }), ...(claims && { claims }), ...(osid && { osid }) };
}

describe("ScopeNode: seeking", () => {
  let database: Database;
  let registered: Map<string, KeyObject>;
  /** Certifier and osid of each question. */
  let asked: string[];
  let sent: Element[];
  let seeks: Seek[];
  let errors: Error[];
  let hold: Promise<void>;

  beforeEach(() => {
    database = new Database(":memory:");
    database.store(reportOf({ dates: [1000, 2000], entry: { exposure: "a<b>&\"c'", eleM: 120 } }));
    registered = new Map([
      [`${CERT_JID} ${SPIME}`, createPublicKey(spimeKey)],
      [`${OWNER_CERT_JID} ${OWNER}`, createPublicKey(ownerKey)],
      [`${CERT_JID} ${OTHER_SPIME}`, createPublicKey(otherKey)],
      // What it says about its own it may say, and about the others it lies.
      ...[FAR_SPIME, SPIME, OWNER].map(
        (osid) => [`${FAR_CERT_JID} ${osid}`, createPublicKey(otherKey)] as const,
      ),
    ]);
    asked = [];
    sent = [];
    seeks = [];
    errors = [];
    hold = Promise.resolve();
  });

  afterEach(() => database.close());

  async function fetchKey(certifier: string, osid: string): Promise<Parsed<KeyObject>> {
    asked.push(`${certifier} ${osid}`);
    await hold;
    const key = registered.get(`${certifier} ${osid}`);
    return key ? { value: key } : refuse("no-available-public-key", "none");
  }

  const startSeeking = (changes: Partial<SeekingOptions> = {}) =>
    new Seeking({
      jid: NODE_JID,
      database,
      security: {
        verification: {
          certifiers: [CERT_JID, OWNER_CERT_JID, FAR_CERT_JID],
          keys: new KeyRing({ fetchKey, nowMs: () => 0 }),
        },
      },
      now: () => new Date(),
      send: async (message) => void sent.push(message),
      maxEntries: 10,
      maxSeeks: 100,
      isSubscribed: (service, node) => service === PUBSUB_JID && node === "spimeseek",
      onSeek: (seek) => seeks.push(seek),
      onError: (error) => errors.push(error),
      ...changes,
    });

  const tell = (seeking: Seeking, contents: string[], place?: EventPlace) =>
    seeking.onMessage(parseStanza(eventXml(contents, place)));

  const outcomes = () => seeks.map(({ outcome }) => outcome);

  /** What is inside <transport/> of the only message. */
  function responseIn(key?: KeyObject) {
    assert.equal(sent.length, 1);
    const transport = sent[0]?.getChild("openspime")?.getChild("transport");
    assert.ok(transport);
    const [child] = transport.getChildElements();
    if (key === undefined) return parseSeekResponse(child ?? assert.fail("nothing inside"));
    const { "transport-key": transportKey = "" } = transport.attrs;
    const opened = decryptTransport({ transportKey, text: transport.getText() }, key);
    return parseSeekResponse(opened ?? assert.fail("cannot be opened"));
  }

  it("1.2.0: answers the spime itself, in the clear", async () => {
    await tell(startSeeking(), [bySpime()]);
    assert.deepEqual(seeks, [
      {
        outcome: "answered",
        text: "2 of 2",
        service: PUBSUB_JID,
        osid: SPIME,
        requestId: "7abc78af21",
        spimeId: SPIME,
        entries: 2,
      },
    ]);
    const { from, to, id, ...others } = sent[0]?.attrs ?? {};
    assert.deepEqual([from, to, others], [NODE_JID, SPIME, {}]);
    assert.ok(id);
    const entry = (date: string) =>
      `<entry><date>${date}</date><exposure>a&lt;b&gt;&amp;"c'</exposure>` +
      `<lat>45.475841199050905</lat><lon>9.172725677490234</lon><ele unit="m">120</ele><ppm>400</ppm></entry>`;
    assert.equal(
      sent[0]?.children.join(""),
      `<openspime xmlns="openspime:protocol:core" version="0.9"><transport>` +
        `<spimeseek xmlns="http://openspime.org/protocol/spimeseek" version="0.9">` +
        `<response id="7abc78af21">${entry("1970-01-01T00:00:02Z")}${entry("1970-01-01T00:00:01Z")}` +
        `</response></spimeseek></transport></openspime>`,
    );
    assert.deepEqual(asked, [`${CERT_JID} ${SPIME}`]);
  });

  it("tells of a place how old it is, and of none nothing", async () => {
    const place = { lat: undefined, lon: undefined };
    database.store(reportOf({ dates: [3000], entry: place }));
    database.store(reportOf({ dates: [4000], entry: { placeAgeS: 340, eleM: 120 } }));
    await tell(startSeeking(), [bySpime()]);
    const [old, none] = responseIn()?.entries ?? [];
    const written = (entry?: XmlElement) =>
      entry?.children.join("").replace(/<date>.*<\/date>/, "");
    assert.equal(
      written(old),
      `<lat age="340">45.475841199050905</lat><lon age="340">9.172725677490234</lon>` +
        `<ele age="340" unit="m">120</ele><ppm>400</ppm>`,
    );
    assert.equal(written(none), "<ppm>400</ppm>");
  });

  it("1.2.1: answers who has a claim key, encrypted to nobody else", async () => {
    await tell(startSeeking(), [byOwner({ encrequired: "true" })]);
    assert.deepEqual(outcomes(), ["answered"]);
    assert.equal(sent[0]?.attrs.to, OWNER);
    assert.doesNotMatch(String(sent[0]), /entry|45\.47/);
    const response = responseIn(ownerKey);
    assert.deepEqual([response?.id, response?.entries.length], ["7abc78af21", 2]);
    assert.throws(() => responseIn(spimeKey), /cannot be opened/);
    assert.deepEqual(
      asked,
      [`${CERT_JID} ${SPIME}`, `${OWNER_CERT_JID} ${OWNER}`],
      "in this order",
    );
  });

  it("1.2.1: and of the spime that was claimed", async () => {
    database.store(reportOf({ osid: OTHER_SPIME, dates: [9000] }));
    await tell(startSeeking(), [byOwner({ spimeId: OTHER_SPIME, claims: OTHER_SPIME }, otherKey)]);
    assert.deepEqual(outcomes(), ["answered"]);
    assert.match(String(sent[0]), /<date>1970-01-01T00:00:09Z</);
    assert.equal(responseIn()?.entries.length, 1);
  });

  it("answers as the request says: encrypted to the spime, in the clear to the owner", async () => {
    await tell(startSeeking(), [bySpime({ encrequired: "1" })]);
    assert.equal(responseIn(spimeKey)?.entries.length, 2);
    sent = [];
    await tell(startSeeking(), [byOwner({ id: "2" })]);
    assert.equal(responseIn()?.entries.length, 2);
  });

  it("compares addresses folded, and answers to the folded one", async () => {
    const loud = (jid: string) => jid.replace(/^[^/]+/, (bare) => bare.toUpperCase());
    const claimKey = claimKeyXml(spimeKey, { claims: loud(SPIME), osid: loud(OWNER) });
    const seeker = { ...owner, osid: loud(OWNER), cert: loud(OWNER_CERT_JID) };
    await tell(startSeeking(), [seekXml(seeker, { spimeId: loud(SPIME), claimKey })]);
    assert.deepEqual(outcomes(), ["answered"]);
    assert.equal(sent[0]?.attrs.to, OWNER);
  });

  it("believes a certification service about its own domain, and a claim key of a spime there", async () => {
    database.store(reportOf({ osid: FAR_SPIME, dates: [9000] }));
    const far = { spimeId: FAR_SPIME, claims: FAR_SPIME, cert: FAR_CERT_JID };
    const itself = { osid: FAR_SPIME, cert: FAR_CERT_JID, key: otherKey };
    await tell(startSeeking(), [byOwner(far, otherKey), seekXml(itself, { spimeId: FAR_SPIME })]);
    assert.deepEqual(outcomes(), ["answered", "answered"]);
  });

  it("tells its operator whom a certification service is not believed about, and what to do", async () => {
    await tell(startSeeking(), [byOwner({ cert: FAR_CERT_JID })]);
    assert.equal(
      seeks[0]?.text,
      `cert "${FAR_CERT_JID}" is not believed about "${SPIME}": ` +
        `if it should be, accept it for "spime.openspime.com"`,
    );
  });

  const hourAgo = new Date(Date.now() - 3_600_000);
  const unsigned = bySpime({ sign: "" });
  const ignored: [name: string, content: string, outcome: SeekOutcome, keysAsked?: number][] = [
    ["one that has expired", bySpime({ expiresAt: hourAgo }), "expired", 0],
    ["one without signature", unsigned, "unsigned", 0],
    ["an owner's without signature", byOwner({ sign: "" }), "unsigned", 0],
    ["another's without claim key", seekXml(owner), "not-entitled", 0],
    [
      "the spime's other resource without claim key",
      seekXml({ ...spime, osid: SPIME.replace("/spime", "/Spime") }),
      "not-entitled",
      0,
    ],
    ["a claim key of another osid", byOwner({ osid: "thief@b/c" }), "claim-key-refused", 1],
    [
      "a claim key of another resource",
      byOwner({ osid: OWNER.replace("/web", "/Web") }),
      "claim-key-refused",
      1,
    ],
    [
      "a claim key of the bare JID",
      byOwner({ osid: OWNER.replace("/web", "") }),
      "claim-key-refused",
      1,
    ],
    [
      "a claim key that has expired",
      seekXml(owner, { claimKey: claimKeyXml(spimeKey, { expiresAt: hourAgo }) }),
      "claim-key-refused",
      1,
    ],
    [
      "a good claim key of another spime",
      byOwner({ claims: OTHER_SPIME }, otherKey),
      "claim-key-refused",
      0,
    ],
    [
      "a good claim key of another spime, said to be of this",
      byOwner({}, otherKey),
      "claim-key-refused",
      1,
    ],
    ["a claim key that the seeker made", byOwner({}, ownerKey), "claim-key-refused", 1],
    ["a claim key by another certifier", byOwner({ cert: "a@b/c" }), "claim-key-refused", 0],
    [
      "a claim key by the certifier of other spimes",
      byOwner({ cert: FAR_CERT_JID }),
      "claim-key-refused",
      0,
    ],
    [
      "a claim key of a spime that nobody certifies",
      byOwner({ claims: NOBODY, spimeId: NOBODY }),
      "claim-key-refused",
      1,
    ],
    ["a claim key that is none", seekXml(owner, { claimKey: "<claimkey/>" }), "claim-key-refused"],
    [
      "the spime's own with a claim key by another",
      seekXml(spime, { claimKey: claimKeyXml(otherKey, { osid: SPIME }) }),
      "claim-key-refused",
      1,
    ],
    [
      "a claim key of nobody",
      seekXml(owner, { claimKey: claimKeyXml(spimeKey).replace(SPIME, "") }),
      "claim-key-refused",
      0,
    ],
    ["a signature by another key", seekXml({ ...spime, key: otherKey }), "signature-refused", 1],
    [
      "an owner's signature by another key",
      seekXml({ ...owner, key: spimeKey }, { claimKey: claimKeyXml(spimeKey) }),
      "signature-refused",
      2,
    ],
    [
      "a signature by another certifier",
      seekXml({ ...spime, cert: "a@b/c" }),
      "signature-refused",
      0,
    ],
    [
      "a signature by the certifier of others",
      seekXml({ ...spime, cert: FAR_CERT_JID, key: otherKey }),
      "signature-refused",
      0,
    ],
    [
      "a signature of a seeker that nobody certifies",
      seekXml({ ...spime, cert: OWNER_CERT_JID }),
      "signature-refused",
      1,
    ],
    ["a changed expiry", bySpime().replace("<expdate>2", "<expdate>3"), "signature-refused", 1],
    ["a changed id", bySpime().replace("7abc78af21", "7abc78af22"), "signature-refused", 1],
    ["a report", reportXml(entryXml()), "malformed", 0],
    ["what is no OpenSpime", "<openspime xmlns='other'/>", "malformed", 0],
    ["nothing", "", "malformed", 0],
    ["an envelope with nothing in it", openspimeXml(), "malformed", 0],
    ["a request without id", bySpime({ id: "" }), "malformed", 0],
    ["a spimeid that is no address", bySpime({ spimeId: "a b@c" }), "malformed", 0],
    ["an osid that is no address", seekXml({ ...spime, osid: "" }), "malformed", 0],
    ["a response", bySpime({ request: "<response id='7abc78af21'/>" }), "malformed", 0],
    [
      "a date that is none",
      bySpime().replace(/<expdate>.*<.expdate>/, "<expdate>soon</expdate>"),
      "malformed",
      0,
    ],
    ["two signatures", bySpime().replace("<sign>", "<sign>x</sign><sign>"), "malformed", 0],
    [
      "two claim keys",
      seekXml(owner, { claimKey: claimKeyXml(spimeKey).repeat(2) }),
      "malformed",
      0,
    ],
    [
      "what is encrypted",
      openspimeXml(
        "<transport content-type='x-openspime/aes-base64' transport-key='x'>x</transport>",
      ),
      "malformed",
      0,
    ],
  ];
  for (const [name, content, outcome, keysAsked] of ignored) {
    it(`ignores ${name}: ${outcome}`, async () => {
      const seeking = startSeeking();
      await tell(seeking, [content]);
      assert.deepEqual([outcomes(), sent, errors], [[outcome], [], []]);
      assert.ok(seeks[0]?.text);
      if (keysAsked !== undefined) assert.equal(asked.length, keysAsked);
      await tell(seeking, [bySpime(), byOwner()]);
      assert.deepEqual(outcomes().slice(1), ["answered", "answered"], "and it is no hindrance");
    });
  }

  it("ignores what expires at this very moment: the future is later", async () => {
    const now = new Date();
    const later = new Date(now.getTime() + 1);
    const seeking = startSeeking({ now: () => now });
    const claimed = (id: string, expiresAt: Date) =>
      seekXml(owner, { id, claimKey: claimKeyXml(spimeKey, { expiresAt }) });
    await tell(seeking, [bySpime({ expiresAt: now })]);
    await tell(seeking, [bySpime({ expiresAt: later })]);
    await tell(seeking, [claimed("1", now)]);
    await tell(seeking, [claimed("1", later)]);
    assert.deepEqual(outcomes(), ["expired", "answered", "claim-key-refused", "answered"]);
  });

  it("ignores one that was treated, by osid and id, also after it was restarted", async () => {
    const content = bySpime();
    await tell(startSeeking(), [content]);
    await tell(startSeeking(), [content, bySpime({ encrequired: "true" })]);
    assert.deepEqual(outcomes(), ["answered", "already-treated", "already-treated"]);
    assert.equal(asked.length, 1, "no key is asked for");
    await tell(startSeeking(), [bySpime({ id: "2" }), byOwner()]);
    assert.deepEqual([outcomes().slice(3), sent.length], [["answered", "answered"], 3]);
  });

  it("treats one that comes from two services at once, once", async () => {
    const content = bySpime();
    const seeking = startSeeking({ isSubscribed: () => true });
    await Promise.all([tell(seeking, [content]), tell(seeking, [content], { service: "other" })]);
    assert.deepEqual([outcomes().sort(), sent.length], [["already-treated", "answered"], 1]);
  });

  it("a forgery under way is no hindrance to what it imitates", async () => {
    await tell(startSeeking(), [seekXml({ ...spime, key: otherKey }), bySpime()]);
    assert.deepEqual(outcomes(), ["signature-refused", "answered"]);
  });

  it("has no more than so many under way", async () => {
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    const seeking = startSeeking({ maxSeeks: 3 });
    const ids = ["1", "2", "3", "4"];
    const all = tell(
      seeking,
      ids.map((id) => bySpime({ id })),
    );
    await Promise.resolve();
    assert.deepEqual(outcomes(), ["busy"]);
    release();
    await all;
    assert.deepEqual(outcomes().slice(1), ["answered", "answered", "answered"]);
    await tell(seeking, [bySpime({ id: "4" })]);
    assert.equal(outcomes().at(-1), "answered", "it was not treated, and there is room again");
  });

  it("asks for a new key where claim key or signature do not open with the one it has", async () => {
    const seeking = startSeeking();
    await tell(seeking, [byOwner()]);
    registered.set(`${CERT_JID} ${SPIME}`, createPublicKey(otherKey));
    registered.set(`${OWNER_CERT_JID} ${OWNER}`, createPublicKey(spimeKey));
    const renewed = seekXml(
      { ...owner, key: spimeKey },
      { id: "2", claimKey: claimKeyXml(otherKey) },
    );
    await tell(seeking, [renewed]);
    assert.deepEqual([outcomes(), asked.length], [["answered", "answered"], 4]);
  });

  it("treats it again when it could not be verified before", async () => {
    registered.delete(`${CERT_JID} ${SPIME}`);
    await tell(startSeeking(), [bySpime()]);
    registered.set(`${CERT_JID} ${SPIME}`, createPublicKey(spimeKey));
    await tell(startSeeking(), [bySpime()]);
    assert.deepEqual(outcomes(), ["signature-refused", "answered"]);
  });

  it("sends nothing where there is nothing", async () => {
    const osid = "new@spime.openspime.com/spime";
    registered.set(`${CERT_JID} ${osid}`, createPublicKey(otherKey));
    const content = seekXml({ osid, cert: CERT_JID, key: otherKey }, { spimeId: osid });
    await tell(startSeeking(), [content]);
    assert.deepEqual([outcomes(), sent], [["nothing-found"], []]);
  });

  it("hears only the services and nodes that it has subscribed to", async () => {
    const seeking = startSeeking();
    await tell(seeking, [bySpime()], { service: "other.openspime.com" });
    await tell(seeking, [bySpime()], { node: "other" });
    await seeking.onMessage(parseStanza(eventXml([bySpime()]).replace("headline", "error")));
    await seeking.onMessage(parseStanza(`<message from='${PUBSUB_JID}'>${bySpime()}</message>`));
    assert.deepEqual([outcomes(), asked], [[], []]);
  });

  it("verifies what a server has written anew: other quotes, entities, white space in tags", async () => {
    const id = "a&amp;b&lt;c&gt;&quot;d&apos;é";
    const content = bySpime({ id });
    const anew = content
      .replaceAll(/='([^']*)'/g, '="$1"')
      .replaceAll("&apos;", "&#39;")
      .replaceAll("é", "&#xE9;")
      .replaceAll(" version=", "\n  version=")
      .replace("4a6b", "&#x34;a6b");
    assert.notEqual(anew, content);
    await tell(startSeeking(), [anew]);
    assert.deepEqual(outcomes(), ["answered"]);
    assert.equal(responseIn()?.id, "a&b<c>\"d'é");
  });

  it("says when the answer could not be sent, and what its handler throws", async () => {
    const broken = () => Promise.reject(new Error("away"));
    await tell(startSeeking({ send: broken }), [bySpime()]);
    const onSeek = () => assert.fail("no log");
    await tell(startSeeking({ onSeek }), [bySpime({ id: "2" })]);
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["away", "no log"],
    );
  });
});
