// Questions and answers: who may answer, when, and how many may wait.

import { createQueries } from "../../src/firmware/xmpp/queries.js";
import type { Queries } from "../../src/firmware/xmpp/queries.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { stanza } from "./fake-server.js";
import { equal, suite, thrownBy } from "./suite.js";

const SCOPENODE = "775B-F2C2@scopenode.example/co2";
const RESULT = "<iq type='result' id='q1'/>";

/** Questions of all tests: their numbers only have to grow. */
let asked = 0;

/** Answers so far: `type` of each, or `none`. */
function ask(queries: Queries, id: string): string[] {
  const answers: string[] = [];
  queries.add(id, SCOPENODE, ++asked, 1000, function (answer) {
    answers.push(answer ? answer.attributes["type"] || "" : "none");
  });
  return answers;
}

function setUp(): { platform: FakePlatform; queries: Queries } {
  const platform = createFakePlatform();
  return { platform: platform, queries: createQueries(platform.timer, 2) };
}

export const queriesSuite = suite("xmpp/queries", function (test) {
  test("an answer of type result or error reaches who asked, once", function () {
    const { platform, queries } = setUp();
    const first = ask(queries, "q1");
    const second = ask(queries, "q2");
    queries.settle(stanza(RESULT), SCOPENODE);
    queries.settle(stanza("<iq type='error' id='q2'/>"), SCOPENODE);
    queries.settle(stanza(RESULT), SCOPENODE);
    platform.advance(5000);
    equal([first, second], [["result"], ["error"]]);
  });

  test("the sender may come back folded by its server", function () {
    const { queries } = setUp();
    const answers = ask(queries, "q1");
    queries.settle(stanza(RESULT), "775b-f2c2@ScopeNode.example/co2");
    equal(answers, ["result"]);
  });

  test("CVE-2015-8688: a stranger with the right id is no answer", function () {
    const { queries } = setUp();
    const answers = ask(queries, "q1");
    queries.settle(stanza(RESULT), "mallory@scopenode.example/co2");
    queries.settle(stanza(RESULT), "775b-f2c2@scopenode.example.net/co2");
    equal(answers, []);
    queries.settle(stanza(RESULT), SCOPENODE);
    equal(answers, ["result"], "the right one after them");
  });

  test("CVE-2016-9928: the bare address or another resource of the sender is no answer", function () {
    const { queries } = setUp();
    const answers = ask(queries, "q1");
    queries.settle(stanza(RESULT), "775b-f2c2@scopenode.example");
    queries.settle(stanza(RESULT), "775b-f2c2@scopenode.example/CO2");
    queries.settle(stanza(RESULT), "scopenode.example");
    queries.settle(stanza(RESULT), "");
    equal(answers, []);
  });

  test("CVE-2024-46957: the right sender with another id, or none, is no answer", function () {
    const { queries } = setUp();
    const answers = ask(queries, "q1");
    queries.settle(stanza("<iq type='result' id='q'/>"), SCOPENODE);
    queries.settle(stanza("<iq type='result' id='Q1'/>"), SCOPENODE);
    queries.settle(stanza("<iq type='result' id=''/>"), SCOPENODE);
    queries.settle(stanza("<iq type='result'/>"), SCOPENODE);
    queries.settle(stanza("<iq type='result' id='constructor'/>"), SCOPENODE);
    equal(answers, []);
  });

  test("an id asked of two is answered by each", function () {
    const { queries } = setUp();
    const seen: string[] = [];
    queries.add("q1", "a@x/1", 1, 1000, function () {
      seen.push("a");
    });
    queries.add("q1", "b@x/1", 2, 1000, function () {
      seen.push("b");
    });
    queries.settle(stanza(RESULT), "b@x/1");
    queries.settle(stanza(RESULT), "a@x/1");
    equal(seen, ["b", "a"]);
  });

  test("no answer in time is told once, and a late one ignored", function () {
    const { platform, queries } = setUp();
    const answers = ask(queries, "q1");
    platform.advance(999);
    equal(answers, []);
    platform.advance(1);
    equal(answers, ["none"]);
    queries.settle(stanza(RESULT), SCOPENODE);
    equal(answers, ["none"]);
  });

  test("no more than the bound wait; an answer makes room", function () {
    const { queries } = setUp();
    ask(queries, "q1");
    const second = ask(queries, "q2");
    const third: string[] = [];
    const message = thrownBy(function () {
      queries.add("q3", SCOPENODE, 3, 1000, function () {
        third.push("called");
      });
    });
    equal(message, "queries: too many");
    queries.settle(stanza(RESULT), SCOPENODE);
    const fourth = ask(queries, "q4");
    queries.abandon(0);
    equal([second, third, fourth], [["none"], [], ["none"]]);
  });

  test("when the link is gone everybody hears of it once, and no timer stays", function () {
    const { platform, queries } = setUp();
    const first = ask(queries, "q1");
    const second = ask(queries, "q2");
    queries.abandon(0);
    queries.abandon(0);
    equal(platform.timers(), 0, "timers");
    platform.advance(5000);
    queries.settle(stanza(RESULT), SCOPENODE);
    equal([first, second], [["none"], ["none"]]);
  });

  test("a session that goes on: whose question has arrived goes on waiting", function () {
    const { queries } = setUp();
    const first = ask(queries, "q1");
    const second = ask(queries, "q2");
    queries.abandon(asked - 1);
    equal([first, second], [[], ["none"]]);
    queries.settle(stanza(RESULT), SCOPENODE);
    equal([first, second], [["result"], ["none"]]);
  });

  test("who is abandoned may ask again at once", function () {
    const { queries } = setUp();
    let again: string[] = [];
    queries.add("q1", SCOPENODE, 1, 1000, function () {
      again = ask(queries, "q2");
    });
    queries.abandon(0);
    equal(again, [], "the new question waits");
    queries.settle(stanza("<iq type='result' id='q2'/>"), SCOPENODE);
    equal(again, ["result"]);
  });
});
