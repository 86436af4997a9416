import assert from "node:assert/strict";
import { element } from "../../../src/desktop/server/element.js";
import { Ledger } from "../../../src/desktop/server/ledger.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import type { ServerOptions } from "../../../src/desktop/server/options.js";
import { Resumptions } from "../../../src/desktop/server/resumptions.js";
import type { EmbeddedServer } from "../../../src/desktop/server/server.js";
import {
  acknowledge,
  enable,
  idsUntilPong,
  loggedIn,
  managed,
  type ManagedPeer,
  nextIds,
  nextOf,
  note,
  ping,
  refusalOf,
  resume,
  resuming,
} from "./managed-peer.js";
import {
  bindRequest,
  bound,
  COMPONENT,
  componentXml,
  conditionOf,
  DOMAIN,
  once,
  type RawPeer,
  SECRET,
  withServer,
  type XmlElement,
  xml,
  xmppClient,
  xmppComponent,
  type XmppEntity,
} from "./peers.js";

const SM = NS.streamManagement;
const BOARD = `user@${DOMAIN}/board`;
const OTHER = { user: "other" };

/** A client that may resume, another that writes to it. */
async function withPair(
  options: ServerOptions,
  body: (server: EmbeddedServer, board: ManagedPeer, sender: RawPeer) => Promise<void>,
): Promise<void> {
  await withServer(options, async (server) => {
    const board = await managed(server.ports.client, "board");
    await body(server, board, await bound(server, "sender", OTHER));
  });
}

/** The connection of a full JID is gone, and the server knows. */
async function drop(server: EmbeddedServer, peer: RawPeer, jid = BOARD): Promise<void> {
  assert.equal(server.dropSession(jid), true);
  await peer.closed;
}

describe("stream management: the ledger", () => {
  const stanza = element("message", NS.client);

  function filled(start: number, count: number): Ledger {
    const ledger = new Ledger(start);
    for (let index = 0; index < count; index++) ledger.onSent(stanza);
    return ledger;
  }

  it("starts both counts again after 2^32 - 1", () => {
    const ledger = filled(0xffff_fffe, 4);
    assert.equal(ledger.sent, 2);
    for (let index = 0; index < 3; index++) ledger.onHandled();
    assert.equal(ledger.handled, 1);
    assert.equal(ledger.acknowledge(0xffff_ffff), true);
    assert.equal(ledger.unacknowledged.length, 3);
    assert.equal(ledger.acknowledge(1), true);
    assert.equal(ledger.unacknowledged.length, 1);
    assert.equal(ledger.unacknowledgedBytes, "<message/>".length);
    assert.equal(ledger.acknowledge(3), false);
    assert.equal(ledger.acknowledge(0xffff_ffff), false);
    assert.equal(ledger.sent, 2);
  });

  it("keeps the order of what is not acknowledged", () => {
    const ledger = new Ledger();
    const stanzas = ["a", "b", "c"].map((id) => element("message", NS.client, { id }));
    stanzas.forEach((each) => ledger.onSent(each));
    ledger.acknowledge(1);
    assert.deepEqual(ledger.unacknowledged, stanzas.slice(1));
  });
});

describe("stream management: sessions that came too late", () => {
  const limits = { resumeTimeoutMs: 0, maxHibernating: 1, maxHibernatingPerAccount: 1 };

  it("are remembered up to a bound, the newest", () => {
    const resumptions = new Resumptions(limits);
    const holder = {
      jid: { local: "user", domain: DOMAIN, resource: "board" },
      ledger: new Ledger(7),
      surrender: () => {},
      end: () => {},
    };
    const ids = Array.from({ length: 101 }, () => resumptions.grant(holder, Infinity).id);
    ids.forEach((id) => resumptions.hibernate(id));
    const known = ids.filter((id) => resumptions.handledBefore(id, "user") === 7);
    assert.deepEqual(known, ids.slice(1));
  });
});

describe("stream management: with @xmpp/client", () => {
  /** The first element of that name. */
  function received(entity: XmppEntity, name: string): Promise<void> {
    return new Promise((resolve) =>
      entity.on("element", (stanza) => {
        if ((stanza as XmlElement).name === name) resolve();
      }),
    );
  }

  function idsOf(entity: XmppEntity): string[] {
    const ids: string[] = [];
    entity.on("stanza", (stanza) => {
      const { name, attrs } = stanza as XmlElement;
      if (name === "message") ids.push(attrs.id);
    });
    return ids;
  }

  async function withEntities(
    options: ServerOptions,
    body: (server: EmbeddedServer, client: XmppEntity, component: XmppEntity) => Promise<void>,
  ): Promise<void> {
    const components = [{ domain: COMPONENT, secret: SECRET }];
    await withServer({ ...options, components, componentPort: 0 }, async (server) => {
      const service = (port?: number) => `xmpp://127.0.0.1:${port}`;
      const component = xmppComponent({ service: service(server.ports.component) });
      const client = xmppClient({
        service: service(server.ports.client),
        username: "user",
        resource: "board",
      });
      // A connection that is cut is reset, now and then.
      client.on("error", (error) => assert.equal((error as { code?: string }).code, "ECONNRESET"));
      await component.start();
      const enabled = received(client, "enabled");
      await Promise.all([client.start(), enabled]);
      await body(server, client, component);
      await Promise.all([client.stop(), component.stop()]);
    });
  }

  const message = (id: string) => xml("message", { id, to: COMPONENT });
  const answer = (id: string) => componentXml("message", { id, from: COMPONENT, to: BOARD });

  it("resumes: nothing is lost in either direction, and nothing comes twice", () =>
    withEntities({}, async (server, client, component) => {
      const [toClient, toComponent] = [idsOf(client), idsOf(component)];
      for (let round = 0; round < 3; round++) {
        const arrived = [once(component, "stanza"), once(client, "stanza")];
        await Promise.all([client.send(message(`c${round}`)), component.send(answer(`s${round}`))]);
        await Promise.all(arrived);
        const disconnected = once(client, "disconnect");
        // Written where nobody reads any more.
        const written = client.send(message(`lost${round}`)).catch(() => {});
        server.dropSession(BOARD);
        await Promise.all([written, disconnected, component.send(answer(`queued${round}`))]);
        assert.deepEqual(server.hibernating(), [BOARD]);
        const again = [
          once(component, "stanza"),
          once(client, "stanza"),
          received(client, "resumed"),
        ];
        await client.reconnect.reconnect();
        await Promise.all(again);
      }
      assert.deepEqual(toClient, ["s0", "queued0", "s1", "queued1", "s2", "queued2"]);
      assert.deepEqual(toComponent, ["c0", "lost0", "c1", "lost1", "c2", "lost2"]);
      assert.deepEqual(server.sessions(), [BOARD]);
    }));

  it("begins a new session when the old one is gone", () =>
    withEntities({ resumeTimeoutMs: 0 }, async (server, client, component) => {
      const disconnected = once(client, "disconnect");
      server.dropSession(BOARD);
      await disconnected;
      const again = [received(client, "failed"), received(client, "enabled")];
      await client.reconnect.reconnect();
      await Promise.all(again);
      const arrived = once<XmlElement>(client, "stanza");
      await component.send(answer("1"));
      assert.equal((await arrived).attrs.id, "1");
    }));
});

describe("stream management: asking for counts", () => {
  it("asks after the fifth stanza, then again only when there is more", () =>
    withPair({}, async (_server, { peer }, sender) => {
      sender.write(["1", "2", "3", "4", "5", "6"].map((id) => note(id, BOARD)).join(""));
      const seen: string[] = [];
      while (seen.length < 7) seen.push((await peer.next()).name);
      assert.deepEqual(seen, [...Array<string>(5).fill("message"), "r", "message"]);
      // A client that counts wrong is not asked again for the same stanzas.
      peer.write(acknowledge(0));
      assert.ok((await peer.next()).is("r", SM));
      peer.write(acknowledge(0) + ping("fence"));
      assert.equal((await peer.next()).get("id"), "fence");
    }));

  it("asks for a single stanza when nothing follows it", () =>
    withPair({}, async (_server, { peer }, sender) => {
      sender.write(note("1", BOARD));
      assert.equal((await peer.next()).get("id"), "1");
      assert.ok((await peer.next()).is("r", SM));
    }));

  it("asks once for what came together, and not for what is acknowledged", () =>
    withPair({}, async ({ ports }, { peer }, sender) => {
      const patient = await managed(ports.client, "patient");
      sender.write(note("0", `user@${DOMAIN}/patient`));
      assert.equal((await patient.peer.next()).get("id"), "0");
      patient.peer.write(acknowledge(1));
      sender.write(["1", "2", "3", "4", "5"].map((id) => note(id, BOARD)).join(""));
      assert.deepEqual(await nextIds(peer, 5), ["1", "2", "3", "4", "5"]);
      assert.ok((await peer.next()).is("r", SM));
      // When a later one is asked for, the pause of all before it is over.
      const later = await managed(ports.client, "later");
      sender.write(note("6", `user@${DOMAIN}/later`));
      assert.equal((await later.peer.next()).get("id"), "6");
      assert.ok((await later.peer.next()).is("r", SM));
      for (const each of [peer, patient.peer]) {
        assert.equal((await each.ask(ping("fence"))).get("id"), "fence");
      }
    }));

  it("counts what the stream itself answers", () =>
    withPair({}, async (_server, { peer }) => {
      peer.write(`<iq type='set' id='1'><session xmlns='${NS.session}'/></iq>`);
      peer.write(bindRequest("again", "2"));
      assert.deepEqual(await nextIds(peer, 2), ["1", "2"]);
      peer.write(acknowledge(2));
      assert.deepEqual(await idsUntilPong(peer), []);
    }));

  it("asks at once for what it sent again", () =>
    withPair({}, async (server, { peer, id }, sender) => {
      sender.write(note("1", BOARD));
      await nextIds(peer, 1);
      await drop(server, peer);
      const [second, answer] = await resuming(server.ports.client, id, 0);
      assert.ok(answer.is("resumed", SM));
      assert.equal((await second.next()).get("id"), "1");
      assert.ok((await second.next()).is("r", SM));
      second.write(acknowledge(1));
      assert.deepEqual(await idsUntilPong(second), []);
    }));

  for (const h of ["", "-1", "1.5", "x", "4294967296"]) {
    it(`ends the stream for an h of "${h}"`, () =>
      withPair({}, async (_server, { peer }) => {
        peer.write(acknowledge(h));
        assert.ok((await nextOf(peer)).is("a", SM));
        assert.equal(await peer.streamError(), "invalid-xml");
      }));
  }
});

describe("stream management: hibernation", () => {
  it("keeps what is for the resource, and answers for it in the end", () =>
    withPair({}, async (server, { peer, id }, sender) => {
      await drop(server, peer);
      assert.deepEqual(server.sessions(), [`other@${DOMAIN}/sender`]);
      assert.deepEqual(server.hibernating(), [BOARD]);
      sender.write(ping("1", BOARD) + note("2", BOARD) + note("3", `user@${DOMAIN}`));
      sender.write(`<iq type='result' id='4' to='${BOARD}'/><presence to='${BOARD}'/>`);
      assert.deepEqual(await idsUntilPong(sender), []);
      server.expireSession(BOARD);
      for (const expected of ["1", "2", "3"]) {
        const error = await sender.next();
        assert.equal(error.get("id"), expected);
        assert.equal(conditionOf(error), "recipient-unavailable");
      }
      assert.deepEqual(await idsUntilPong(sender), []);
      assert.deepEqual(server.hibernating(), []);
      assert.equal(conditionOf(await sender.ask(ping("5", BOARD))), "service-unavailable");
      const [, answer] = await resuming(server.ports.client, id, 0);
      assert.equal(refusalOf(answer), "item-not-found");
    }));

  it("ends when its time is over", () =>
    withPair({ resumeTimeoutMs: 100 }, async (server, { peer }, sender) => {
      sender.write(ping("1", BOARD));
      await nextIds(peer, 1);
      await drop(server, peer);
      assert.equal(conditionOf(await sender.next()), "recipient-unavailable");
      assert.deepEqual(server.hibernating(), []);
    }));

  it("tells who comes too late how much was handled, and only that account", () =>
    withPair({}, async (server, { peer, id }) => {
      peer.write(ping("1") + ping("2"));
      await nextIds(peer, 2);
      await drop(server, peer);
      assert.equal(server.expireSession("@"), false);
      assert.equal(server.expireSession(`user@${DOMAIN}/other`), false);
      assert.equal(server.expireSession(BOARD.toUpperCase()), false);
      assert.equal(server.expireSession(`USER@${DOMAIN}/board`), true);
      const [, others] = await resuming(server.ports.client, id, 0, OTHER);
      assert.equal(others.get("h"), undefined);
      const [late, own] = await resuming(server.ports.client, id, 0);
      assert.equal(refusalOf(own), "item-not-found");
      assert.equal(own.get("h"), "2");
      assert.equal((await late.ask(bindRequest("board"))).get("type"), "result");
      assert.ok((await late.ask(enable())).is("enabled", SM));
    }));

  it("does not happen to who asked for no resumption", () =>
    withServer({}, async (server) => {
      const { peer } = await managed(server.ports.client, "board", {}, "");
      await drop(server, peer);
      assert.deepEqual(server.hibernating(), []);
    }));

  it("does not happen after a stream error", () =>
    withPair({}, async (server, { peer, id }) => {
      peer.write("<unknown/>");
      assert.ok((await nextOf(peer)).is("a", SM));
      assert.equal(await peer.streamError(), "unsupported-stanza-type");
      assert.deepEqual(server.hibernating(), []);
      const [, answer] = await resuming(server.ports.client, id, 0);
      assert.equal(refusalOf(answer), "item-not-found");
    }));

  it("ends with the whole server, which waits for nobody", async () => {
    await withPair({ resumeTimeoutMs: 2 ** 31 - 1 }, (server, { peer }) => drop(server, peer));
  });

  it("is no longer than the client wishes, and no longer than the server's", () =>
    withServer({ resumeTimeoutMs: 5000 }, async ({ ports }) => {
      const maximum = async (wish: string) =>
        (await managed(ports.client, "board", {}, `resume='true' ${wish}`)).enabled.get("max");
      assert.equal(await maximum("max='3'"), "3");
      assert.equal(await maximum("max='60'"), "5");
      assert.equal(await maximum("max='soon'"), "5");
      assert.equal(await maximum("max='-1'"), "5");
    }));

  it("ends a session that takes up more than its bound, and answers for it", () =>
    withPair({ maxUnacknowledged: 3 }, async (server, { peer, id }, sender) => {
      await drop(server, peer);
      sender.write(["1", "2", "3"].map((each) => ping(each, BOARD)).join(""));
      assert.deepEqual(await idsUntilPong(sender), []);
      sender.write(ping("4", BOARD));
      assert.deepEqual(await nextIds(sender, 4), ["1", "2", "3", "4"]);
      assert.deepEqual(server.hibernating(), []);
      const [, answer] = await resuming(server.ports.client, id, 0);
      assert.equal(refusalOf(answer), "item-not-found");
    }));

  it("ends a session for which too many bytes wait", () =>
    withPair({}, async (server, { peer }, sender) => {
      await drop(server, peer);
      const long = note("1", BOARD).replace("/>", `><body>${"x".repeat(60_000)}</body></message>`);
      for (let count = 0; count < 8; count++) sender.write(long);
      assert.deepEqual(await idsUntilPong(sender), []);
      sender.write(long);
      assert.deepEqual(await nextIds(sender, 9), Array<string>(9).fill("1"));
      assert.deepEqual(server.hibernating(), []);
    }));

  it("ends a connected session that acknowledges nothing at the same bound", () =>
    withPair({ maxUnacknowledged: 3 }, async (server, { peer }, sender) => {
      sender.write(["1", "2", "3", "4"].map((each) => ping(each, BOARD)).join(""));
      assert.deepEqual(await nextIds(peer, 3), ["1", "2", "3"]);
      assert.ok((await nextOf(peer)).is("a", SM));
      assert.equal(await peer.streamError(), "resource-constraint");
      assert.deepEqual(await nextIds(sender, 4), ["1", "2", "3", "4"]);
      assert.deepEqual(server.sessions(), [`other@${DOMAIN}/sender`]);
    }));
});

describe("stream management: bounds on hibernating sessions", () => {
  async function hibernate(server: EmbeddedServer, user: string, resource: string) {
    const { peer } = await managed(server.ports.client, resource, { user });
    await drop(server, peer, `${user}@${DOMAIN}/${resource}`);
  }

  it("ends the oldest of the account", () =>
    withServer({ maxHibernatingPerAccount: 2 }, async (server) => {
      await hibernate(server, "other", "0");
      for (const resource of ["1", "2", "3"]) await hibernate(server, "user", resource);
      const kept = ["other@0", "user@2", "user@3"].map((each) => each.replace("@", `@${DOMAIN}/`));
      assert.deepEqual(server.hibernating(), kept);
    }));

  it("ends the oldest of all", () =>
    withServer({ maxHibernating: 2 }, async (server) => {
      await hibernate(server, "other", "1");
      await hibernate(server, "user", "2");
      await hibernate(server, "user", "3");
      assert.deepEqual(server.hibernating(), [`user@${DOMAIN}/2`, `user@${DOMAIN}/3`]);
    }));
});

describe("stream management: resuming", () => {
  for (const attributes of ["previd='x'", "h='0'", "previd='x' h='y'"]) {
    it(`refuses <resume ${attributes}/>, and lets bind`, () =>
      withServer({}, async (server) => {
        const [peer] = await loggedIn(server.ports.client);
        const refused = await peer.ask(`<resume xmlns='${SM}' ${attributes}/>`);
        assert.equal(refusalOf(refused), "bad-request");
        assert.equal((await peer.ask(bindRequest("board"))).get("type"), "result");
      }));
  }

  it("ends a session whose client has handled more than there was", () =>
    withPair({}, async (server, { peer, id }, sender) => {
      sender.write(ping("1", BOARD));
      await nextIds(peer, 1);
      await drop(server, peer);
      const [second] = await loggedIn(server.ports.client);
      second.write(resume(id, 2));
      assert.ok((await nextOf(second)).is("a", SM));
      const error = await nextOf(second);
      const counts = error.child("handled-count-too-high", SM);
      assert.equal(counts?.get("h"), "2");
      assert.equal(counts?.get("send-count"), "1");
      await second.footer();
      assert.equal(conditionOf(await sender.next()), "recipient-unavailable");
      assert.deepEqual(server.hibernating(), []);
    }));

  it("is not ended by the handshake's time-out", () =>
    withPair({ handshakeTimeoutMs: 1000 }, async (server, { peer, id }) => {
      await drop(server, peer);
      const [second] = await resuming(server.ports.client, id, 0);
      const other = await loggedIn(server.ports.client);
      assert.equal(await other[0].streamError(), "connection-timeout");
      assert.deepEqual(await idsUntilPong(second), []);
      assert.deepEqual(server.sessions(), [`other@${DOMAIN}/sender`, BOARD]);
    }));

  it("ends the time that the session had left", () =>
    withPair({ resumeTimeoutMs: 1000 }, async (server, { peer, id }, sender) => {
      await drop(server, peer);
      const [second] = await resuming(server.ports.client, id, 0);
      // This one's time ends after that of the first would have.
      const later = await managed(server.ports.client, "later");
      sender.write(ping("1", `user@${DOMAIN}/later`));
      await nextIds(later.peer, 1);
      await drop(server, later.peer, `user@${DOMAIN}/later`);
      assert.equal(conditionOf(await sender.next()), "recipient-unavailable");
      assert.deepEqual(await idsUntilPong(second), []);
      assert.deepEqual(server.sessions().sort(), [`other@${DOMAIN}/sender`, BOARD]);
    }));

  it("fails always with a time-out of 0, for a connected session too", () =>
    withPair({ resumeTimeoutMs: 0 }, async (server, { peer, id, enabled }) => {
      assert.equal(enabled.get("resume"), "true");
      assert.equal(enabled.get("max"), undefined);
      peer.write(ping("1"));
      await nextIds(peer, 1);
      const [second, answer] = await resuming(server.ports.client, id, 1);
      assert.equal(refusalOf(answer), "item-not-found");
      assert.equal(answer.get("h"), "1");
      assert.ok((await nextOf(peer)).is("a", SM));
      assert.equal(await peer.streamError(), "conflict");
      await second.ask(bindRequest("board"));
      const next = await second.ask(enable());
      await drop(server, second);
      assert.deepEqual(server.hibernating(), []);
      const [, again] = await resuming(server.ports.client, next.get("id")!, 0);
      assert.equal(refusalOf(again), "item-not-found");
      assert.equal(again.get("h"), "0");
    }));
});

describe("stream management: switched off", () => {
  const off = { streamManagement: false };

  it("is not offered, nor understood", () =>
    withServer(off, async (server) => {
      const [peer, features] = await loggedIn(server.ports.client);
      assert.equal(features.child("sm", SM), undefined);
      peer.write(resume("x", 0));
      assert.equal(await peer.streamError(), "unsupported-stanza-type");
      const second = await bound(server);
      second.write(enable());
      assert.equal(await second.streamError(), "unsupported-stanza-type");
    }));

  it("leaves nothing of a session that drops", () =>
    withServer(off, async (server) => {
      const peer = await bound(server, "board");
      await drop(server, peer);
      assert.deepEqual(server.hibernating(), []);
      const sender = await bound(server, "sender", OTHER);
      assert.equal(conditionOf(await sender.ask(ping("1", BOARD))), "service-unavailable");
    }));
});
