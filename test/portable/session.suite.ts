// The session: how it comes back, what it answers, and what it asks.

import { textOf } from "../../src/firmware/xml/element.js";
import { createSession } from "../../src/firmware/xmpp/session.js";
import type { AnswerQuery, Session } from "../../src/firmware/xmpp/session.js";
import { contains, createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import {
  ACCOUNT,
  between,
  BOUND_JID,
  createFakeServer,
  freshAccount,
  HEADER,
  stanza,
  TOY_HASHES,
} from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { STAGE_NAMES, STAGES } from "./stream-world.js";
import { equal, ok, suite } from "./suite.js";

const SCOPENODE = "775b-f2c2@scopenode.example/co2";
/** What somebody may call a query of his, decoded, and how that looks as an attribute. */
const HOSTILE_IDS = [
  "x' to='victim@spime.example",
  "x' to='victim@spime.example",
  "x'/><message to='victim@spime.example'><body>spam</body></message><iq id='",
  "x'/>&lt;message to='victim@spime.example'>&lt;body>spam&lt;/body>&lt;/message>&lt;iq id='",
  "'>",
  "'>",
  '"><message to="victim@spime.example"/>',
  "&quot;>&lt;message to=&quot;victim@spime.example&quot;/>",
  "\"&<>'\n",
  "&quot;&amp;&lt;>'&#10;",
];

interface World {
  platform: FakePlatform;
  session: Session;
  /** How often the session came online. */
  online: number;
  /** Requests that it passed on, and how to answer the newest that was known. */
  requests: string[];
  answer: AnswerQuery;
  /** Messages that it passed on: the body, and from whom. */
  messages: string[];
  /** Whether anybody waits for messages. */
  isAwaiting: boolean;
}

function setUp(): World {
  const platform = createFakePlatform();
  const { sockets, timer, entropy, clock, log } = platform;
  const around = { sockets, timer, entropy, clock, log, hashes: TOY_HASHES };
  const session = createSession(around, freshAccount(), {
    onOnline: function () {
      world.online++;
    },
    onRequest: function (payload, from, answer) {
      const isKnown = payload.name === "openspime";
      world.requests.push(payload.name + " from " + from);
      if (isKnown) world.answer = answer;
      return isKnown;
    },
    awaitsMessage: function () {
      return world.isAwaiting;
    },
    onMessage: function (message, from) {
      world.messages.push(textOf(message, "body") + " from " + from);
    },
  });
  const world: World = {
    platform: platform,
    session: session,
    online: 0,
    requests: [],
    answer: function () {},
    messages: [],
    isAwaiting: true,
  };
  return world;
}

function serverOf(platform: FakePlatform): FakeServer {
  return createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
}

function logIn(world: World): FakeServer {
  const server = serverOf(world.platform);
  server.logIn();
  return server;
}

function startOnline(): World & { server: FakeServer } {
  const world = setUp() as World & { server: FakeServer };
  world.session.start();
  world.server = logIn(world);
  return world;
}

/** The answer to a stanza, and that it is the only one. */
function answerTo(world: { platform: FakePlatform; server: FakeServer }, xml: string): string {
  world.server.say(xml);
  return world.platform.connection().sent();
}

/** An answer in short: its type, id and receiver, and the error in it. */
function told(xml: string): string {
  const { attributes, children } = stanza(xml);
  const error = children[0];
  const detail = error ? " " + error.attributes["type"] + " " + error.children[0].name : "";
  return attributes["type"] + " " + attributes["id"] + " " + attributes["to"] + detail;
}

/** Asks a question each time, and counts those that are told that nobody answers. */
function askerOf(world: World): { ask(): void; unanswered(): number } {
  let unanswered = 0;
  return {
    ask: function () {
      world.session.ask(SCOPENODE, "set", "<a/>", function (answer) {
        if (!answer) unanswered++;
      });
    },
    unanswered: function () {
      return unanswered;
    },
  };
}

/** Milliseconds until the next connection, to 1 ms. */
function waitForConnection(platform: FakePlatform): number {
  const before = platform.connections();
  const from = platform.clock.monotonicMs();
  const announced = +between(platform.logged("retryMs=") + " ", "retryMs=", " ");
  platform.advance(announced - 1);
  equal(platform.connections(), before, "too early");
  platform.advance(1);
  equal(platform.connections(), before + 1, "too late");
  return platform.clock.monotonicMs() - from;
}

export const sessionSuite = suite("xmpp/session", function (test) {
  test("of a message that nobody waits for nothing inside is kept", function () {
    const world = startOnline();
    const message = "<message from='a@b/c'><body>long &amp; wide</body></message>";
    world.server.say(message);
    world.isAwaiting = false;
    world.server.say(message);
    world.isAwaiting = true;
    world.server.say(message);
    equal(world.messages, ["long & wide from a@b/c", " from a@b/c", "long & wide from a@b/c"]);
  });

  test("an answer that nobody waits for counts for the server, and no more", function () {
    const world = startOnline();
    world.server.say("<iq type='result' id='x' from='a@b/c'><a><b>text</b></a></iq>");
    world.server.say("<presence from='a@b/c'><status>here</status></presence>");
    equal([world.platform.connection().sent(), world.requests, world.messages], ["", [], []]);
    equal(world.session.isOnline(), true);
  });

  test("a request may be answered with something in the result", function () {
    const world = startOnline();
    world.server.say("<iq type='set' id='c1' from='a@b/c'><openspime/></iq>");
    world.answer("", "<claim/>");
    equal(world.platform.connection().sent(), '<iq id="c1" to="a@b/c" type="result"><claim/></iq>');
  });

  test("messages are passed on, and are not answered", function () {
    const world = startOnline();
    equal(answerTo(world, "<message from='a@b/c'><body>x</body></message>"), "");
    equal(answerTo(world, "<message><body>y</body></message>"), "");
    equal(world.messages, ["x from a@b/c", "y from "]);
  });

  test("start logs in once, however often it is called", function () {
    const world = setUp();
    equal([world.session.isOnline(), world.platform.connections()], [false, 0]);
    world.session.start();
    world.session.start();
    logIn(world);
    world.session.start();
    equal([world.session.isOnline(), world.online, world.platform.connections()], [true, 1, 1]);
    ok(world.platform.logged("online jid=" + BOUND_JID), "the log");
  });

  test("answers a ping of its server and of others", function () {
    const world = startOnline();
    const ping = "<ping xmlns='urn:xmpp:ping'/></iq>";
    equal(told(answerTo(world, "<iq type='get' id='p1'>" + ping)), "result p1 undefined");
    const from = "<iq type='get' id='p2' from='a@b/c'>" + ping;
    equal(told(answerTo(world, from)), "result p2 a@b/c");
  });

  test("answers each other query with service-unavailable", function () {
    const world = startOnline();
    const queries = [
      "<iq type='get' id='1' from='a@b/c'><query xmlns='jabber:iq:version'/></iq>",
      "<iq type='set' id='1' from='a@b/c'><query xmlns='jabber:iq:roster'><item/></query></iq>",
      "<iq type='set' id='1' from='a@b/c'><ping xmlns='urn:xmpp:ping'/></iq>",
      "<iq type='get' id='1' from='a@b/c'><ping xmlns='urn:other'/></iq>",
    ];
    queries.forEach(function (query) {
      equal(told(answerTo(world, query)), "error 1 a@b/c cancel service-unavailable");
    });
  });

  test("answers a query without a child with bad-request", function () {
    const world = startOnline();
    [
      "<iq type='set' id='1' from='a@b/c'/>",
      "<iq type='get' id='1' from='a@b/c'>text</iq>",
    ].forEach(function (query) {
      equal(told(answerTo(world, query)), "error 1 a@b/c modify bad-request");
    });
  });

  test("an id or a sender with quotes injects nothing into the answer", function () {
    const world = startOnline();
    for (let index = 0; index < HOSTILE_IDS.length; index += 2) {
      const hostile = HOSTILE_IDS[index];
      const written = HOSTILE_IDS[index + 1];
      // Two stanzas, or one with more or other attributes, would not come out as this.
      const asId = answerTo(world, '<iq type="get" id="' + written + '"/>');
      equal(told(asId), "error " + hostile + " undefined modify bad-request");
      const asSender = answerTo(world, '<iq type="get" id="1" from="a@b/' + written + '"/>');
      equal(told(asSender), "error 1 a@b/" + hostile + " modify bad-request");
    }
  });

  test("attributes named like an object's properties do no harm", function () {
    const world = startOnline();
    const names = " __proto__='x' constructor='y' toString='z' hasOwnProperty='w'";
    const query = "<iq" + names + " type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
    equal(told(answerTo(world, query)), "result 1 undefined");
  });

  test("messages, presence and strange stanzas get no answer", function () {
    const world = startOnline();
    const stanzas = [
      "<message from='a@b' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></message>",
      "<presence from='a@b' type='subscribe'/>",
      "<iq from='a@b' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
      "<iq from='a@b' id='1' type='GET'><ping xmlns='urn:xmpp:ping'/></iq>",
      "<iq from='a@b' id='1' type='result'/>",
      "<iq from='a@b' id='1' type='error'><error/></iq>",
      "<message><iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq></message>",
      "<what/>",
    ];
    stanzas.forEach(function (text) {
      equal(answerTo(world, text), "", text);
    });
    equal(world.session.isOnline(), true);
  });

  test("passes a request on, and answers when it is told to", function () {
    const world = startOnline();
    const request = "<iq type='set' id='r1' from='owner@home.example/web'><openspime/></iq>";
    equal(answerTo(world, request), "");
    equal(world.requests, ["openspime from owner@home.example/web"]);
    world.answer("");
    const reply = stanza(world.platform.connection().sent());
    const values = ["id", "to", "type"].map((name) => reply.attributes[name]);
    equal(values.concat("" + reply.children.length), [
      "r1",
      "owner@home.example/web",
      "result",
      "0",
    ]);
  });

  test("an error has its type, RFC 6120's condition and OpenSpime's own", function () {
    const world = startOnline();
    answerTo(world, "<iq type='set' id='r1' from='owner@home.example/web'><openspime/></iq>");
    world.answer("modify decryption-error");
    const reply = stanza(world.platform.connection().sent());
    const error = reply.children[0];
    equal([reply.attributes["type"], error.attributes["type"]], ["error", "modify"]);
    equal(
      error.children.map((child) => child.name + " " + child.namespace),
      [
        "undefined-condition urn:ietf:params:xml:ns:xmpp-stanzas",
        "decryption-error openspime:protocol:core:error",
      ],
    );
  });

  test("an answer that comes when the link is another is not sent", function () {
    const world = startOnline();
    answerTo(world, "<iq type='set' id='r1' from='owner@home.example/web'><openspime/></iq>");
    world.platform.connection().fail("cut");
    waitForConnection(world.platform);
    serverOf(world.platform).logIn();
    world.platform.connection().sent();
    world.answer("");
    equal(world.platform.connection().sent(), "");
  });

  test("asks, and hears the answer of who was asked only", function () {
    const world = startOnline();
    const answers: string[] = [];
    const id = world.session.ask(SCOPENODE, "set", "<a/>", function (answer) {
      answers.push(answer ? answer.attributes["type"] || "" : "none");
    });
    const question = stanza(world.platform.connection().sent());
    const { attributes } = question;
    equal([attributes["id"], attributes["to"], attributes["type"]], [id, SCOPENODE, "set"]);
    equal(question.children[0].name, "a");
    const answer = "<iq type='result' id='" + id + "'";
    // CVE-2015-8688: nobody else answers, not even our server or our own account.
    ["", " from='m@x/y'", " from='spime.example'", " from='" + BOUND_JID + "'"].forEach(
      function (from) {
        equal(answerTo(world, answer + from + "/>"), "");
      },
    );
    equal(
      answerTo(world, "<iq type='set' id='" + id + "' from='" + SCOPENODE + "'/>") !== "",
      true,
    );
    equal(answers, [], "so far");
    world.server.say(answer + " from='" + SCOPENODE + "'/>");
    equal(answers, ["result"]);
    world.platform.advance(59999);
    equal([answers, world.session.isOnline()], [["result"], true]);
  });

  test("an answer without a sender counts for the own bare address", function () {
    const world = startOnline();
    let answers = 0;
    const id = world.session.ask("4A6B-5638@spime.example", "get", "<a/>", function () {
      answers++;
    });
    world.server.say("<iq type='result' id='" + id + "'/>");
    equal(answers, 1);
  });

  test("each question has an id of its own, and each session others", function () {
    const world = startOnline();
    const ids = ["", ""].map(function () {
      return world.session.ask(SCOPENODE, "set", "<a/>", function () {});
    });
    world.platform.connection().fail("cut");
    waitForConnection(world.platform);
    serverOf(world.platform).logIn();
    ids.push(world.session.ask(SCOPENODE, "set", "<a/>", function () {}));
    ok(ids[0] !== ids[1] && ids[1] !== ids[2] && ids[0] !== ids[2], ids.join());
    ok(ids[0].length > 8 && ids[0].slice(0, 8) !== ids[2].slice(0, 8), "guessable: " + ids.join());
  });

  test("its address is the configured one, then the one that the server has bound", function () {
    const world = setUp();
    equal(world.session.jid(), ACCOUNT.jid);
    world.session.start();
    logIn(world);
    equal(world.session.jid(), BOUND_JID);
  });

  test("what is asked without a link is answered at once, and nothing comes into a login", function () {
    const world = setUp();
    const asker = askerOf(world);
    const ask = asker.ask;
    ask();
    world.session.start();
    ask();
    const server = serverOf(world.platform);
    server.open();
    ask();
    equal([asker.unanswered(), world.platform.connection().sent()], [3, ""]);
    server.offer(["SCRAM-SHA-256"]);
    server.challenge();
    for (let count = 0; count < 5; count++) ask();
    server.accept();
    server.offerBind();
    server.bind(BOUND_JID);
    equal([asker.unanswered(), world.session.isOnline()], [8, true]);
  });

  test("a login that does not come on ends after a minute, whatever the stage", function () {
    STAGE_NAMES.slice(0, 5).forEach(function (stage) {
      const { platform, session } = setUp();
      session.start();
      STAGES[stage](serverOf(platform));
      const connection = platform.connection();
      platform.advance(59999);
      equal([platform.logged("offline"), connection.isClosed()], ["", false], stage);
      connection.sent();
      platform.advance(1);
      ok(contains(platform.logged("offline"), "reason=login-timeout "), stage);
      equal([connection.sent(), connection.isClosed()], ["", true], stage);
    });
    const unconnected = setUp();
    unconnected.session.start();
    unconnected.platform.advance(60000);
    ok(contains(unconnected.platform.logged("offline"), "reason=login-timeout "), "connecting");
  });

  test("a slow server does not win time by talking", function () {
    const { platform, session } = setUp();
    session.start();
    const server = serverOf(platform);
    server.open();
    server.say(HEADER);
    for (let second = 0; second < 60; second++) {
      server.say(" ");
      platform.advance(1000);
    }
    ok(contains(platform.logged("offline"), "reason=login-timeout "), "login-timeout");
  });

  test("no more than six questions wait", function () {
    const world = startOnline();
    const asker = askerOf(world);
    const ask = asker.ask;
    for (let count = 0; count < 6; count++) ask();
    world.platform.connection().sent();
    ask();
    equal(asker.unanswered(), 1, "the seventh, at once");
    equal(world.platform.connection().sent(), "", "nothing was sent");
    world.platform.connection().fail("cut");
    equal(asker.unanswered(), 7);
  });

  test("no answer in time is told, and says nothing about the link", function () {
    const world = startOnline();
    const answers: string[] = [];
    world.session.ask(SCOPENODE, "set", "<a/>", function (answer) {
      answers.push(answer ? "some" : "none");
    });
    world.platform.advance(29999);
    equal(answers, []);
    world.platform.advance(1);
    equal([answers, world.session.isOnline()], [["none"], true]);
  });
});
