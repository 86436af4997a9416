// What the journal of the engine's flash makes of a sample that is lost, and of one that is not.

import assert from "node:assert/strict";
import { logEventOf } from "../../../src/desktop/sim/agent-log.js";
import { Journal } from "./journal.js";

const PAGE = 0x10000400;
/** Address of a record. */
const slot = (number: number) => PAGE + number * 32;
const HEADER = `info writing date=99 at=${PAGE + 1}`;
const written = (number: number, date: number) => [
  `info writing date=${date} at=${slot(number) + 1}`,
  "info flashed",
];
const marked = (number: number, as: number) => [
  `info marking as=${as} at=${slot(number)}`,
  "info flashed",
];
const DELIVERED = 0;
const DROPPED = 63;
const KILL = "kill";

function figuresOf(lines: readonly string[], stored: readonly number[]) {
  const journal = new Journal();
  for (const line of lines) {
    const event = logEventOf(line);
    if (event) journal.hear(event);
    else journal.onKill();
  }
  return journal.figures(stored, stored.length);
}

describe("the journal of the engine's flash", () => {
  it("knows what was put into the queue, and no header", () => {
    const figures = figuresOf([HEADER, "info flashed", ...written(1, 5), ...marked(1, 0)], [5]);
    assert.deepEqual([figures.taken, figures.lost, figures.surplus], [1, 0, 0]);
  });

  it("calls lost what is neither stored nor given up, marked as delivered or not", () => {
    assert.equal(figuresOf(written(1, 5), []).lost, 1);
    assert.equal(figuresOf([...written(1, 5), ...marked(1, DELIVERED)], []).lost, 1);
    assert.equal(figuresOf([...written(1, 5), `info erasing at=${PAGE}`], []).lost, 1);
  });

  it("calls torn what was being written at the kill, and nothing else", () => {
    const [writing = ""] = written(2, 6);
    const { torn, lost } = figuresOf([...written(1, 5), writing, KILL], []);
    assert.deepEqual([torn, lost], [1, 1]);
  });

  it("knows what a kill has come into", () => {
    const journal = new Journal();
    const kills = [written(1, 5)[0], `info erasing at=${PAGE}`, "info flashed"].map((line) => {
      const event = logEventOf(line ?? "");
      if (event) journal.hear(event);
      return journal.onKill();
    });
    assert.deepEqual(kills, ["write", "erase", "between"]);
  });

  it("lets one be given up that the log tells, or could not tell any more", () => {
    const lines = [...written(1, 5), ...marked(1, DROPPED)];
    assert.equal(figuresOf(lines, []).lost, 1);
    assert.equal(figuresOf([...lines, "error dropped count=1"], []).lost, 0);
    const { lost, untold } = figuresOf([...lines, KILL], []);
    assert.deepEqual([lost, untold], [0, 1]);
  });

  it("does not take one that has moved for one that is given up", () => {
    const lines = [...written(1, 5), ...written(2, 5), ...marked(1, DROPPED)];
    assert.equal(figuresOf([...lines, "error dropped count=1"], []).lost, 1);
    assert.equal(figuresOf([...lines, KILL], []).untold, 0);
  });

  it("finds what is stored twice, or was never taken", () => {
    assert.equal(figuresOf(written(1, 5), [5, 5, 7]).surplus, 2);
  });
});
