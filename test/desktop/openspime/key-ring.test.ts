import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { BoundedMap } from "../../../src/desktop/openspime/bounded-map.js";
import { refuse } from "../../../src/desktop/openspime/conditions.js";
import type { Parsed } from "../../../src/desktop/openspime/conditions.js";
import { KeyQueries } from "../../../src/desktop/scopenode/key-queries.js";
import { KeyRing } from "../../../src/desktop/openspime/key-ring.js";
import { ACCEPTED } from "../../../src/desktop/scopenode/queries.js";
import type { Accepted } from "../../../src/desktop/scopenode/queries.js";
import { ReplayGuard } from "../../../src/desktop/scopenode/replay-guard.js";
import { keyValueOf } from "../../../src/desktop/openspime/key-info.js";
import { publicKey } from "./support.js";
import { parseStanza } from "../scopenode/support.js";

const [old, fresh] = [publicKey("spime-1024"), publicKey("spime-2048")];
const CERT = "services@spime.example/cert";
const OSID = "board@spime.example/spime";

describe("ScopeNode: key ring", () => {
  let nowMs: number;
  let asked: number;
  let answer: Parsed<KeyObject>;
  let ring: KeyRing;

  beforeEach(() => {
    nowMs = asked = 0;
    answer = { value: old };
    const fetchKey = async () => {
      asked += 1;
      return answer;
    };
    ring = new KeyRing({ fetchKey, nowMs: () => nowMs });
  });

  const verify = async (key: KeyObject, osid = OSID) => {
    const verified = await ring.verify(CERT, osid, (one) => one.equals(key));
    return "fault" in verified ? verified.fault.condition : "verified";
  };

  it("asks once, and after an hour again", async () => {
    assert.deepEqual([await verify(old), await verify(old), asked], ["verified", "verified", 1]);
    nowMs = 3_600_000;
    assert.deepEqual([await verify(old), asked], ["verified", 2]);
  });

  it("those who want the same key share a question", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => verify(old)));
    assert.deepEqual([new Set(all), asked], [new Set(["verified"]), 1]);
  });

  it("asks again for a signature that does not verify, and then takes a pause", async () => {
    const corrupted = "signature-error-public-key-corrupted";
    await verify(old);
    for (let count = 0; count < 5; count += 1) assert.equal(await verify(fresh), corrupted);
    assert.equal(asked, 2);
    answer = { value: fresh };
    nowMs = 10_000;
    assert.deepEqual([await verify(fresh), asked], ["verified", 3]);
  });

  it("forgets a key that was withdrawn, not one that cannot be asked for", async () => {
    await verify(old);
    answer = refuse("internal-server-error", "away");
    assert.equal(await verify(fresh), "internal-server-error");
    assert.equal(await verify(old), "verified");
    answer = refuse("no-available-public-key", "withdrawn");
    assert.equal(await verify(fresh), "no-available-public-key");
    assert.equal(await verify(old), "no-available-public-key");
  });

  it("has at most a hundred questions under way", async () => {
    const osids = Array.from({ length: 101 }, (_, index) => `a@b/${index}`);
    const all = await Promise.all(osids.map((osid) => verify(old, osid)));
    assert.equal(all.filter((one) => one === "verified").length, 100);
    assert.equal(all[100], "internal-server-error");
  });

  it("keeps what was used last", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    assert.deepEqual([map.get("a"), map.get("b"), map.get("c"), map.size], [1, undefined, 3, 2]);
  });
});

describe("ScopeNode: key queries", () => {
  const sent: string[] = [];
  const queries = (timeoutMs = 1000) =>
    new KeyQueries({
      jid: "node@scope.example",
      timeoutMs,
      send: async (stanza) => void sent.push(stanza.toString()),
    });

  beforeEach(() => void (sent.length = 0));

  const { modulus, exponent } = keyValueOf(old);
  const info =
    `<KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><RSAKeyValue><Modulus>${modulus}</Modulus>` +
    `<Exponent>${exponent}</Exponent></RSAKeyValue></KeyInfo>`;
  const pubkeys = (jid: string, xmlns = "urn:xmpp:tmp:pubkey", content = info) =>
    `<pubkeys xmlns='${xmlns}' jid='${jid}'>${content}</pubkeys>`;

  async function reply(type: string, content: string, changes: Record<string, string> = {}) {
    const asker = queries(50);
    const asking = asker.ask(CERT, OSID);
    const id = /id="([^"]+)"/.exec(sent[0] ?? "")?.[1] ?? "";
    const attributes = { type, id, from: CERT, ...changes };
    const written = Object.entries(attributes).map(([name, value]) => `${name}='${value}'`);
    asker.onReply(parseStanza(`<iq ${written.join(" ")}>${content}</iq>`));
    const parsed = await asking;
    return "value" in parsed ? parsed.value : parsed.fault.condition;
  }

  it("asks as in the document and takes the author's form of the answer", async () => {
    const key = await reply("result", pubkeys(OSID.replace("board", "BOARD")));
    assert.ok(typeof key === "object" && key.equals(old));
    assert.match(
      sent[0] ?? "",
      /^<iq type="get" id="[0-9a-f-]{36}" from="node@scope.example" to="services@spime.example\/cert"><pubkeys xmlns="urn:xmpp:tmp:pubkey" jid="board@spime.example\/spime"\/><\/iq>$/,
    );
  });

  const error = (condition: string) => `<error><${condition}/></error>`;
  const rows: [string, string, string, Record<string, string>, string][] = [
    ["from another", "result", pubkeys(OSID), { from: "x@y/z" }, "internal-server-error"],
    ["without a sender", "result", pubkeys(OSID), { from: "" }, "internal-server-error"],
    ["with another id", "result", pubkeys(OSID), { id: "1" }, "internal-server-error"],
    ["of another's key", "result", pubkeys("x@y/z"), {}, "signature-error-public-key-corrupted"],
    ["of no key", "result", "", {}, "signature-error-public-key-corrupted"],
    [
      "of another namespace",
      "result",
      pubkeys(OSID, "other"),
      {},
      "signature-error-public-key-corrupted",
    ],
    [
      "of a broken key",
      "result",
      pubkeys(OSID, undefined, ""),
      {},
      "signature-error-public-key-corrupted",
    ],
    ["item-not-found", "error", error("item-not-found"), {}, "no-available-public-key"],
    [
      "the document's error",
      "error",
      error("no-available-public-key"),
      {},
      "no-available-public-key",
    ],
    ["another error", "error", error("service-unavailable"), {}, "internal-server-error"],
    ["an error without condition", "error", "", {}, "internal-server-error"],
  ];
  for (const [name, type, content, changes, condition] of rows) {
    it(`a reply ${name}: ${condition}`, async () => {
      assert.equal(await reply(type, content, changes), condition);
    });
  }

  it("leaves nobody waiting when it cannot send, or is stopped", async () => {
    const send = () => Promise.reject(new Error("offline"));
    const offline = await new KeyQueries({ jid: "a@b", timeoutMs: 1e6, send }).ask(CERT, OSID);
    assert.match("fault" in offline ? offline.fault.text : "", /offline/);
    const asker = queries(1e6);
    const asking = asker.ask(CERT, OSID);
    asker.close();
    assert.ok("fault" in (await asking));
  });
});

describe("ScopeNode: replays", () => {
  const ppm = 400;
  const reportOf = (osid: string, ...days: number[]) => ({
    osid,
    iqId: "1",
    entries: days.map((day) => ({ date: new Date(day * 86_400_000), lat: 0, lon: 0, ppm })),
    receivedAt: new Date(0),
    isSigned: true,
    isEncrypted: false,
  });

  it("tells reports by originator and what they say", () => {
    const guard = new ReplayGuard();
    const take = (osid: string, ...days: number[]) =>
      guard.once(reportOf(osid, ...days), async () => ACCEPTED).isReplay;
    assert.equal(take("a@b/c", 1), false);
    assert.equal(take("a@b/c", 1), true);
    assert.equal(take("a@b/d", 1), false);
    assert.equal(take("a@b/c", 2), false);
    assert.equal(take("a@b/c", 1, 2), false);
  });

  it("takes another measurement of that date for none", () => {
    const guard = new ReplayGuard();
    const one = reportOf("a@b/c", 1);
    const other = { ...one, entries: one.entries.map((entry) => ({ ...entry, ppm: 401 })) };
    const isReplay = (report: typeof one) => guard.once(report, async () => ACCEPTED).isReplay;
    assert.deepEqual([one, other, other, one].map(isReplay), [false, false, true, true]);
  });

  it("takes one again that was not handed on", async () => {
    const guard = new ReplayGuard();
    const first = guard.once(reportOf("a@b/c", 1), () => Promise.reject(new Error("disk full")));
    const second = guard.once(reportOf("a@b/c", 1), async () => assert.fail("handed on twice"));
    assert.equal(second.isReplay, true);
    await assert.rejects(first.accepted);
    await assert.rejects(second.accepted, /disk full/);
    assert.equal(guard.once(reportOf("a@b/c", 1), async () => ACCEPTED).isReplay, false);
  });

  it("takes one again that was refused", async () => {
    const guard = new ReplayGuard();
    const take = (accepted: Accepted) => guard.once(reportOf("a@b/c", 1), async () => accepted);
    const refused = refuse("inconsistent-data-with-scope", "another measurement has the date");
    const [first, second] = [take(refused), take(ACCEPTED)];
    assert.deepEqual(await Promise.all([first.accepted, second.accepted]), [refused, refused]);
    const [third, fourth] = [take(ACCEPTED), take(refused)];
    assert.deepEqual(await Promise.all([third.accepted, fourth.accepted]), [ACCEPTED, ACCEPTED]);
    assert.deepEqual([third.isReplay, fourth.isReplay], [false, true]);
  });

  it("forgets the oldest when it is full", () => {
    const guard = new ReplayGuard(2);
    const take = (day: number) => guard.once(reportOf("a@b/c", day), async () => ACCEPTED).isReplay;
    assert.deepEqual([1, 2, 3, 1].map(take), [false, false, false, false]);
    assert.equal(take(3), true);
  });
});
