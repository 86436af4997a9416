// The session between two links: how long it waits, what resets that, and how it stops.

import { toBase64 } from "../../src/firmware/bytes.js";
import { createSession } from "../../src/firmware/xmpp/session.js";
import type { Session } from "../../src/firmware/xmpp/session.js";
import { contains, createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import {
  ACCOUNT,
  between,
  createFakeServer,
  freshAccount,
  SASL,
  TOY_HASHES,
} from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { equal, ok, suite } from "./suite.js";

const END = "</stream:stream>";
const MECHANISMS = ["SCRAM-SHA-256"];

interface World {
  platform: FakePlatform;
  session: Session;
}

const NOBODY = {
  onOnline: function () {},
  onRequest: function () {
    return false;
  },
  awaitsMessage: function () {
    return true;
  },
  onMessage: function () {},
};

function start(): World {
  const platform = createFakePlatform();
  const { sockets, timer, entropy, clock, log } = platform;
  const around = { sockets, timer, entropy, clock, log, hashes: TOY_HASHES };
  const session = createSession(around, freshAccount(), NOBODY);
  session.start();
  return { platform: platform, session: session };
}

function serverOf(platform: FakePlatform): FakeServer {
  return createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
}

/** Milliseconds until the next connection, which the log has announced. */
function waitForConnection(platform: FakePlatform): number {
  const before = platform.connections();
  const delayMs = +between(platform.logged("retryMs=") + " ", "retryMs=", " ");
  platform.advance(delayMs - 1);
  equal(platform.connections(), before, "too early");
  platform.advance(1);
  equal(platform.connections(), before + 1, "too late");
  return delayMs;
}

function refuse(platform: FakePlatform): number {
  platform.connection().fail("refused");
  return waitForConnection(platform);
}

/** Online for that long, then cut. */
function stayOnline(platform: FakePlatform, ms: number): void {
  platform.setChance(1);
  const server = serverOf(platform);
  server.logIn();
  // Traffic, lest the link be taken for dead.
  platform.advance(20000);
  server.say("<message/>");
  platform.advance(20000);
  server.say("<message/>");
  platform.advance(ms - 40000);
  platform.setChance(255);
}

export const backOffSuite = suite("xmpp/session, back-off", function (test) {
  test("the wait doubles from one second to five minutes", function () {
    const { platform } = start();
    platform.setChance(255);
    const expected = [1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000];
    expected.forEach(function (delayMs) {
      equal(refuse(platform), delayMs);
    });
    for (let more = 0; more < 30; more++) equal(refuse(platform), 300000, "the cap holds");
  });

  test("chance takes at most half of it away", function () {
    const { platform } = start();
    platform.setChance(0);
    equal([refuse(platform), refuse(platform), refuse(platform)], [500, 1000, 2000]);
    platform.setChance(51);
    equal(refuse(platform), 4800);
    platform.setChance(0);
    for (let more = 0; more < 12; more++) refuse(platform);
    equal(refuse(platform), 150000);
  });

  test("a link that held for more than a minute begins the back-off anew", function () {
    const { platform } = start();
    platform.setChance(255);
    for (let count = 0; count < 4; count++) refuse(platform);
    stayOnline(platform, 60001);
    equal(refuse(platform), 1000);
    equal(refuse(platform), 2000);
  });

  test("a link that breaks within the minute does not", function () {
    const { platform } = start();
    platform.setChance(255);
    for (let count = 0; count < 4; count++) refuse(platform);
    stayOnline(platform, 60000);
    equal(refuse(platform), 16000);
    equal(refuse(platform), 32000);
  });

  test("a login that takes a minute is no stable link", function () {
    const { platform } = start();
    platform.setChance(255);
    for (let count = 0; count < 4; count++) refuse(platform);
    platform.connection().open();
    platform.advance(60000);
    equal(waitForConnection(platform), 16000);
  });

  test("a refused login waits the longest, at once", function () {
    const { platform } = start();
    platform.setChance(255);
    const server = serverOf(platform);
    server.open();
    server.offer(["PLAIN"]);
    equal(waitForConnection(platform), 300000);
    const again = serverOf(platform);
    again.open();
    again.offer(MECHANISMS);
    platform.setChance(0);
    again.say("<failure xmlns='" + SASL + "'><not-authorized/></failure>");
    equal(waitForConnection(platform), 1800000, "a wrong password: half an hour at least");
    platform.setChance(255);
    const passing = serverOf(platform);
    passing.open();
    passing.offer(MECHANISMS);
    passing.say("<failure xmlns='" + SASL + "'><temporary-auth-failure/></failure>");
    equal(waitForConnection(platform), 4000, "what passes: as any broken link");
  });

  test("the log tells each reason, in one line, whatever the server says", function () {
    const { platform } = start();
    const server = serverOf(platform);
    server.open();
    server.offer(["X&#10;info online jid=nobody", "&#13;Y"]);
    const line = platform.logged("offline ");
    ok(contains(line, "warn offline reason=no-scram-offered:X"), line);
    equal([contains(line, "\n"), contains(line, "\r")], [false, false], "line ends in " + line);
  });

  test("nor does the address that the server gives break a line of the log", function () {
    const { platform } = start();
    const server = serverOf(platform);
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
    server.accept();
    server.offerBind();
    server.bind("a@b/c&#10;error x");
    const line = platform.logged("online jid=");
    equal(contains(line, "\n"), false, "line ends in " + line);
  });

  test("no secret is ever in the log", function () {
    const { platform } = start();
    const server = serverOf(platform);
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
    const proof = platform.connection().sent();
    server.say("<failure xmlns='" + SASL + "'><not-authorized/></failure>");
    const log = platform.lines.join("\n");
    equal(contains(log, ACCOUNT.password), false, "password");
    equal(contains(log, toBase64(ACCOUNT.password)), false, "password in Base64");
    equal(contains(log, between(proof, '">', "</response>")), false, "proof");
  });

  test("stop ends it while it waits", function () {
    const { platform, session } = start();
    platform.connection().fail("refused");
    equal(platform.timers(), 1);
    session.stop();
    equal(platform.timers(), 0);
    platform.advance(600000);
    equal([platform.connections(), session.isOnline()], [1, false]);
  });

  test("stop ends it at each stage of the login", function () {
    for (let stage = 0; stage < 6; stage++) {
      const { platform, session } = start();
      const server = serverOf(platform);
      if (stage > 0) server.open();
      if (stage > 1) server.offer(MECHANISMS);
      if (stage > 2) server.challenge();
      if (stage > 3) server.accept();
      if (stage > 4) server.offerBind();
      platform.connection().sent();
      session.stop();
      session.stop();
      equal(platform.connection().sent(), "", "stage " + stage);
      equal([platform.connection().isClosed(), platform.timers()], [true, 0], "stage " + stage);
      platform.advance(600000);
      equal(platform.connections(), 1, "stage " + stage);
    }
  });

  test("a connection that stands only after it was given up is not taken twice", function () {
    // Espruino 2v29 calls the handler of connect even after end (seen on its Linux build).
    const { platform, session } = start();
    const late = platform.connection();
    platform.advance(60000);
    late.open();
    late.receive(END);
    equal(platform.timers(), 1, "one connection is planned");
    equal(late.sent(), "");
    session.stop();
    late.open();
    late.receive(END);
    equal([session.isOnline(), platform.timers(), platform.connections()], [false, 0, 1]);
  });

  test("stop ends it while it is online; who waits for an answer hears of it", function () {
    const { platform, session } = start();
    serverOf(platform).logIn();
    let unanswered = 0;
    session.ask("a@b/c", "set", "<a/>", function (answer) {
      if (!answer) unanswered++;
    });
    platform.connection().sent();
    session.stop();
    equal(platform.connection().sent(), "", "cut, not ended: the session may go on");
    equal([unanswered, session.isOnline(), platform.timers()], [1, false, 0]);
    platform.advance(600000);
    equal([unanswered, platform.connections()], [1, 1]);
  });

  test("after a stop it starts again at once", function () {
    const { platform, session } = start();
    platform.connection().fail("refused");
    session.stop();
    session.start();
    equal(platform.connections(), 2);
    serverOf(platform).logIn();
    equal([session.isOnline(), platform.timers()], [true, 1], "the watch");
  });

  test("a stop after a stable link begins the back-off anew", function () {
    const { platform, session } = start();
    platform.setChance(255);
    for (let count = 0; count < 4; count++) refuse(platform);
    stayOnline(platform, 60001);
    session.stop();
    session.start();
    equal(refuse(platform), 1000);
  });
});
