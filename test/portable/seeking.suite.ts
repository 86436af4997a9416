// SpimeSeek of a board about itself: the request as the document's 1.2.0 prints it, and which answers count.

import type { Configuration } from "../../src/firmware/configuration.js";
import { seek, takeMessage } from "../../src/firmware/openspime/seeking.js";
import type { SeekState, SeekSurroundings } from "../../src/firmware/openspime/seeking.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import { createTurns } from "../../src/firmware/turns.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { between, stanza, typed } from "./fake-server.js";
import { atOnce, equal, suite } from "./suite.js";
import { createToySecurity, toyKey } from "./toy-security.js";
import type { ToySecurity } from "./toy-security.js";

const SPIME = "4A6B-5638@spime.example/spime";
const SCOPENODE = "775b-f2c2@scopenode.example/co2";
const PUBSUB = "pubsub.example";
const NOW_S = 1207065262;
const ENTRY =
  "<entry><date>2008-04-02T17:54:22+01:00</date><lat>45.475841199050905</lat>" +
  "<lon>9.172725677490234</lon><ele unit='m'>120.0</ele></entry>";

interface World {
  around: SeekSurroundings;
  state: SeekState;
  security: ToySecurity;
  isOnline: boolean;
  /** What the server has bound. */
  jid: string;
  monotonicMs: number;
  /** What was sent: receiver, type, payload. */
  asked: string[];
  answer: (answer: Element | undefined) => void;
  found: string[];
  lines: string[];
}

function create(isSecret?: boolean): World {
  const security = createToySecurity();
  const configuration = { jid: "x@y/z", pubsub: PUBSUB, encrypt: !!isSecret } as Configuration;
  const world: World = {
    security: security,
    isOnline: true,
    jid: SPIME,
    monotonicMs: 5000,
    asked: [],
    answer: function () {},
    found: [],
    lines: [],
    state: { id: "", endS: 0 },
    around: {
      session: {
        start: function () {},
        stop: function () {},
        jid: function () {
          return world.jid;
        },
        isOnline: function () {
          return world.isOnline;
        },
        ask: function (to, type, payload, onAnswer) {
          world.asked.push(to + " " + type + " " + payload);
          world.answer = typed(onAnswer);
          return "id";
        },
      },
      log: {
        write: function (level, line) {
          world.lines.push(level + " " + line);
        },
      },
      security: security,
      turns: createTurns(function () {
        return world.monotonicMs;
      }, atOnce),
      seal: function (content, onDone) {
        sealContent(security, content, "", { sign: true }, onDone, SPIME);
      },
      configuration: configuration,
      nowS: NOW_S,
      onFound: function (entry, from, signer) {
        const lat = entry.children.filter((field) => field.name === "lat")[0];
        world.found.push(lat.text + " from " + from + " by " + signer);
      },
    },
  };
  return world;
}

/** A seeker whose request has been published; its id. */
function publish(world: World): string {
  seek(world.around, world.state);
  world.answer(stanza("<iq type='result' id='id'/>"));
  return between(world.asked[world.asked.length - 1], '<request id="', '"');
}

function response(id: string, entries: string): string {
  return (
    "<spimeseek xmlns='http://openspime.org/protocol/spimeseek' version='0.9'>" +
    "<response id='" +
    id +
    "'>" +
    entries +
    "</response></spimeseek>"
  );
}

function envelope(content: string): string {
  const start = "<openspime xmlns='openspime:protocol:core' version='0.9'><transport>";
  return start + content + "</transport></openspime>";
}

function message(content: string): Element {
  return stanza("<message>" + envelope(content) + "</message>");
}

export const seekingSuite = suite("openspime/seeking", function (test) {
  test("the document's 1.2.0: a signed request to the PubSub service's node", function () {
    const world = create();
    const id = publish(world);
    const start =
      'pubsub.example set <pubsub xmlns="http://jabber.org/protocol/pubsub">' +
      '<publish node="spimeseek"><item id="' +
      id +
      '"><openspime xmlns="openspime:protocol:core" version="0.9">' +
      '<originator cert="services@spime.example/cert" osid="4A6B-5638@spime.example/spime"><sign>';
    equal(world.asked[0].slice(0, start.length), start);
    const end =
      '</sign></originator><transport><spimeseek xmlns="http://openspime.org/protocol/spimeseek" ' +
      'version="0.9"><request id="' +
      id +
      '"><spimeid>4A6B-5638@spime.example/spime</spimeid>' +
      "<expdate>2008-04-02T15:54:22+00:00</expdate><encrequired>false</encrequired></request>" +
      "</spimeseek></transport></openspime></item></publish></pubsub>";
    equal(world.asked[0].slice(-end.length), end);
    equal(id.length, 8);
  });

  test("encryption is asked for where the board encrypts", function () {
    const world = create(true);
    publish(world);
    equal(between(world.asked[0], "<encrequired>", "</encrequired>"), "true");
  });

  test("one request at a time, a new one when it has expired", function () {
    const world = create();
    publish(world);
    world.around.nowS += 86399;
    seek(world.around, world.state);
    equal(world.asked.length, 1);
    world.around.nowS++;
    seek(world.around, world.state);
    equal(world.asked.length, 2);
  });

  test("one that was refused, or not answered, comes again after ten minutes", function () {
    const world = create();
    [stanza("<iq type='error' id='id'/>"), undefined].forEach(function (answer, index) {
      seek(world.around, world.state);
      world.answer(answer);
      equal(world.lines.length, index + 1);
      world.around.nowS += 599;
      seek(world.around, world.state);
      equal(world.asked.length, index + 1);
      world.around.nowS++;
    });
    seek(world.around, world.state);
    equal(world.asked.length, 3);
  });

  test("not while offline, and not while nobody knows the time", function () {
    const world = create();
    world.isOnline = false;
    seek(world.around, world.state);
    world.isOnline = true;
    world.around.nowS = 0;
    seek(world.around, world.state);
    equal(world.asked, []);
  });

  test("a signature that cannot be made: it is tried again", function () {
    const world = create();
    const power = world.security.rsa.power;
    world.security.rsa.power = function (_key, _isPrivate, _block, onDone) {
      onDone(undefined);
    };
    seek(world.around, world.state);
    world.security.rsa.power = power;
    seek(world.around, world.state);
    equal(
      [world.asked.length, world.lines],
      [0, ["warn unpublished reason=rsa-failed"]],
      "at once",
    );
    world.around.nowS += 600;
    seek(world.around, world.state);
    equal(world.asked.length, 1);
  });

  test("each entry of a response goes on, of every ScopeNode that answers", function () {
    const world = create();
    const id = publish(world);
    takeMessage(world.around, world.state, message(response(id, ENTRY + ENTRY)), SCOPENODE);
    takeMessage(
      world.around,
      world.state,
      message(response(id, ENTRY)),
      "other@scopenode.example/x",
    );
    equal(world.found, [
      "45.475841199050905 from 775b-f2c2@scopenode.example/co2 by ",
      "45.475841199050905 from 775b-f2c2@scopenode.example/co2 by ",
      "45.475841199050905 from other@scopenode.example/x by ",
    ]);
  });

  test("an encrypted and signed response", function () {
    const world = create(true);
    const id = publish(world);
    const sender = createToySecurity();
    // Canonical, as whoever signs writes it.
    const content = response(id, ENTRY).split("'").join('"');
    let xml: string | undefined;
    sender.stored[SPIME] = toyKey("spime");
    world.security.certified[SCOPENODE] = toyKey("scopenode");
    const protection = { sign: true, encrypt: true };
    sealContent(sender, content, SPIME, protection, function (sealed) {
      xml = sealed;
    });
    takeMessage(world.around, world.state, stanza("<message>" + xml + "</message>"), SCOPENODE);
    equal(world.found, ["45.475841199050905 from " + SCOPENODE + " by " + SCOPENODE]);
  });

  test("a response in the clear does not count where encryption was asked for", function () {
    const world = create(true);
    const id = publish(world);
    takeMessage(world.around, world.state, message(response(id, ENTRY)), SCOPENODE);
    equal(world.found, []);
  });

  test("six messages at once, then one in ten seconds: each may cost seconds", function () {
    const world = create();
    const id = publish(world);
    function take(): number {
      takeMessage(world.around, world.state, message(response(id, ENTRY)), SCOPENODE);
      return world.found.length;
    }
    equal(
      [0, 0, 0, 0, 0, 0, 0, 0].map(function () {
        return take();
      }),
      [1, 2, 3, 4, 5, 6, 6, 6],
    );
    world.monotonicMs += 10000;
    equal([take(), take()], [7, 7]);
  });

  test("anything else is ignored", function () {
    const world = create();
    takeMessage(world.around, world.state, message(response("", ENTRY)), SCOPENODE);
    const id = publish(world);
    [
      stanza("<message/>"),
      stanza("<message><body>hello</body></message>"),
      stanza("<message><openspime/></message>"),
      message(""),
      message("<data/>"),
      message(response("other", ENTRY)),
      message(response("", ENTRY)),
      message(response(id, "")),
      message("<spimeseek><request id='" + id + "'>" + ENTRY + "</request></spimeseek>"),
      message(response(id, ENTRY) + response(id, ENTRY)),
    ].forEach(function (stranger) {
      world.monotonicMs += 10000;
      takeMessage(world.around, world.state, stranger, SCOPENODE);
    });
    world.around.nowS += 86400;
    world.monotonicMs += 10000;
    takeMessage(world.around, world.state, message(response(id, ENTRY)), SCOPENODE);
    equal(world.found, [], "that one came too late");
  });

  test("CVE-2017-5589: a response that somebody forwards is not that of whom it names", function () {
    const world = create();
    const content = envelope(response(publish(world), ENTRY));
    const xml = "<message from='" + SCOPENODE + "'>" + content + "</message>";
    ["sent xmlns='urn:xmpp:carbons:2'", "received xmlns='urn:xmpp:carbons:2'"].forEach(
      function (start) {
        const carbon = "<forwarded xmlns='urn:xmpp:forward:0'>" + xml + "</forwarded>";
        const end = "</" + start.split(" ")[0] + "></message>";
        const outer = stanza("<message><" + start + ">" + carbon + end);
        takeMessage(world.around, world.state, outer, "mallory@x/y");
      },
    );
    equal(world.found, []);
  });
});
