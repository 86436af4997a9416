// One work at a time, in the order in which they came, and no long line.

import { createTurns, Payer } from "../../src/firmware/turns.js";
import type { Work } from "../../src/firmware/turns.js";
import { atOnce, equal, suite } from "./suite.js";

interface World {
  take(name: string): boolean;
  takeFor(payer: Payer, name: string): boolean;
  nowMs: number;
  /** Ends the work that is under way. */
  end(): void;
  begun: string[];
}

function create(): World {
  const turns = createTurns(function () {
    return world.nowMs;
  }, atOnce);
  let finish = function () {};

  function working(name: string): Work {
    return function (done) {
      world.begun.push(name);
      finish = done;
    };
  }

  const world: World = {
    begun: [],
    nowMs: 5000,
    end: function () {
      finish();
    },
    take: function (name) {
      return turns.take(working(name));
    },
    takeFor: function (payer, name) {
      return turns.takeFor(payer, working(name));
    },
  };
  return world;
}

/** How many of ten works in a row a payer can have. */
function affords(world: World, payer: Payer): number {
  let count = 0;
  for (let at = 0; at < 10; at++) {
    if (world.takeFor(payer, "x")) count++;
    world.end();
  }
  return count;
}

export const turnsSuite = suite("turns", function (test) {
  test("the first begins at once, the next when it is done", function () {
    const world = create();
    equal([world.take("a"), world.take("b"), world.begun], [true, true, ["a"]]);
    world.end();
    equal(world.begun, ["a", "b"]);
    world.end();
    equal([world.take("c"), world.begun], [true, ["a", "b", "c"]]);
  });

  test("what is done at once leaves the way free", function () {
    const turns = createTurns(function () {
      return 0;
    }, atOnce);
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

  test("four wait; the next is refused and never begins", function () {
    const world = create();
    world.take("a");
    equal(
      ["b", "c", "d", "e", "f"].map((name) => world.take(name)),
      [true, true, true, true, false],
    );
    for (let at = 0; at < 5; at++) world.end();
    equal(world.begun, ["a", "b", "c", "d", "e"]);
    equal([world.take("g"), world.begun.length], [true, 6]);
  });

  test("others' work leaves the last two places to the board's own", function () {
    const world = create();
    world.take("a");
    equal(
      ["b", "c", "d"].map((name) => world.takeFor(Payer.Owner, name)),
      [true, true, false],
    );
    equal([world.take("e"), world.take("f"), world.take("g")], [true, true, false]);
    for (let at = 0; at < 5; at++) world.end();
    equal(world.begun, ["a", "b", "c", "e", "f"]);
  });

  test("others pay: six at once, then one in ten seconds, each kind from its own purse", function () {
    const world = create();
    equal(affords(world, Payer.Stranger), 6);
    equal([affords(world, Payer.Owner), affords(world, Payer.ScopeNode)], [6, 6]);
    world.nowMs += 9999;
    equal(affords(world, Payer.Stranger), 0);
    world.nowMs += 1;
    equal(affords(world, Payer.Stranger), 1);
    world.nowMs += 3600000;
    equal(affords(world, Payer.Stranger), 6, "a purse holds no more than six");
  });

  test("what finds no place costs nothing", function () {
    const world = create();
    world.take("a");
    world.take("b");
    world.take("c");
    for (let at = 0; at < 10; at++) equal(world.takeFor(Payer.Stranger, "x"), false);
    for (let at = 0; at < 3; at++) world.end();
    equal(affords(world, Payer.Stranger), 6);
  });
});
