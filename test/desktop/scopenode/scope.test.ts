import assert from "node:assert/strict";
import fc from "fast-check";
import type { Entry } from "../../../src/desktop/scopenode/report.js";
import {
  defaultScope,
  describeMisfit,
  findMisfit,
  makeScope,
} from "../../../src/desktop/scopenode/scope.js";
import type { Scope } from "../../../src/desktop/scopenode/scope.js";

const now = new Date("2026-05-01T12:00:00Z");
const good: Entry = { date: now, lat: 45.5, lon: 9.2, eleM: 120, ppm: 420 };

describe("ScopeNode: scope", () => {
  const misfits: [Partial<Entry>, string][] = [
    [{ lat: 90.1 }, "entry 1: lat 90.1 outside -90 to 90"],
    [{ lon: -180.5 }, "entry 1: lon -180.5 outside -180 to 180"],
    [{ eleM: 9001 }, "entry 1: ele 9001 outside -500 to 9000"],
    [{ lat: undefined, lon: undefined, eleM: undefined }, "entry 1: lat missing"],
    [{ placeAgeS: 1 }, "entry 1: age of its place is 1 s, at most 0 s"],
    [{ ppm: 0 }, "entry 1: ppm 0 outside 100 to 40000"],
    [{ ppm: 40001 }, "entry 1: ppm 40001 outside 100 to 40000"],
    [
      { date: at("1970-01-01T00:00:05Z") },
      "entry 1: date 1970-01-01T00:00:05.000Z before 2000-01-01T00:00:00.000Z",
    ],
    [
      { date: at("2026-05-01T12:05:01Z") },
      "entry 1: date 2026-05-01T12:05:01.000Z more than 300 s in the future",
    ],
    [
      { date: at("9999-12-31T23:59:59-14:00") },
      "entry 1: date +010000-01-01T13:59:59.000Z more than 300 s in the future",
    ],
  ];
  for (const [change, text] of misfits) {
    it(text, () => assert.equal(misfitIn([{ ...good, ...change }]), text));
  }

  it("holds the document's example and the ends of each range", () => {
    const edges: Partial<Entry>[] = [
      { date: at("2008-04-02T17:54:22+01:00"), ppm: 176.4 },
      { date: defaultScope.earliest, lat: -90, lon: -180, eleM: -500, ppm: 100 },
      { date: at("2026-05-01T12:05:00Z"), lat: 90, lon: 180, eleM: 9000, ppm: 40_000 },
    ];
    const entries = edges.map((edge) => ({ ...good, ...edge }));
    assert.equal(misfitIn(entries), undefined);
  });

  it("asks for no elevation", () => {
    const { date, lat, lon, ppm } = good;
    assert.equal(misfitIn([{ date, lat, lon, ppm }]), undefined);
  });

  it("asks for no place where it is optional, and for a good one where there is one", () => {
    const scope = makeScope({ location: "optional" });
    const { date, ppm } = good;
    assert.equal(misfitIn([{ date, ppm }], scope), undefined);
    assert.equal(misfitIn([good], scope), undefined);
    assert.equal(misfitIn([{ ...good, lon: 181 }], scope), "entry 1: lon 181 outside -180 to 180");
    assert.equal(
      misfitIn([{ ...good, placeAgeS: 340 }], scope),
      "entry 1: age of its place is 340 s, at most 0 s",
    );
  });

  it("holds places up to the oldest, without which it may still ask for a place", () => {
    const scope = makeScope({ oldestPlaceS: 600 });
    const ages = [1, 600].map((placeAgeS) => ({ ...good, placeAgeS }));
    assert.equal(misfitIn([good, ...ages], scope), undefined);
    assert.equal(
      misfitIn([good, { ...good, placeAgeS: 601 }], scope),
      "entry 2: age of its place is 601 s, at most 600 s",
    );
    assert.equal(misfitIn([{ date: now, ppm: 420 }], scope), "entry 1: lat missing");
    assert.equal(misfitIn(ages, makeScope({ oldestPlaceS: Infinity })), undefined);
  });

  it("counts entries from one and names the first that does not fit", () => {
    const misfit = misfitIn([good, { ...good, ppm: 1 }, { ...good, ppm: 2 }]);
    assert.equal(misfit, "entry 2: ppm 1 outside 100 to 40000");
  });

  it("bounds the number of entries", () => {
    const scope = makeScope({ maxEntries: 2 });
    assert.equal(misfitIn([good, good], scope), undefined);
    assert.equal(misfitIn([good, good, good], scope), "entry: 3 of them, at most 2");
  });

  it("takes changes to one range and keeps the others", () => {
    const scope = makeScope({ lat: { min: 45, max: 46 } });
    assert.equal(misfitIn([{ ...good, lat: 44 }], scope), "entry 1: lat 44 outside 45 to 46");
    assert.equal(scope.lon, defaultScope.lon);
  });

  it("holds exactly the values inside a range", () => {
    const value = fc.double({ noNaN: true });
    const check = (ppm: number, one: number, other: number) => {
      const [min, max] = [Math.min(one, other), Math.max(one, other)];
      const scope = makeScope({ co2Ppm: { min, max } });
      assert.equal(misfitIn([{ ...good, ppm }], scope) === undefined, min <= ppm && ppm <= max);
    };
    fc.assert(fc.property(value, value, value, check));
  });

  const mistakes: [string, Partial<Scope>][] = [
    ["scope.co2Ppm", { co2Ppm: { min: 2, max: 1 } }],
    ["scope.lat", { lat: { min: NaN, max: 1 } }],
    ["scope.earliest", { earliest: new Date("never") }],
    ["scope.maxFutureS", { maxFutureS: -1 }],
    ["scope.location", { location: "" as "optional" }],
    ["scope.oldestPlaceS", { oldestPlaceS: -1 }],
    ["scope.oldestPlaceS", { oldestPlaceS: NaN }],
    ["scope.maxEntries", { maxEntries: 0 }],
  ];
  for (const [field, changes] of mistakes) {
    it(`throws and names ${field}: ${JSON.stringify(changes)}`, () => {
      assert.throws(
        () => makeScope(changes),
        (error: TypeError) => error.message.startsWith(field),
      );
    });
  }
});

function at(text: string): Date {
  return new Date(text);
}

function misfitIn(entries: readonly Entry[], scope = makeScope()): string | undefined {
  const misfit = findMisfit(entries, scope, now);
  return misfit && describeMisfit(misfit);
}
