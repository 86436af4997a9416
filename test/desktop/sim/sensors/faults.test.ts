// Faults come by name and in order, at the bound with an error, and the same for the same seed.

import assert from "node:assert/strict";
import {
  FAULT_NAMES,
  type FaultName,
  MOST_WAITING,
  NamedFaults,
  RandomFaults,
} from "../../../../src/desktop/sim/sensors/faults.js";

describe("named faults", () => {
  it("come in the order asked for, then all is well", () => {
    const faults = new NamedFaults();
    faults.inject("cut");
    faults.inject("late", 2);
    const came = [1, 2, 3, 4].map(() => faults.next());
    assert.deepEqual(came, ["cut", "late", "late", undefined]);
  });

  it("are refused under a name that is none", () => {
    const faults = new NamedFaults();
    assert.throws(() => faults.inject("melt" as FaultName), /name: .*melt/);
  });

  it("wait in a bounded number", () => {
    const faults = new NamedFaults();
    faults.inject("drop", MOST_WAITING);
    assert.throws(() => faults.inject("drop"), /answers/);
    faults.next();
    faults.inject("cut");
  });
});

describe("random faults", () => {
  const course = (seed: number) => {
    const faults = new RandomFaults(FAULT_NAMES, 4, seed);
    return Array.from({ length: 4000 }, () => faults.next());
  };

  it("are the same for the same seed, and others for another", () => {
    assert.deepEqual(course(7), course(7));
    assert.notDeepEqual(course(7), course(8));
    assert.equal(course(0).length, 4000);
  });

  it("are one in so many, and all of them come", () => {
    const came = course(7).filter((name) => name !== undefined);
    assert.ok(came.length > 800 && came.length < 1200, String(came.length));
    assert.equal(new Set(came).size, FAULT_NAMES.length);
  });

  it("need a name and a frequency", () => {
    assert.throws(() => new RandomFaults([], 4, 1), /names/);
    assert.throws(() => new RandomFaults(FAULT_NAMES, 0, 1), /oneIn/);
  });

  it("pick places within the bound", () => {
    const faults = new RandomFaults(FAULT_NAMES, 4, 3);
    const places = Array.from({ length: 500 }, () => faults.pick(9));
    assert.deepEqual([...new Set(places)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
