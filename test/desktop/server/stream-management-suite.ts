// Stream management (XEP-0198) as the standard has it, on a server: the same suite for each.
import assert from "node:assert/strict";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { ServerFixture } from "../../support/servers.js";
import {
  bindRequest,
  COMPONENT,
  conditionOf,
  connect,
  DOMAIN,
  type Login,
  PASSWORD,
  SECRET,
} from "./peers.js";
import {
  acknowledge,
  enable,
  handledBy,
  idsUntilPong,
  boundAt,
  loggedIn,
  lose,
  managed,
  nextIds,
  nextOf,
  note,
  ping,
  refusalOf,
  request,
  resume,
  resuming,
} from "./managed-peer.js";

export interface ManagementFixture extends ServerFixture {
  readonly answers: {
    /** From whom presence comes when a client has sent its own: RFC 6121 section 4.2.2. */
    readonly presences: readonly string[];
    /** A stream error, or a refusal. */
    readonly secondEnable: "policy-violation" | "unexpected-request";
    /** It names both counts: section 4. */
    readonly tellsCounts: boolean;
    /** What a stream hears that another one takes over. */
    readonly takenOver: string | undefined;
    /** The error's type for what was never acknowledged. */
    readonly unavailable: "cancel" | "wait";
  };
}

const SM = NS.streamManagement;
/** What both servers offer. */
const USER: Login = { user: "user", mechanism: "SCRAM-SHA-1" };
const OTHER: Login = { user: "other", mechanism: "SCRAM-SHA-1" };
const NOBODY = `other@${DOMAIN}/nobody`;
export const BOARD = `user@${DOMAIN}/board`;
const PRESENCE =
  `<presence><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' ` +
  `node='urn:board' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/></presence>`;

const setup = {
  domain: DOMAIN,
  accounts: ["user", "other"].map((localpart) => ({ localpart, password: PASSWORD, SECRET })),
  components: [{ domain: COMPONENT, secret: SECRET }],
};

export function describeStreamManagementOn(fixture: ManagementFixture): void {
  const { name, skipped } = fixture;
  const title = `Stream management on ${name}`;
  if (skipped) describe.skip(`${title} (skipped: ${skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

function defineSuite(fixture: ManagementFixture): void {
  const { answers } = fixture;
  let port: number;
  let stop: () => Promise<void>;

  before(async () => {
    const server = await fixture.start(setup);
    port = server.c2sPort;
    stop = () => server.stop();
  });

  after(() => stop());

  const board = (attributes?: string) => managed(port, "board", USER, attributes);

  describe("enabling", () => {
    it("is offered after the login, not before", async () => {
      const before = await (await connect(port)).open();
      assert.equal(before.child("sm", SM), undefined);
      const [, features] = await loggedIn(port, USER);
      assert.ok(features.child("sm", SM));
    });

    it("gives an id and a time to resume to who wants to, and ids differ", async () => {
      const first = await board();
      assert.equal(first.enabled.get("resume"), "true");
      assert.ok(Number(first.enabled.get("max")) > 0);
      assert.ok(first.id.length >= 8);
      const second = await managed(port, "second", USER, "resume='1'");
      assert.notEqual(second.id, first.id);
    });

    it("gives no id to who does not want to resume", async () => {
      const { enabled } = await board("");
      assert.equal(enabled.get("id"), undefined);
      assert.equal(enabled.get("resume"), undefined);
    });

    it("is refused before a resource is bound, which may be done then", async () => {
      const [peer] = await loggedIn(port, USER);
      assert.equal(refusalOf(await peer.ask(enable())), "unexpected-request");
      assert.equal((await peer.ask(bindRequest("board"))).get("type"), "result");
      assert.ok((await peer.ask(enable())).is("enabled", SM));
    });

    it(`answers a second attempt with ${answers.secondEnable}`, async () => {
      const { peer } = await board();
      peer.write(enable());
      const answer = await nextOf(peer);
      if (!answer.is("a", SM)) assert.equal(refusalOf(answer), answers.secondEnable);
      else assert.equal(await peer.streamError(), answers.secondEnable);
    });
  });

  describe("acknowledging", () => {
    it("counts the stanzas since then, and nothing but stanzas", async () => {
      const peer = await boundAt(port, "board", USER);
      await peer.ask(ping("before"));
      await peer.ask(enable());
      assert.equal(await handledBy(peer), 0);
      peer.write(`${ping("zero", NOBODY)}${acknowledge(0)}${request}`);
      assert.deepEqual(await nextIds(peer, 1), ["zero"]);
      assert.equal((await nextOf(peer)).get("h"), "1");
      peer.write(ping("one") + ping("two", NOBODY));
      assert.deepEqual(await idsUntilPong(peer), ["one", "two"]);
      assert.equal(await handledBy(peer), 4);
    });

    it("counts presence with priority and caps, and takes it as it takes any", async () => {
      const { peer } = await board();
      peer.write(`${PRESENCE}<presence to='other@${DOMAIN}'/><presence type='unavailable'/>`);
      peer.write(ping("fence"));
      const seen: (string | undefined)[] = [];
      for (let stanza; stanza?.get("id") !== "fence";) {
        stanza = await nextOf(peer);
        seen.push(stanza.name === "presence" ? stanza.get("from") : stanza.name);
      }
      assert.deepEqual(seen, [...answers.presences, "iq"]);
      assert.equal(await handledBy(peer), 4);
    });

    it("is asked for by the server", async () => {
      const { peer } = await board();
      peer.write(ping("p"));
      const seen = [await peer.next(), await peer.next()].map((element) => element.name);
      assert.deepEqual(seen.sort(), ["iq", "r"]);
    });

    it("ends the stream of a client that has handled more than there was", async () => {
      const { peer, id } = await board();
      await idsUntilPong(peer);
      peer.write(acknowledge(2));
      assert.ok((await nextOf(peer)).is("a", SM));
      const error = await nextOf(peer);
      assert.ok(error.child("undefined-condition", NS.streamErrors));
      const tooHigh = error.child("handled-count-too-high", SM);
      assert.equal(tooHigh?.get("h"), answers.tellsCounts ? "2" : undefined);
      assert.equal(tooHigh?.get("send-count"), answers.tellsCounts ? "1" : undefined);
      await peer.footer();
      const [, answer] = await resuming(port, id, 1, USER);
      assert.equal(refusalOf(answer), "item-not-found");
    });
  });

  for (const early of [request, acknowledge(0)]) {
    it(`does not know ${early} before it is enabled`, async () => {
      const peer = await boundAt(port, "board", USER);
      peer.write(early);
      assert.equal(await peer.streamError(), "unsupported-stanza-type");
    });
  }

  describe("resuming", () => {
    it("goes on with the same address, and with what was not acknowledged in order", async () => {
      const { peer, id } = await board();
      const sender = await boundAt(port, "sender", OTHER);
      sender.write(["1", "2", "3"].map((name) => note(name, BOARD)).join(""));
      assert.deepEqual(await nextIds(peer, 3), ["1", "2", "3"]);
      peer.write(ping("p"));
      assert.deepEqual(await nextIds(peer, 1), ["p"]);
      await lose(peer);
      sender.write(ping("4", BOARD) + note("5", BOARD));
      await idsUntilPong(sender);
      const [second, answer] = await resuming(port, id, 2, USER);
      assert.ok(answer.is("resumed", SM));
      assert.equal(answer.get("previd"), id);
      assert.equal(answer.get("h"), "1");
      assert.deepEqual(await nextIds(second, 4), ["3", "p", "4", "5"]);
      second.write(`<iq type='result' id='4' to='other@${DOMAIN}/sender'/>`);
      const [reply] = [await nextOf(sender)];
      assert.equal(reply.get("from"), BOARD);
      assert.equal(await handledBy(second), 2);
    });

    it("can be done again and again", async () => {
      const { peer, id } = await board();
      const sender = await boundAt(port, "sender", OTHER);
      let current = peer;
      for (let round = 0; round < 5; round++) {
        sender.write(note(`a${round}`, BOARD));
        assert.deepEqual(await nextIds(current, 1), [`a${round}`]);
        current.write(note(`b${round}`, `other@${DOMAIN}/sender`));
        assert.deepEqual(await nextIds(sender, 1), [`b${round}`]);
        await lose(current);
        const [next, answer] = await resuming(port, id, round + 1, USER);
        assert.equal(answer.get("h"), String(round + 1));
        current = next;
      }
      assert.deepEqual(await idsUntilPong(current), []);
    });

    it("closes the stream that still stands, and goes on", async () => {
      const { peer, id } = await board();
      const [second, answer] = await resuming(port, id, 0, USER);
      assert.ok(answer.is("resumed", SM));
      if (answers.takenOver === undefined) await peer.closed;
      else assert.equal(await peer.streamError(), answers.takenOver);
      assert.deepEqual(await idsUntilPong(second), []);
      const sender = await boundAt(port, "sender", OTHER);
      sender.write(note("1", BOARD));
      assert.deepEqual(await nextIds(second, 1), ["1"]);
    });

    it("is refused with an id that is not known, and a resource may be bound then", async () => {
      const [peer, answer] = await resuming(port, "unknown", 0, USER);
      assert.equal(refusalOf(answer), "item-not-found");
      assert.equal(answer.get("h"), undefined);
      assert.equal((await peer.ask(bindRequest("board"))).get("type"), "result");
      assert.ok((await peer.ask(enable())).is("enabled", SM));
    });

    it("is refused to another account", async () => {
      const { peer, id } = await board();
      await lose(peer);
      const [, answer] = await resuming(port, id, 0, OTHER);
      assert.equal(refusalOf(answer), "item-not-found");
      const [, own] = await resuming(port, id, 0, USER);
      assert.ok(own.is("resumed", SM));
    });

    it("is refused once a resource is bound", async () => {
      const { peer, id } = await board();
      await lose(peer);
      const bound = await boundAt(port, "elsewhere", USER);
      assert.equal(refusalOf(await bound.ask(resume(id, 0))), "unexpected-request");
    });

    it("is not possible after the resource was bound anew", async () => {
      const { peer, id } = await board();
      await lose(peer);
      const second = await boundAt(port, "board", USER);
      const [, answer] = await resuming(port, id, 0, USER);
      assert.equal(refusalOf(answer), "item-not-found");
      assert.deepEqual(await idsUntilPong(second), []);
    });

    it("is not possible after the stream was closed in good order, with a last count", async () => {
      const { peer, id } = await board();
      peer.write(`${acknowledge(0)}<iq type='result' id='1' to='${DOMAIN}'/></stream:stream>`);
      assert.equal((await nextOf(peer)).get("h"), "1");
      await peer.footer();
      const [second, answer] = await resuming(port, id, 0, USER);
      assert.equal(refusalOf(answer), "item-not-found");
      await second.ask(bindRequest("elsewhere"));
      assert.equal(conditionOf(await second.ask(ping("p", BOARD))), "service-unavailable");
    });

    it("is over after a time, and who comes too late learns what was handled", async () => {
      const impatient = await fixture.start({ ...setup, resumeTimeoutMs: 500 });
      try {
        const { peer, id } = await managed(impatient.c2sPort, "board", USER);
        const sender = await boundAt(impatient.c2sPort, "sender", OTHER);
        assert.deepEqual(await idsUntilPong(peer), []);
        sender.write(ping("1", BOARD));
        await nextIds(peer, 1);
        await lose(peer);
        assert.equal(conditionOf(await nextOf(sender)), "recipient-unavailable");
        const [, answer] = await resuming(impatient.c2sPort, id, 2, USER);
        assert.equal(refusalOf(answer), "item-not-found");
        assert.equal(answer.get("h"), "1");
      } finally {
        await impatient.stop();
      }
    });

    it("answers what was asked of a session that ended without acknowledging it", async () => {
      const { peer } = await board();
      const sender = await boundAt(port, "sender", OTHER);
      sender.write(ping("1", BOARD) + ping("2", BOARD));
      assert.deepEqual(await nextIds(peer, 2), ["1", "2"]);
      peer.write(`${acknowledge(1)}</stream:stream>`);
      const error = await nextOf(sender);
      assert.equal(error.get("id"), "2");
      assert.equal(conditionOf(error), "recipient-unavailable");
      assert.equal(error.child("error", NS.client)?.get("type"), answers.unavailable);
      assert.deepEqual(await idsUntilPong(sender), []);
    });
  });
}
