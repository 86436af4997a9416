// The stream's life apart from a good login: how it ends, and what it passes on.

import { BOUND_JID, HEADER } from "./fake-server.js";
import {
  at,
  begin,
  END,
  ERRORS,
  expectEnd,
  FRESH,
  STAGE_NAMES,
  STAGES,
  streamError,
} from "./stream-world.js";
import type { World } from "./stream-world.js";
import { equal, ok, suite } from "./suite.js";

const FORWARDED =
  "<forwarded xmlns='urn:xmpp:forward:0'><iq type='set' id='1' from='boss@x/y'><ping/></iq>";

/** There is no room, and the turns that are wanted meanwhile come when the test calls them. */
function holdAll(world: World): (() => void)[] {
  const turns: (() => void)[] = [];
  world.platform.isShort = () => true;
  world.platform.inTurn = function (work) {
    turns.push(function () {
      let isDone = false;
      work(function () {
        isDone = true;
      });
      ok(isDone, "the turn is over");
    });
    return true;
  };
  return turns;
}

export const streamSuite = suite("xmpp/stream", function (test) {
  test("a refused connection is told, and nothing was written", function () {
    const world = begin();
    world.connection.fail("ECONNREFUSED");
    equal(world.events, ["closed disconnected:ECONNREFUSED again"]);
    equal(world.connection.sent(), "");
    equal(world.platform.timers(), 0);
  });

  test("a connection that is cut at any stage is told once", function () {
    STAGE_NAMES.forEach(function (stage) {
      const world = at(stage);
      world.connection.fail("reset");
      world.connection.fail("again");
      equal(world.events, ["closed disconnected:reset again"], stage);
      equal(world.platform.timers(), 0, stage);
    });
  });

  test("a stream error of the server ends the stream at every stage", function () {
    const body = "<host-unknown xmlns='" + ERRORS + "'/><text xmlns='" + ERRORS + "'>x</text>";
    STAGE_NAMES.forEach(function (stage) {
      const world = at(stage);
      const header = FRESH.indexOf(stage) < 0 ? "" : HEADER;
      world.server.say(header + "<stream:error>" + body + "</stream:error></stream:stream>");
      expectEnd(world, "closed stream-error:host-unknown+text again", END, stage);
    });
  });

  test("the server's end of the stream is answered with ours", function () {
    const world = at("online");
    world.server.say("</stream:stream>");
    expectEnd(world, "closed stream-ended again", END);
  });

  test("closing says good-bye at each stage, and only once", function () {
    STAGE_NAMES.forEach(function (stage) {
      const world = at(stage);
      world.stream.cut("enough");
      world.stream.cut("again");
      world.stream.write("<late/>");
      expectEnd(world, "closed enough again", "", stage);
    });
  });

  test("what arrives after the close is ignored, even in the same piece", function () {
    const world = at("online");
    world.server.say("<message/></stream:stream><message/>");
    world.server.say("<message/>\0");
    equal(world.events, ["stanza message", "closed stream-ended again"]);
    const proving = at("proving");
    proving.stream.cut("enough");
    proving.connection.sent();
    proving.server.say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    equal([proving.events, proving.connection.sent()], [["closed enough again"], ""]);
  });

  test("a connection that comes to stand after the close is ignored", function () {
    // Espruino 2v29 calls the handler of connect even after end (seen on its Linux build).
    const world = begin();
    world.stream.cut("enough");
    world.connection.open();
    world.connection.receive(HEADER + "</stream:stream>");
    world.stream.write("<late/>");
    expectEnd(world, "closed enough again", "");
  });

  test("while there is no room bytes are held, and taken in their turn", function () {
    const world = at("online");
    const turns = holdAll(world);
    world.server.say("<message/>");
    world.server.say("<presence/>");
    world.platform.advance(20000);
    equal([world.events, turns.length], [[], 1]);
    world.platform.isShort = () => false;
    turns[0]();
    equal(world.events, ["stanza message", "stanza presence"]);
    world.server.say("<iq/>");
    equal(world.events.slice(2), ["stanza iq"], "and the next at once");
  });

  test("the turn may wait for what comes: where there is room again, all is taken at once", function () {
    const world = at("online");
    const turns = holdAll(world);
    world.server.say("<message/>");
    world.platform.isShort = () => false;
    world.server.say("<iq/>");
    equal(world.events, ["stanza message", "stanza iq"]);
    turns[0]();
    equal(world.events.length, 2, "nothing is left for the turn");
  });

  test("where no turn is to be had the connection ends", function () {
    const world = at("online");
    holdAll(world);
    world.platform.inTurn = () => false;
    world.server.say("<message/>");
    equal(world.events, ["closed no-room again"]);
  });

  test("more than 1,024 bytes that are held end the connection", function () {
    const world = at("online");
    let text = "";
    while (text.length < 500) text += "x";
    const turns = holdAll(world);
    world.server.say("<message><body>" + text);
    world.server.say(text + "x");
    equal(world.events, []);
    world.server.say("yyyyyyyyy");
    equal(world.events, ["closed no-room again"]);
    world.platform.isShort = () => false;
    turns[0]();
    equal(world.events.length, 1, "what was held is of no use any more");
    equal(world.platform.timers(), 0);
  });

  test("stanzas that come before the login ends are not passed on", function () {
    ["challenging", "proving", "binding"].forEach(function (stage) {
      const world = at(stage);
      world.server.say("<message from='a@b'><body>x</body></message>");
      const lastWords = streamError("unsupported-stanza-type");
      expectEnd(world, "closed bad-stream:unsupported-stanza-type again", lastWords, stage);
    });
  });

  test("online, stanzas are passed on whole, from pieces of one byte", function () {
    const world = at("online");
    world.connection.trickle("<message><body>a&amp;b</body></message> \n<presence/><iq/>");
    equal(world.events, ["stanza message", "stanza presence", "stanza iq"]);
  });

  test("CVE-2017-5589: what is forwarded inside a message stays inside", function () {
    const world = at("online");
    world.server.say("<message from='mallory@x'><sent xmlns='urn:xmpp:carbons:2'>" + FORWARDED);
    world.server.say("</forwarded></sent></message>");
    equal(world.events, ["stanza message"]);
  });

  test("a stream that goes down before its login is over leaves the next one alone", function () {
    Object.keys(STAGES).forEach(function (stage) {
      at(stage).stream.cut("enough");
      const { server, events } = begin();
      server.logIn();
      equal(events, ["online " + BOUND_JID], stage);
    });
  });
});
