// The choice of a provider by its known answer.

import { chooseRsa } from "../../src/firmware/crypto/choose-rsa.js";
import { fieldBytes } from "../../src/firmware/crypto/key-record.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
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

/** Answers the question with `answer`, and all else with the block itself. */
function fake(name: string, answer: string | undefined, isLate: boolean): RsaProvider {
  return {
    name: name,
    room: 0,
    underWay: 0,
    power: function (_key, isPrivate, block, onDone) {
      const isQuestion = block === QUESTION && !isPrivate;
      log.push("start " + name);
      const finish = function (): void {
        log.push("end " + name);
        onDone(isQuestion ? answer : block);
      };
      if (isLate) pause(finish);
      else finish();
    },
    prepare: function () {
      throw new Error("prepare");
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
    equal(log, ["start right", "end right"]);
    equal(nameOf(choice([late, right])), "late");
  });

  test("passes over one that is wrong, and one that has no result", function () {
    equal(nameOf(choice([wrong, silent, late, right])), "late");
    equal(log, [
      "start wrong",
      "end wrong",
      "start silent",
      "end silent",
      "start late",
      "end late",
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
});
