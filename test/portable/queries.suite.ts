// Questions and answers: who may answer, when, and how many may wait.

import { createSession } from "../../src/firmware/xmpp/session.js";
import type { AnswerHandler } from "../../src/firmware/xmpp/session.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { ACCOUNT, createFakeServer, freshAccount, TOY_HASHES } from "./fake-server.js";
import { equal, suite } from "./suite.js";

const SCOPENODE = "775B-F2C2@scopenode.example/co2";
const TIMEOUT_MS = 30000;
const LIMIT = 6;

interface World {
  platform: FakePlatform;
  /** The id that the question got. */
  add(to: string, onAnswer: AnswerHandler): string;
  /** An iq arrives; without a sender where that is "". */
  settle(type: string, id: string | undefined, from: string): void;
}

function setUp(): World {
  const platform = createFakePlatform();
  const { sockets, timer, entropy, clock, log } = platform;
  const around = { sockets, timer, entropy, clock, log, hashes: TOY_HASHES };
  const session = createSession(around, freshAccount(), {
    onOnline: function () {},
    onRequest: function () {
      return false;
    },
    awaitsMessage: function () {
      return true;
    },
    onMessage: function () {},
  });
  session.start();
  const server = createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
  server.logIn();
  return {
    platform: platform,
    add: function (to, onAnswer) {
      return session.ask(to, "get", "<a/>", onAnswer);
    },
    settle: function (type, id, from) {
      const sender = from && " from='" + from + "'";
      const named = id === undefined ? "" : " id='" + id + "'";
      server.say("<iq type='" + type + "'" + named + sender + "/>");
    },
  };
}

/** A question, and its answers so far: `type` of each, or `none`. */
function ask(world: World): { id: string; answers: string[] } {
  const answers: string[] = [];
  const id = world.add(SCOPENODE, function (answer) {
    answers.push(answer ? answer.attributes["type"] || "" : "none");
  });
  return { id, answers };
}

export const queriesSuite = suite("xmpp/session, questions", function (test) {
  test("an answer of type result or error reaches who asked, once", function () {
    const world = setUp();
    const first = ask(world);
    const second = ask(world);
    world.settle("result", first.id, SCOPENODE);
    world.settle("error", second.id, SCOPENODE);
    world.settle("result", first.id, SCOPENODE);
    world.platform.advance(TIMEOUT_MS);
    equal([first.answers, second.answers], [["result"], ["error"]]);
  });

  test("an iq of another type is no answer", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    ["get", "set", "Result", ""].forEach(function (type) {
      world.settle(type, id, SCOPENODE);
    });
    equal(answers, []);
  });

  test("the sender may come back folded by its server", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    world.settle("result", id, "775b-f2c2@ScopeNode.example/co2");
    equal(answers, ["result"]);
  });

  test("CVE-2015-8688: a stranger with the right id is no answer", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    world.settle("result", id, "mallory@scopenode.example/co2");
    world.settle("result", id, "775b-f2c2@scopenode.example.net/co2");
    equal(answers, []);
    world.settle("result", id, SCOPENODE);
    equal(answers, ["result"], "the right one after them");
  });

  test("CVE-2016-9928: the bare address or another resource of the sender is no answer", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    world.settle("result", id, "775b-f2c2@scopenode.example");
    world.settle("result", id, "775b-f2c2@scopenode.example/CO2");
    world.settle("result", id, "scopenode.example");
    world.settle("result", id, "");
    equal(answers, []);
  });

  test("CVE-2024-46957: the right sender with another id, or none, is no answer", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    [id.slice(0, -1), id + "0", "", undefined, "constructor"].forEach(function (other) {
      world.settle("result", other, SCOPENODE);
    });
    equal(answers, []);
  });

  test("two that are asked are answered by each", function () {
    const world = setUp();
    const seen: string[] = [];
    const first = world.add("a@x/1", function () {
      seen.push("a");
    });
    const second = world.add("b@x/1", function () {
      seen.push("b");
    });
    world.settle("result", first, "b@x/1");
    world.settle("result", second, "a@x/1");
    equal(seen, [], "each other's");
    world.settle("result", second, "b@x/1");
    world.settle("result", first, "a@x/1");
    equal(seen, ["b", "a"]);
  });

  test("no answer in time is told once, and a late one ignored", function () {
    const world = setUp();
    const { id, answers } = ask(world);
    world.platform.advance(TIMEOUT_MS - 1);
    equal(answers, []);
    world.platform.advance(1);
    equal(answers, ["none"]);
    world.settle("result", id, SCOPENODE);
    equal(answers, ["none"]);
  });

  test("no more than the bound wait, one more hears at once; an answer makes room", function () {
    const world = setUp();
    const first = ask(world);
    for (let count = 1; count < LIMIT; count++) ask(world);
    equal(ask(world).answers, ["none"]);
    world.settle("result", first.id, SCOPENODE);
    const last = ask(world);
    equal([first.answers, last.answers], [["result"], []]);
  });

  test("when the link is gone everybody hears of it once, and no timer stays", function () {
    const world = setUp();
    const first = ask(world);
    const second = ask(world);
    world.platform.connection().fail("cut");
    equal(world.platform.timers(), 1, "that of the back-off");
    equal([first.answers, second.answers], [["none"], ["none"]]);
    world.platform.advance(TIMEOUT_MS);
    equal([first.answers, second.answers], [["none"], ["none"]]);
  });

  test("who hears that a link is gone cannot ask over it", function () {
    const world = setUp();
    let again: string[] = [];
    world.add(SCOPENODE, function () {
      again = ask(world).answers;
    });
    world.platform.connection().fail("cut");
    equal(again, ["none"]);
  });

  test("who heard of no answer in time may ask again at once", function () {
    const world = setUp();
    let again = { id: "", answers: ["never asked"] };
    world.add(SCOPENODE, function () {
      again = ask(world);
    });
    world.platform.advance(TIMEOUT_MS);
    equal(again.answers, [], "the new question waits");
    world.settle("result", again.id, SCOPENODE);
    equal(again.answers, ["result"]);
  });
});
