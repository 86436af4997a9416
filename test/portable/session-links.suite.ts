// A session over several links: how it notices that one is dead (XEP-0199), and how it goes on in the next
// (XEP-0198).

import { createSession } from "../../src/firmware/xmpp/session.js";
import type { Session } from "../../src/firmware/xmpp/session.js";
import type { AnswerQuery } from "../../src/firmware/xmpp/session.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { ACCOUNT, BOUND_JID, createFakeServer, freshAccount, stanza } from "./fake-server.js";
import { TOY_HASHES } from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { repeated } from "./hex.js";
import { equal, ok, suite } from "./suite.js";

const SCOPENODE = "775b-f2c2@scopenode.example/co2";
const ENABLE = "<enable xmlns=\"urn:xmpp:sm:3\" resume='true'></enable>";
const ENABLED = "<enabled xmlns='urn:xmpp:sm:3' id='s-1' resume='true'/>";

interface World {
  platform: FakePlatform;
  session: Session;
  server: FakeServer;
  online: number;
  answer: AnswerQuery;
}

function start(linkTimeoutS?: number): World {
  const platform = createFakePlatform();
  const { sockets, timer, entropy, clock, log } = platform;
  const around = { sockets, timer, entropy, clock, log, hashes: TOY_HASHES };
  const account = freshAccount();
  if (linkTimeoutS) account.linkTimeoutS = linkTimeoutS;
  const session = createSession(around, account, {
    onOnline: function () {
      world.online++;
    },
    onRequest: function (_payload, _from, answer) {
      world.answer = answer;
      return true;
    },
    awaitsMessage: function () {
      return true;
    },
    onMessage: function () {},
  });
  session.start();
  const world: World = {
    platform: platform,
    session: session,
    server: serverOf(platform),
    online: 0,
    answer: function () {},
  };
  return world;
}

function serverOf(platform: FakePlatform): FakeServer {
  return createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
}

function logInUntilBind(server: FakeServer, isManaged: boolean): void {
  server.open();
  server.offer(["SCRAM-SHA-256"]);
  server.challenge();
  server.accept();
  server.offerBind(isManaged);
}

function startOnline(linkTimeoutS?: number): World {
  const world = start(linkTimeoutS);
  world.server.logIn();
  return world;
}

/** Online, and the session may go on in another stream. */
function startManaged(): World {
  const world = start();
  logInUntilBind(world.server, true);
  world.server.bind(BOUND_JID);
  equal(world.platform.connection().sent(), ENABLE);
  world.server.say(ENABLED);
  return world;
}

/** Waits for the next connection, and logs in until the server has offered to go on; what the board says then. */
function logInAgain(world: World, isManaged: boolean): string {
  const { platform } = world;
  for (const before = platform.connections(); platform.connections() === before;) {
    platform.advance(500);
  }
  world.server = serverOf(platform);
  logInUntilBind(world.server, isManaged);
  return platform.connection().sent();
}

/** Cuts the link first. */
function cut(world: World): string {
  world.platform.connection().fail("cut");
  return logInAgain(world, true);
}

/** Asks; `answers` gets the type of the answer or "none". */
function ask(world: World, answers: string[]): string {
  return world.session.ask(SCOPENODE, "set", "<a/>", function (answer) {
    answers.push(answer ? answer.attributes["type"] || "" : "none");
  });
}

function bound(): string {
  const bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" + BOUND_JID + "</jid></bind>";
  return "<iq id='bind' type='result'>" + bind + "</iq>";
}

function result(id: string): string {
  return "<iq type='result' id='" + id + "' from='" + SCOPENODE + "'/>";
}

/** What the server has to be told about what has arrived. */
function received(world: World): string {
  world.platform.connection().sent();
  world.server.say("<r xmlns='urn:xmpp:sm:3'/>");
  const answer = stanza(world.platform.connection().sent());
  equal([answer.name, answer.namespace], ["a", "urn:xmpp:sm:3"]);
  return answer.attributes["h"] || "";
}

export const livenessSuite = suite("xmpp/session, liveness", function (test) {
  test("a link that says nothing is asked once, at half time, and given up after a minute", function () {
    const { platform, session } = startOnline();
    platform.advance(29999);
    equal(platform.connection().sent(), "");
    platform.advance(1);
    const ping = stanza(platform.connection().sent());
    const { attributes, children } = ping;
    equal([attributes["to"], attributes["type"]], ["spime.example", "get"]);
    equal([children[0].name, children[0].namespace], ["ping", "urn:xmpp:ping"]);
    platform.advance(29999);
    equal([platform.connection().sent(), session.isOnline()], ["", true]);
    platform.advance(1);
    equal([session.isOnline(), platform.connection().isClosed()], [false, true]);
    ok(platform.logged("offline reason=silent"), platform.lines.join("\n"));
  });

  test("an answer, or anything else that comes, keeps it", function () {
    const { platform, session, server } = startOnline();
    ["<iq type='result' id='x' from='spime.example'/>", "<message/>", "<presence/>"].forEach(
      function (stanzas) {
        platform.advance(30000);
        ok(platform.connection().sent(), "a ping");
        platform.advance(29999);
        server.say(stanzas);
        platform.advance(29999);
        equal([platform.connection().sent(), session.isOnline()], ["", true], stanzas);
        server.say(stanzas);
      },
    );
  });

  test("no traffic of its own while data flows", function () {
    const { platform, server } = startOnline();
    for (let count = 0; count < 100; count++) {
      platform.advance(29999);
      server.say("<message/>");
    }
    equal(platform.connection().sent(), "");
  });

  test("a clock with fractions: never a wait that is none", function () {
    const { platform, server } = startOnline();
    const { start } = platform.timer;
    const waits: number[] = [];
    platform.timer.start = function (delayMs, callback) {
      waits.push(delayMs);
      return start(delayMs, callback);
    };
    platform.advance(0.1 + 0.2);
    server.say("<message/>");
    platform.advance(30000);
    platform.advance(0.5);
    equal(
      waits.filter((delayMs) => !(delayMs >= 1)),
      [],
    );
  });

  test("how long it takes is configured", function () {
    const { platform, session } = startOnline(10);
    platform.advance(5000);
    ok(platform.connection().sent(), "a ping");
    platform.advance(5000);
    equal(session.isOnline(), false);
  });

  test("one watch at a time, after however many links", function () {
    const world = startOnline();
    for (let count = 0; count < 5; count++) {
      world.platform.connection().fail("cut");
      world.platform.advance(60000);
      serverOf(world.platform).logIn();
    }
    equal([world.session.isOnline(), world.platform.timers()], [true, 1]);
  });
});

export const resumptionSuite = suite("xmpp/session, resumption", function (test) {
  test("counts what has come, and tells when it is asked", function () {
    const world = startManaged();
    equal(received(world), "0");
    world.server.say("<message/><presence/><iq type='result' id='x'/>");
    equal(received(world), "3");
    world.server.say("<a xmlns='urn:xmpp:sm:3' h='1'/>");
    equal(received(world), "3", "what is no stanza does not count");
  });

  test("asks for the same when it asks whether the server is there", function () {
    const world = startManaged();
    world.platform.advance(30000);
    const parts = world.platform.connection().sent().split("</iq>");
    equal(stanza(parts[0] + "</iq>").children[0].name, "ping");
    equal(parts[1], '<r xmlns="urn:xmpp:sm:3"></r>');
    // The presence, and the ping.
    world.server.say("<a xmlns='urn:xmpp:sm:3' h='2'/>");
    world.platform.advance(29999);
    equal(world.platform.connection().sent(), "", "that is an answer");
  });

  test("goes on where it was: what has arrived is waited for", function () {
    const world = startManaged();
    const answers: string[] = [];
    const id = ask(world, answers);
    world.server.say("<message/>");
    const resume = stanza(cut(world));
    equal([resume.name, resume.namespace], ["resume", "urn:xmpp:sm:3"]);
    equal([resume.attributes["previd"], resume.attributes["h"]], ["s-1", "1"]);
    // The presence, and the question.
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='2'/>");
    equal([world.session.isOnline(), world.online, answers], [true, 2, []]);
    equal(world.platform.connection().sent(), "", "nothing anew");
    world.server.say(result(id));
    equal(answers, ["result"]);
    equal(received(world), "2");
    ok(world.platform.logged("resumed jid=" + BOUND_JID), "the log");
  });

  test("what has not arrived is told to who asked, before anything is sent anew", function () {
    const world = startManaged();
    const first: string[] = [];
    const second: string[] = [];
    ask(world, first);
    const id = ask(world, second);
    cut(world);
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='2'/>");
    equal([first, second], [[], ["none"]]);
    world.server.say(result(id));
    equal(second, ["none"]);
    ask(world, second);
    cut(world);
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='3'/>");
    equal([first, second], [[], ["none"]], "it goes on counting from what the server has");
  });

  test("several times", function () {
    const world = startManaged();
    for (let count = 1; count < 10; count++) {
      world.server.say("<message/>");
      equal(stanza(cut(world)).attributes["h"], "" + count);
      world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='1'/>");
    }
    equal([world.online, world.platform.timers()], [10, 1]);
  });

  test("a session that is gone: a new one, and who waits hears of it", function () {
    const world = startManaged();
    const answers: string[] = [];
    const old = ask(world, answers);
    cut(world);
    equal(answers, [], "not before");
    world.server.say("<failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found/></failed>");
    world.server.bind(BOUND_JID);
    equal([answers, world.session.isOnline(), world.online], [["none"], true, 2]);
    equal(world.platform.connection().sent(), ENABLE);
    world.server.say("<enabled xmlns='urn:xmpp:sm:3' id='s-2' resume='true'/>");
    const id = ask(world, answers);
    ok(id.slice(0, 8) !== old.slice(0, 8), "other ids");
    equal(stanza(cut(world)).attributes["previd"], "s-2");
  });

  test("an error that brings back what was sent is an answer, however long that was", function () {
    const world = startOnline();
    const answers: string[] = [];
    const id = ask(world, answers);
    const sent = "<transport>" + repeated("x", 1025) + "</transport>";
    const address = "<iq type='error' id='" + id + "' from='" + SCOPENODE + "'>";
    world.server.say(address + "<openspime xmlns='openspime'>" + sent + "</openspime>");
    world.server.say("<error type='cancel'/></iq>");
    equal([answers, world.session.isOnline()], [["error"], true]);
  });

  test("after a link that ended over what came, a session without presence, which would bring it again", function () {
    const world = startOnline();
    world.server.say("<presence type='subscribe' id='" + repeated("x", 1024) + "'/>");
    logInAgain(world, false);
    world.server.say(bound());
    equal([world.platform.connection().sent(), world.session.isOnline()], ["", true]);
    world.platform.connection().fail("cut");
    logInAgain(world, false);
    world.server.say(bound());
    equal(stanza(world.platform.connection().sent()).name, "presence");
  });

  test("a server that does not let sessions go on", function () {
    const refused = start();
    logInUntilBind(refused.server, true);
    refused.server.bind(BOUND_JID);
    const unavailable = "<failed xmlns='urn:xmpp:sm:3'><unexpected-request/></failed>";
    [unavailable, "<enabled xmlns='urn:xmpp:sm:3'/>"].forEach(function (answer) {
      refused.server.say(answer);
      const answers: string[] = [];
      ask(refused, answers);
      equal(stanza(cut(refused)).attributes["id"], "bind");
      equal(answers, ["none"], "at once");
      refused.server.say(bound());
    });
  });

  test("a server that has forgotten how sessions go on", function () {
    const world = startManaged();
    world.platform.connection().fail("cut");
    equal(stanza(logInAgain(world, false)).attributes["id"], "bind");
    world.server.say(bound());
    equal(world.session.isOnline(), true);
  });

  test("an answer that was waited for meanwhile goes over the next link", function () {
    const world = startManaged();
    world.server.say("<iq type='set' id='r1' from='a@b/c'><openspime/></iq>");
    cut(world);
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='1'/>");
    world.answer("");
    equal(world.platform.connection().sent(), '<iq id="r1" to="a@b/c" type="result"></iq>');
  });

  test("an answer that comes between two links is lost, and is not counted", function () {
    const world = startManaged();
    world.server.say("<iq type='set' id='r1' from='a@b/c'><openspime/></iq>");
    world.platform.connection().fail("cut");
    world.answer("");
    const answers: string[] = [];
    logInAgain(world, true);
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='1'/>");
    ask(world, answers);
    cut(world);
    world.server.say("<resumed xmlns='urn:xmpp:sm:3' previd='s-1' h='2'/>");
    equal(answers, []);
  });

  test("who waits too long hears of it between two links as well", function () {
    const world = startManaged();
    const answers: string[] = [];
    ask(world, answers);
    world.platform.connection().fail("cut");
    world.platform.advance(30000);
    equal(answers, ["none"]);
  });

  test("resumed or failed out of place ends the stream", function () {
    ["<resumed xmlns='urn:xmpp:sm:3'/>", "<failed xmlns='urn:xmpp:sm:3'/>"].forEach(
      function (nonsense) {
        const world = start();
        world.server.open();
        world.server.offer(["SCRAM-SHA-256"]);
        world.server.say(nonsense);
        ok(world.platform.logged("unsupported-stanza-type"), nonsense);
      },
    );
  });

  test("the network goes and comes: the session goes on", function () {
    const world = startManaged();
    world.session.stop();
    equal(world.platform.connection().sent(), "", "not ended");
    world.session.start();
    world.server = serverOf(world.platform);
    logInUntilBind(world.server, true);
    equal(stanza(world.platform.connection().sent()).name, "resume");
  });
});
