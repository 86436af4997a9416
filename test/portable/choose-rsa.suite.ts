// The choice of a provider by its known answer, and one operation at a time.

import { chooseRsa } from "../../src/firmware/crypto/choose-rsa.js";
import { fieldBytes } from "../../src/firmware/crypto/key-record.js";
import type { ResultHandler, RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { keyOf } from "./rsa-blocks-world.js";
import { KEY_256 } from "./rsa-data.js";
import { dotRsa } from "./rsa-dot.js";
import { drain, pause } from "./rsa-provider.js";
import { equal, suite } from "./suite.js";

const QUESTION = "\0ZZZ";
const ANSWER = "\x01\x02\x03\x04";
const KEY = fieldBytes("n=", "\xff\0\0\x01") + fieldBytes("kt", ANSWER);

/** What happened, in order. */
let log: string[] = [];

/** Answers the question with `answer`, and all else with the block itself, `undefined` for "bad". */
function fake(name: string, answer: string | undefined, isLate: boolean): RsaProvider {
  function reply(what: string, result: string | undefined, onDone: ResultHandler): void {
    log.push("start " + what);
    const finish = function (): void {
      log.push("end " + what);
      onDone(result);
    };
    if (isLate) pause(finish);
    else finish();
  }
  return {
    name: name,
    power: function (_key, isPrivate, block, onDone) {
      const isQuestion = block === QUESTION && !isPrivate;
      const result = isQuestion ? answer : block === "bad" ? undefined : block + "!";
      reply(isQuestion ? "ask " + name : block, result, onDone);
    },
    prepare: function (modulus, exponent, onDone) {
      reply("prepare", modulus + exponent, onDone);
    },
  };
}

const chosen: (RsaProvider | undefined)[] = [];

function choice(providers: RsaProvider[], key?: string): RsaProvider | undefined {
  log = [];
  chosen.splice(0);
  chooseRsa(providers, key || KEY, function (rsa) {
    chosen.push(rsa);
  });
  drain();
  equal(chosen.length, 1, "choices");
  return chosen[0];
}

function nameOf(rsa: RsaProvider | undefined): string {
  return rsa ? rsa.name : "none";
}

const right = fake("right", ANSWER, false);
const late = fake("late", ANSWER, true);
const silent = fake("silent", undefined, false);
const wrong = fake("wrong", "\x01\x02\x03\x05", true);

export const chooseRsaSuite = suite("crypto/choose-rsa", function (test) {
  test("takes the first that is right, and asks no other", function () {
    equal(nameOf(choice([right, late])), "right");
    equal(log, ["start ask right", "end ask right"]);
    equal(nameOf(choice([late, right])), "late");
  });

  test("passes over one that is wrong, and one that has no result", function () {
    equal(nameOf(choice([wrong, silent, late, right])), "late");
    equal(log, [
      "start ask wrong",
      "end ask wrong",
      "start ask silent",
      "end ask silent",
      "start ask late",
      "end ask late",
    ]);
  });

  test("none, where none is right, and where there is none", function () {
    equal(nameOf(choice([wrong, silent])), "none");
    equal(nameOf(choice([])), "none");
  });

  test("none for a key without a known answer, even from one that has no result", function () {
    const key = fieldBytes("n=", "\xff\0\0\x01");
    equal(nameOf(choice([silent, right], key)), "none");
  });

  test("a real provider and a real key", function () {
    equal(nameOf(choice([wrong, dotRsa], keyOf(KEY_256))), "espruino-dot");
  });

  [right, late].forEach(function (provider) {
    test("operations one at a time, in the order asked: " + provider.name, function () {
      const rsa = choice([provider])!;
      const results: (string | undefined)[] = [];
      const take = function (result: string | undefined): void {
        results.push(result);
      };
      log = [];
      rsa.power(KEY, true, "a", take);
      rsa.power(KEY, false, "b", take);
      rsa.prepare("m", "e", take);
      rsa.power(KEY, true, "c", take);
      drain();
      equal(log.join(","), "start a,end a,start b,end b,start prepare,end prepare,start c,end c");
      equal(results, ["a!", "b!", "me", "c!"]);
    });

    test("what is asked while a result is told: " + provider.name, function () {
      const rsa = choice([provider])!;
      const results: (string | undefined)[] = [];
      log = [];
      rsa.power(KEY, true, "a", function (first) {
        results.push(first);
        rsa.power(KEY, true, "b", function (second) {
          results.push(second);
        });
        rsa.power(KEY, true, "c", function (third) {
          results.push(third);
        });
      });
      rsa.power(KEY, true, "d", function (last) {
        results.push(last);
      });
      drain();
      equal(results.length, 4);
      equal(log.filter(isStart).length, 4);
      equal(isAlternating(log), true, log.join(","));
    });

    test("an operation without a result holds up no other: " + provider.name, function () {
      const rsa = choice([provider])!;
      const results: (string | undefined)[] = [];
      const take = function (result: string | undefined): void {
        results.push(result === undefined ? "none" : result);
      };
      rsa.power(KEY, true, "bad", take);
      rsa.power(KEY, true, "a", take);
      rsa.power(KEY, true, "bad", take);
      rsa.power(KEY, false, "b", take);
      drain();
      rsa.power(KEY, false, "c", take);
      drain();
      equal(results, ["none", "a!", "none", "b!", "c!"]);
    });
  });
});

function isStart(line: string): boolean {
  return line.slice(0, 5) === "start";
}

/** Each start is followed by its own end. */
function isAlternating(lines: string[]): boolean {
  return lines.every(function (line, index) {
    return index % 2 ? line === lines[index - 1].split("start").join("end") : isStart(line);
  });
}
