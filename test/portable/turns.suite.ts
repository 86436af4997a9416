// One work at a time, in the order in which they came, and no long line.

import { createTurns } from "../../src/firmware/openspime/turns.js";
import { equal, suite } from "./suite.js";

interface World {
  take(name: string): boolean;
  /** Ends the work that is under way. */
  end(): void;
  begun: string[];
}

function create(): World {
  const turns = createTurns();
  let finish = function () {};
  const begun: string[] = [];
  return {
    begun: begun,
    end: function () {
      finish();
    },
    take: function (name) {
      return turns.take(function (done) {
        begun.push(name);
        finish = done;
      });
    },
  };
}

export const turnsSuite = suite("openspime/turns", function (test) {
  test("the first begins at once, the next when it is done", function () {
    const world = create();
    equal([world.take("a"), world.take("b"), world.begun], [true, true, ["a"]]);
    world.end();
    equal(world.begun, ["a", "b"]);
    world.end();
    equal([world.take("c"), world.begun], [true, ["a", "b", "c"]]);
  });

  test("what is done at once leaves the way free", function () {
    const turns = createTurns();
    let count = 0;
    for (let at = 0; at < 10; at++) {
      const isTaken = turns.take(function (done) {
        count++;
        done();
      });
      equal(isTaken, true);
    }
    equal(count, 10);
  });

  test("three wait; the next is refused and never begins", function () {
    const world = create();
    world.take("a");
    equal(
      ["b", "c", "d", "e"].map((name) => world.take(name)),
      [true, true, true, false],
    );
    for (let at = 0; at < 4; at++) world.end();
    equal(world.begun, ["a", "b", "c", "d"]);
    equal([world.take("f"), world.begun.length], [true, 5]);
  });
});
