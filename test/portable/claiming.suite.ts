// Claims from the request to the answer, with the toys' RSA: what the document's 1.1.0 prints, who may claim
// by which policy, and what happens when that is asked too often, at a bad moment, or twice.

import { fromBase64 } from "../../src/firmware/bytes.js";
import type { ClaimsSettings } from "../../src/firmware/configuration.js";
import type { ClaimingState } from "../../src/firmware/openspime/claiming.js";
import { answerRequest } from "../../src/firmware/openspime/requests.js";
import { createTurns } from "../../src/firmware/turns.js";
import { createCutStore } from "./cut-store.js";
import type { CutStore } from "./cut-store.js";
import { between, stanza } from "./fake-server.js";
import { atOnce, equal, suite } from "./suite.js";
import { createToySecurity, reversed, toyKey } from "./toy-security.js";
import type { ToySecurity } from "./toy-security.js";

const SPIME = "4A6B-5638@spime.example/spime";
const OWNER = "Owner@mydomain.example/web";
const OWNER_BARE = "owner@mydomain.example";
const OTHER = "other@elsewhere.example/x";
const FORBIDDEN = "! auth  forbidden";
const WAIT = "! wait  resource-constraint";
const INTERNAL = "! wait  internal-server-error";
/** 2026-11-25T00:00:00Z. */
const NOW_S = 1795564800;

interface World {
  security: ToySecurity;
  state: ClaimingState;
  store: CutStore;
  nowS: number;
  monotonicMs: number;
  /** Answers so far. */
  answers: string[];
  /** What goes on in the arithmetic; each waits for `finish` when `isSlow`. */
  isSlow: boolean;
  powers: number;
  finish: () => void;
  send(xml: string, from: string): void;
}

function create(settings?: ClaimsSettings): World {
  const security = createToySecurity();
  const store = createCutStore();
  const turns = createTurns(function () {
    return world.monotonicMs;
  }, atOnce);
  const power = security.rsa.power;
  const world: World = {
    security: security,
    state: { pressedUntilMs: 0, lastFrom: "", lastEndS: 0, lastAnswer: "" },
    store: store,
    nowS: NOW_S,
    monotonicMs: 5000,
    answers: [],
    isSlow: false,
    powers: 0,
    finish: function () {},
    send: function (xml, from) {
      const around = {
        security: security,
        store: store,
        settings: settings,
        jid: SPIME,
        nowS: world.nowS,
        monotonicMs: world.monotonicMs,
      };
      answerRequest(turns, around, world.state, stanza(xml), from, function (error, result) {
        world.answers.push(error ? "! " + error : result || "");
      });
    },
  };

  security.rsa.power = function (key, isPrivate, block, onDone) {
    function go(): void {
      power(key, isPrivate, block, onDone);
    }
    if (isPrivate) world.powers++;
    if (world.isSlow && isPrivate) world.finish = go;
    else go();
  };
  return world;
}

function envelope(content: string): string {
  return (
    "<openspime xmlns='openspime:protocol:core' version='0.9'><transport>" +
    "<claim xmlns='openspime:protocol:extension:claim' version='0.9'>" +
    content +
    "</claim></transport></openspime>"
  );
}

function request(code?: string, claims?: string): string {
  const withCode = code === undefined ? "" : " code='" + code + "'";
  return envelope("<request claims='" + (claims || SPIME.toLowerCase()) + "'" + withCode + "/>");
}

function release(): string {
  return envelope("<release claims='" + SPIME + "'/>");
}

/** The answer in short: the error, or that it is a claim key. */
function ask(world: World, from: string, xml?: string): string {
  world.send(xml || request(), from);
  const answer = world.answers[world.answers.length - 1];
  return answer.slice(0, 10) === "<openspime" ? "claim key" : answer;
}

/** The text inside the claim key, which the toy has turned around. */
function claimKeyIn(answer: string): string {
  const blocks = fromBase64(between(answer, "<claimkey>", "</claimkey>"));
  let text = "";
  for (let at = 0; at < blocks.length; at += 128) {
    const block = reversed(blocks.slice(at, at + 128));
    text += block.slice(block.indexOf("\0", 2) + 1);
  }
  return text;
}

/** Time for other requests to be no crowd. */
function letTimePass(world: World): void {
  world.monotonicMs += 600000;
}

export const claimingSuite = suite("openspime/claiming", function (test) {
  test("the document's 1.1.0: who is authorized, and a key with his full address", function () {
    const world = create({ policy: "open", days: 365 });
    ask(world, OWNER);
    const answer = world.answers[0];
    const start =
      '<openspime xmlns="openspime:protocol:core" version="0.9"><transport>' +
      '<claim xmlns="openspime:protocol:extension:claim" version="0.9">' +
      '<response authorizes="Owner@mydomain.example"><claimkey>';
    equal(answer.slice(0, start.length), start);
    const end = "</claimkey></response></claim></transport></openspime>";
    equal(answer.slice(-end.length), end);
    equal(
      claimKeyIn(answer),
      "<claimkey xmlns='openspime:protocol:core:claimkey' version='0.9'>" +
        "<osid>Owner@mydomain.example/web</osid>" +
        "<expdate>2027-11-25T00:00:00+00:00</expdate></claimkey>",
    );
  });

  test("none, the default: nobody; what it cannot know: nobody", function () {
    equal(ask(create(), OWNER), FORBIDDEN);
    equal(ask(create({ policy: "none" }), OWNER), FORBIDDEN);
    equal(ask(create({ policy: "everybody", days: 1 }), OWNER), FORBIDDEN);
  });

  test("owners: an address of the list, or a domain of it, folded, whatever the resource", function () {
    const owners = ["OWNER@MyDomain.example", "house.example"];
    const world = create({ policy: "owners", owners: owners, days: 1 });
    equal(ask(world, OWNER), "claim key");
    equal(ask(world, "owner@mydomain.example/phone"), "claim key");
    equal(ask(world, "anybody@house.example/x"), "claim key");
    equal(ask(world, "owner@evil.example/mydomain.example"), FORBIDDEN);
    equal(ask(world, "house.example@evil.example/x"), FORBIDDEN);
    letTimePass(world);
    equal(ask(world, "x@sub.house.example/x"), FORBIDDEN);
    owners.shift();
    equal(ask(world, OWNER), FORBIDDEN, "off the list, claim or not");
  });

  test("first: nobody beside him, until he lets go or his claim ends", function () {
    const world = create({ policy: "first", days: 10 });
    equal([ask(world, OWNER), ask(world, OTHER)], ["claim key", FORBIDDEN]);
    equal(ask(world, OWNER_BARE + "/phone"), "claim key", "with another resource");
    equal(ask(world, OTHER, release()), FORBIDDEN);
    equal([ask(world, OWNER, release()), ask(world, OTHER)], ["", "claim key"]);
    letTimePass(world);
    world.nowS += 10 * 86400;
    equal([ask(world, OWNER), ask(world, OTHER)], ["claim key", FORBIDDEN]);
  });

  test("button: within its window, and for a renewal at any time", function () {
    const world = create({ policy: "button", windowS: 30, days: 1 });
    equal(ask(world, OWNER), FORBIDDEN);
    world.state.pressedUntilMs = world.monotonicMs + 30000;
    world.monotonicMs += 29999;
    equal(ask(world, OWNER), "claim key");
    world.monotonicMs += 1;
    equal([ask(world, OTHER), ask(world, OWNER)], [FORBIDDEN, "claim key"]);
  });

  test("code: the right one, and no other; none configured fits none", function () {
    const world = create({ policy: "code", code: "1234-5678", days: 1 });
    equal([ask(world, OWNER), ask(world, OWNER, request(""))], [FORBIDDEN, FORBIDDEN]);
    equal(ask(world, OWNER, request("1234-5679")), FORBIDDEN);
    equal(ask(world, OWNER, request("1234-5678")), "claim key");
    equal(ask(world, OWNER), "claim key", "a renewal needs none");
    const without = create({ policy: "code", days: 1 });
    equal([ask(without, OWNER), ask(without, OWNER, request(""))], [FORBIDDEN, FORBIDDEN]);
  });

  test("codes cannot be tried one after the other: six at once, then one in ten seconds", function () {
    const world = create({ policy: "code", code: "1234", days: 1 });
    const answers = [0, 1, 2, 3, 4, 5, 6, 7].map((code) => ask(world, OWNER, request("" + code)));
    equal(answers, [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, WAIT, WAIT]);
    equal(ask(world, OWNER, request("1234")), WAIT, "the right one too");
    world.monotonicMs += 10000;
    equal(ask(world, OWNER, request("1234")), "claim key");
    equal(ask(world, OTHER, request("1234")), WAIT);
    let granted = 0;
    for (let second = 0; second < 600; second++) {
      world.monotonicMs += 1000;
      world.answers = [];
      if (ask(world, OTHER, request("x")) === FORBIDDEN) granted++;
    }
    equal(granted, 60);
  });

  test("who has claimed it, or is on its list, is not locked out by a crowd of others", function () {
    const worlds = [
      create({ policy: "first", days: 1 }),
      create({ policy: "owners", owners: ["mydomain.example"], days: 1 }),
    ];
    worlds.forEach(function (world) {
      if (world === worlds[0]) ask(world, OWNER);
      for (let count = 0; count < 7; count++) ask(world, count + OTHER);
      equal([ask(world, OTHER), ask(world, OWNER)], [WAIT, "claim key"]);
    });
  });

  test("who cannot pay costs neither RSA nor a question to the certification service", function () {
    const world = create({ policy: "open", days: 1 });
    const sealed =
      "<openspime xmlns='openspime:protocol:core' version='0.9'>" +
      "<originator cert='services@spime.example/cert'><sign>AAAA</sign></originator>" +
      "<transport><claim/></transport></openspime>";
    for (let count = 0; count < 10; count++) ask(world, count + OTHER, sealed);
    equal(world.security.asked.length, 6);
  });

  test("quotes in an address are the same in the claim key", function () {
    const world = create({ policy: "open", days: 1 });
    ask(world, "owner@mydomain.example/a\"b'c&d");
    const osid = between(claimKeyIn(world.answers[0]), "<osid>", "</osid>");
    equal(osid, "owner@mydomain.example/a\"b'c&amp;d");
  });

  test("no room for another claim: told before the chip works for it", function () {
    const world = create({ policy: "open", days: 1 });
    for (let count = 0; count < 8; count++) {
      letTimePass(world);
      equal(ask(world, count + OTHER), "claim key");
    }
    const before = world.powers;
    letTimePass(world);
    equal([ask(world, OTHER), world.powers], [WAIT, before]);
    world.nowS += 600;
    equal(ask(world, "7" + OTHER), "claim key", "a renewal needs no room");
  });

  test("another board's address is not found here, and costs nothing", function () {
    const world = create({ policy: "open", days: 1 });
    equal(
      ask(world, OWNER, request(undefined, "other@spime.example/spime")),
      "! cancel  item-not-found",
    );
    equal(
      ask(world, OWNER, request(undefined, "4a6b-5638@spime.example")),
      "! cancel  item-not-found",
    );
    equal(world.powers, 0);
  });

  test("malformed requests", function () {
    const world = create({ policy: "open", days: 1 });
    const malformed = ["", "<request/>", "<request claims=''/>", "<other claims='" + SPIME + "'/>"];
    malformed.forEach(function (content) {
      equal(ask(world, OWNER, envelope(content)), "! modify  bad-request", content);
    });
    const long = new Array(300).join("x");
    equal(ask(world, "owner@mydomain.example/" + long), "! modify  bad-request");
    letTimePass(world);
    const grows = new Array(60).join("&");
    equal(
      ask(world, "owner@mydomain.example/" + grows),
      "! modify  bad-request",
      "as XML too long",
    );
    equal(world.powers, 0);
  });

  test("without a namespace, as it is printed", function () {
    const world = create({ policy: "open", days: 1 });
    const printed =
      "<openspime xmlns='openspime:protocol:core' version='0.9'>\n <transport>\n  <claim>\n" +
      "   <request claims='4A6B-5638@spime.example/spime' />\n  </claim>\n </transport>\n</openspime>";
    equal(ask(world, OWNER, printed), "claim key");
  });

  test("signed: verified, and only by who asks", function () {
    const world = create({ policy: "open", days: 1 });
    const signed =
      "<openspime xmlns='openspime:protocol:core' version='0.9'>" +
      "<originator cert='services@spime.example/cert' osid='" +
      OTHER +
      "'><sign>AAAA</sign></originator>" +
      envelope("<request claims='" + SPIME + "'/>")
        .split("version='0.9'>")
        .slice(1)
        .join("version='0.9'>");
    equal(ask(world, OTHER, signed), "! cancel no-available-public-key");
    world.security.certified[OTHER] = toyKey("other");
    equal(ask(world, OTHER, signed), "! cancel signature-error-public-key-corrupted");
  });

  test("the same again while the first is under way: both get the one key", function () {
    const world = create({ policy: "first", days: 1 });
    world.isSlow = true;
    world.send(request(), OWNER);
    world.send(request(), OWNER);
    equal([world.answers, world.powers], [[], 1]);
    world.finish();
    world.finish();
    equal([world.answers.length, world.answers[0] === world.answers[1]], [2, true]);
    const made = world.powers;
    world.send(request(), OWNER);
    equal([world.answers[2] === world.answers[0], world.powers], [true, made], "soon after, too");
    world.isSlow = false;
    world.nowS += 600;
    world.send(request(), OWNER);
    equal(world.answers[3] === world.answers[0], false, "later it is renewed");
  });

  test("not while nobody knows the time: try again later", function () {
    const world = create({ policy: "open", days: 1 });
    world.nowS = 0;
    equal([ask(world, OWNER), world.powers], ["! wait  internal-server-error", 0]);
  });

  test("a key that could not be made, a claim that could not be kept: no answer claims it", function () {
    const world = create({ policy: "first", days: 1 });
    const power = world.security.rsa.power;
    world.security.rsa.power = function (_key, _isPrivate, _block, onDone) {
      onDone(undefined);
    };
    equal(ask(world, OWNER), INTERNAL);
    world.security.rsa.power = power;
    world.store.fault = "throw";
    equal(ask(world, OWNER), INTERNAL);
    world.store.fault = "";
    equal(ask(world, OTHER), "claim key", "nobody was first");
  });

  test("a renewal that failed is made anew, not answered with what there is of it", function () {
    const world = create({ policy: "first", days: 1 });
    const power = world.security.rsa.power;
    equal(ask(world, OWNER), "claim key");
    letTimePass(world);
    world.nowS += 700;
    world.security.rsa.power = function (_key, _isPrivate, _block, onDone) {
      onDone(undefined);
    };
    equal([ask(world, OWNER), ask(world, OWNER)], [INTERNAL, INTERNAL]);
    world.security.rsa.power = power;
    world.store.fault = "throw";
    equal([ask(world, OWNER), ask(world, OWNER)], [INTERNAL, INTERNAL]);
    world.store.fault = "";
    world.send(request(), OWNER);
    const key = claimKeyIn(world.answers[world.answers.length - 1]);
    equal(between(key, "<expdate>", "</expdate>"), "2026-11-26T00:11:40+00:00");
  });

  test("more envelopes than wait in line", function () {
    const world = create({ policy: "open", days: 1 });
    world.isSlow = true;
    for (let at = 0; at < 5; at++) world.send(request(), at + OWNER);
    equal(world.answers, [WAIT, WAIT], "one place is kept for the board's own");
  });

  test("other contents, and claims of a board without keys, mean nothing", function () {
    const world = create({ policy: "open", days: 1 });
    const other = envelope("").split("claim").join("query");
    equal(ask(world, OWNER, other), "! cancel  feature-not-implemented");
    const answers: string[] = [];
    const { state } = create();
    const turns = createTurns(function () {
      return 5000;
    }, atOnce);
    answerRequest(turns, undefined, state, stanza(request()), OWNER, function (error) {
      answers.push(error);
    });
    equal(answers, ["cancel  feature-not-implemented"]);
  });
});
