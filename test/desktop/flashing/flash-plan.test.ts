// What a board is sent: decided without one.

import assert from "node:assert/strict";
import {
  freeLetter,
  neededOf,
  planOf,
  roomOf,
  runningLetter,
  SPARE_BYTES,
} from "../../../src/desktop/flashing/flash-plan.js";

const STORAGE = { totalBytes: 262144, freeBytes: 2000, trashBytes: 500, freeVariables: 900 };
const file = (name: string, count: number) => ({ name, bytes: Buffer.alloc(count, "x") });

function planFor(there: [string, number][]) {
  const wanted = [file("microspime.a", 1001), file("microspime.json", 200), file(".bootcde", 300)];
  const counts = new Map(there);
  return planOf(wanted.map((file) => ({ file, from: counts.get(file.name) ?? 0 })));
}

describe("The plan of what a board is sent", () => {
  it("counts the header and the whole words of each new file", () => {
    const { bytesToSend, bytesNeeded } = planFor([]);
    assert.deepEqual([bytesToSend, bytesNeeded], [1501, 1004 + 200 + 300 + 3 * 32]);
  });

  it("leaves out what is there, and needs no room for the rest of what has begun", () => {
    const { steps, bytesToSend, bytesNeeded } = planFor([
      ["microspime.a", 600],
      ["microspime.json", 200],
    ]);
    assert.deepEqual([bytesToSend, bytesNeeded], [401 + 300, 332]);
    assert.deepEqual(
      steps.map(({ file, from }) => [file.name, from]),
      [
        ["microspime.a", 600],
        ["microspime.json", 200],
        [".bootcde", 0],
      ],
    );
  });

  it("knows a flash that has room, one that has to be compacted, one that is full", () => {
    const plan = planFor([]);
    const needed = 1600 + SPARE_BYTES;
    const room = (freeBytes: number, trashBytes: number) =>
      roomOf(plan, { ...STORAGE, freeBytes, trashBytes });
    assert.equal(neededOf(plan), needed);
    assert.equal(room(needed, 0), "enough");
    assert.equal(room(needed - 1, 1), "after compaction");
    assert.equal(room(needed - 1, 0), "too little");
    const done = planFor([
      ["microspime.a", 1001],
      ["microspime.json", 200],
      [".bootcde", 300],
    ]);
    assert.equal(roomOf(done, { ...STORAGE, freeBytes: 0, trashBytes: 0 }), "enough");
  });
});

describe("Which program of two runs", () => {
  const has =
    (...letters: string[]) =>
    (letter: string) =>
      letters.includes(letter);

  it("is the one that the letter names, if it is there", () => {
    assert.equal(runningLetter("b", has("a", "b")), "b");
    assert.equal(runningLetter("b", has("a")), "a");
    assert.equal(runningLetter("x", has("b")), "b");
    assert.equal(runningLetter(undefined, has("a", "b")), "a");
    assert.equal(runningLetter("a", has()), undefined);
  });

  it("and the other place is free", () => {
    assert.equal(freeLetter("a"), "b");
    assert.equal(freeLetter("b"), "a");
    assert.equal(freeLetter(undefined), "a");
  });
});
