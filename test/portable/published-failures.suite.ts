// What other XMPP clients got wrong, each under the number that it was published by, tried on a session. Those
// that are not here: spoofed answers are in queries.suite.ts, smuggling through bad UTF-8 in
// stream-faults.suite.ts, a server that proves nothing in stream-login.suite.ts, certificates in
// test/firmware.

import type { Account } from "../../src/firmware/configuration.js";
import { createSession } from "../../src/firmware/xmpp/session.js";
import type { Session } from "../../src/firmware/xmpp/session.js";
import { contains, createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { ACCOUNT, BOUND_JID, createFakeServer, HEADER, stanza, TOY_HASHES } from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { equal, suite } from "./suite.js";

const SCOPENODE = "775b-f2c2@scopenode.example/co2";
const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
const SECURE: Account = {
  host: ACCOUNT.host,
  port: 5223,
  tls: true,
  jid: ACCOUNT.jid,
  password: ACCOUNT.password,
};

interface World {
  platform: FakePlatform;
  session: Session;
  server: FakeServer;
  /** What was passed on: `request NAME from JID`, `message NAMES-OF-CHILDREN from JID`. */
  passed: string[];
}

function start(account: Account): World {
  const platform = createFakePlatform();
  const { sockets, timer, entropy, clock, log } = platform;
  const around = { sockets, timer, entropy, clock, log, hashes: TOY_HASHES };
  const passed: string[] = [];
  const session = createSession(around, account, {
    onOnline: function () {},
    onRequest: function (payload, from) {
      passed.push("request " + payload.name + " from " + from);
      return false;
    },
    awaitsMessage: function () {
      return true;
    },
    onMessage: function (message, from) {
      const names = message.children.map((child) => child.name).join("+");
      passed.push("message " + names + " from " + from);
    },
  });
  session.start();
  const server = createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
  return { platform: platform, session: session, server: server, passed: passed };
}

function online(): World {
  const world = start(ACCOUNT);
  world.server.logIn();
  world.platform.connection().sent();
  return world;
}

/** What the session says to that. */
function answerTo(world: World, xml: string): string {
  world.server.say(xml);
  return world.platform.connection().sent();
}

/** The one stanza that was said, in short: its type, id, receiver and condition. */
function told(xml: string): string {
  const { attributes, children } = stanza(xml);
  const condition = children[0] ? " " + children[0].children[0].name : "";
  return attributes["type"] + " " + attributes["id"] + " " + attributes["to"] + condition;
}

function rosterPush(from: string): string {
  const item = "<item jid='mallory@x' subscription='both'/>";
  const query = "<query xmlns='jabber:iq:roster'>" + item + "</query>";
  return "<iq type='set' id='push'" + from + ">" + query + "</iq>";
}

/** Somebody else's stanza as XEP-0297 forwards it. */
function forwarded(xml: string): string {
  return "<forwarded xmlns='urn:xmpp:forward:0'>" + xml + "</forwarded>";
}

/** All that forwards: carbons in both directions (XEP-0280), an archive (XEP-0313), and XEP-0297 alone. */
function wrapped(xml: string): string[] {
  const inner = forwarded(xml);
  return [
    "<sent xmlns='urn:xmpp:carbons:2'>" + inner + "</sent>",
    "<received xmlns='urn:xmpp:carbons:2'>" + inner + "</received>",
    "<result xmlns='urn:xmpp:mam:2' id='1'>" + inner + "</result>",
    inner,
  ];
}

const EXTREME_STAMPS = [
  "9999999999-12-31T23:59:59Z",
  "-99999-01-01T00:00:00Z",
  "0000-00-00T00:00:00Z",
  "2038-01-19T03:14:08Z",
  "19700101T00:00:00",
  "2008-04-02T25:61:61+99:99",
  "99999999999999999999999999999999",
  "NaN",
  "",
];

export const publishedFailuresSuite = suite("xmpp, published failures", function (test) {
  ["CVE-2015-8688", "CVE-2016-9928"].forEach(function (number, index) {
    const others = ["mallory@x/y", "mallory@spime.example"];
    // One tells of strangers, the other of addresses that look like our own.
    const alike = [BOUND_JID + ".example", "4a6b-5638@spime.example.net", "spime.example"];
    test(number + ": a roster push of another is refused, and changes nothing", function () {
      const world = online();
      (index ? alike : others).forEach(function (from) {
        const answer = answerTo(world, rosterPush(" from='" + from + "'"));
        equal(told(answer), "error push " + from + " service-unavailable");
      });
      // There is no roster: that of our own server is refused as well.
      equal(told(answerTo(world, rosterPush(""))), "error push undefined service-unavailable");
      equal(
        answerTo(world, "<presence from='mallory@x' type='subscribe'/>"),
        "",
        "no subscription",
      );
      equal(world.session.isOnline(), true);
    });
  });

  test("CVE-2017-5589: what a forwarded stanza says, its sender never said", function () {
    const world = online();
    const query = "<iq type='get' id='1' from='boss@x/y'><ping xmlns='urn:xmpp:ping'/></iq>";
    const body = "<message from='boss@x/y'><body>obey</body></message>";
    wrapped(query + body).forEach(function (content) {
      equal(answerTo(world, "<message from='mallory@x/z'>" + content + "</message>"), "", content);
    });
    equal(world.passed, [
      "message sent from mallory@x/z",
      "message received from mallory@x/z",
      "message result from mallory@x/z",
      "message forwarded from mallory@x/z",
    ]);
  });

  test("CVE-2017-5589: not even when our own account forwards", function () {
    const world = online();
    const own = " from='4a6b-5638@spime.example'";
    const set = "<iq type='set' id='1' from='boss@x/y'><openspime/></iq>";
    wrapped(set).forEach(function (content) {
      equal(answerTo(world, "<message" + own + ">" + content + "</message>"), "", content);
    });
    equal(
      world.passed.filter((line) => contains(line, "boss")),
      [],
    );
  });

  test("CVE-2017-5589: an answer that is forwarded is none", function () {
    const world = online();
    let answers = 0;
    const id = world.session.ask(SCOPENODE, "set", "<a/>", function () {
      answers++;
    });
    const answer = "<iq type='result' id='" + id + "' from='" + SCOPENODE + "'/>";
    wrapped(answer).forEach(function (content) {
      world.server.say("<message from='mallory@x/z'>" + content + "</message>");
      world.server.say("<iq type='result' id='" + id + "' from='mallory@x/z'>" + content + "</iq>");
    });
    equal(answers, 0, "forwarded");
    world.server.say(answer);
    equal(answers, 1, "itself");
  });

  test("CVE-2017-5589: an iq that forwards is refused, and what is in it not answered", function () {
    const world = online();
    const ping = "<iq type='get' id='in' from='boss@x/y'><ping xmlns='urn:xmpp:ping'/></iq>";
    const outer = "<iq type='get' id='out' from='mallory@x/z'>" + forwarded(ping) + "</iq>";
    equal(told(answerTo(world, outer)), "error out mallory@x/z service-unavailable");
  });

  test("CVE-2016-10027: with tls each connection is direct TLS, whatever happened to the last", function () {
    const world = start(SECURE);
    ["reset", "certificate", "ECONNREFUSED"].forEach(function (reason, failures) {
      const connection = world.platform.connection();
      equal([connection.address.tls, connection.address.port], [true, 5223], reason);
      connection.fail(reason);
      while (world.platform.connections() < failures + 2 && world.platform.timers()) {
        world.platform.advance(100);
      }
    });
    equal([world.platform.connections(), world.platform.connection().address.tls], [4, true]);
  });

  test("CVE-2016-10027: STARTTLS is not asked for, with it or without it in the features", function () {
    [STARTTLS, ""].forEach(function (starttls) {
      const world = start(SECURE);
      const mechanisms =
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>";
      world.server.open();
      const sent = answerTo(
        world,
        HEADER + "<stream:features>" + starttls + mechanisms + "</stream:features>",
      );
      equal(stanza(sent).name, "auth", starttls);
    });
  });

  test("CVE-2016-10027: a server that proceeds to a TLS that nobody asked for is refused", function () {
    const world = start(ACCOUNT);
    world.server.open();
    world.server.offer(["SCRAM-SHA-256"]);
    world.platform.connection().sent();
    const sent = answerTo(world, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    equal(contains(sent, "unsupported-stanza-type"), true, sent);
    equal(world.platform.connection().isClosed(), true);
  });

  test("CVE-2013-6477: a timestamp out of all bounds harms nothing, wherever it is", function () {
    const world = online();
    EXTREME_STAMPS.forEach(function (stamp) {
      const delay = "<delay xmlns='urn:xmpp:delay' stamp='" + stamp + "'/>";
      const time = "<time xmlns='urn:xmpp:time'><tzo>+99:99</tzo><utc>" + stamp + "</utc></time>";
      equal(answerTo(world, "<message from='a@b/c'>" + delay + "</message>"), "", stamp);
      equal(answerTo(world, "<presence from='a@b/c'>" + delay + "</presence>"), "", stamp);
      equal(answerTo(world, "<iq type='result' id='t' from='a@b/c'>" + time + "</iq>"), "", stamp);
      const query = "<iq type='set' id='s' from='a@b/c'>" + time + "</iq>";
      equal(told(answerTo(world, query)), "error s a@b/c service-unavailable", stamp);
    });
    equal(world.session.isOnline(), true);
  });
});
