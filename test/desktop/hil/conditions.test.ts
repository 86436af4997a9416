// What fits a condition and what does not, and how a person is told.

import assert from "node:assert/strict";
import {
  airAround,
  fitsLog,
  fitsText,
  type Given,
  holesIn,
  misfitsOf,
  stateMisfits,
} from "../../../src/desktop/hil/conditions.js";
import type { ReceivedEntry } from "../../../src/desktop/hil/journal.js";
import type { ReportConditions } from "../../../src/desktop/hil/scenario.js";
import { metresBetween, pointOn } from "../../../src/desktop/hil/track.js";

const START_MS = Date.UTC(2026, 10, 29, 8);
const at = (second: number) => new Date(START_MS + second * 1000);
const PLACE = { lat: 45, lon: 9 };

const given: Given = {
  curve: (second) => 400 + 10 * second,
  placeAt: () => PLACE,
  secondOf: (date) => (date.getTime() - START_MS) / 1000,
  windowS: 5,
  pace: 2,
  spime: "board@example.org/spime",
};

const entry: ReceivedEntry = {
  ...PLACE,
  date: at(20),
  co2Ppm: 590,
  isSigned: true,
  isEncrypted: true,
  osid: "board@example.org/spime",
};

const told = (conditions: ReportConditions, changes: Partial<ReceivedEntry> = {}) =>
  misfitsOf({ ...entry, ...changes }, conditions, given, 30).join("; ");

describe("conditions on a report", () => {
  it("the air is that of the time in which the sample was taken", () => {
    assert.deepEqual(airAround(given, 20), { least: 550, most: 620 });
    assert.equal(told({ co2Ppm: { ofCurve: 0 } }), "");
    assert.equal(told({ co2Ppm: { ofCurve: 0 } }, { co2Ppm: 550 }), "");
    assert.equal(told({ co2Ppm: { ofCurve: 5 } }, { co2Ppm: 545 }), "");
    const tooLow = "CO2 544, but the air was 550 to 620";
    assert.equal(told({ co2Ppm: { ofCurve: 5 } }, { co2Ppm: 544 }), tooLow);
  });

  it("a number is from one to another, both included", () => {
    assert.equal(told({ co2Ppm: { from: 590, to: 590 } }), "");
    assert.equal(told({ co2Ppm: { from: 591 } }), "CO2 590");
    assert.equal(told({ co2Ppm: { to: 589 } }), "CO2 590");
  });

  it("a delay is in seconds of the scenario", () => {
    // It arrived 10 s of the board's clock later.
    assert.equal(told({ delayS: { from: 5, to: 5 } }), "");
    assert.equal(told({ delayS: { from: 6 } }), "delay 5");
  });

  it("a place is so many metres away, of the receiver, or absent", () => {
    const north = { lat: 45.001 };
    assert.equal(told({ place: { ...PLACE, withinM: 112 } }, north), "");
    assert.equal(told({ place: { ...PLACE, withinM: 110 } }, north), "111 m away");
    assert.equal(told({ place: { ofTrack: 1 } }), "");
    assert.equal(told({ place: { ofTrack: 1 } }, north), "111 m away");
    assert.equal(told({ place: "none" }), "a place");
    const placeless = { lat: undefined, lon: undefined } as never;
    assert.equal(told({ place: "none" }, placeless), "");
    assert.equal(told({ place: { ofTrack: 1 } }, placeless), "no place");
    assert.equal(told({ placeAgeS: { to: 0 } }), "");
    assert.equal(told({ placeAgeS: { to: 3 } }, { placeAgeS: 4 }), "age of its place 4");
  });

  it("who signed it, and whether it was encrypted", () => {
    assert.equal(told({ encrypted: true, signed: true, signedBy: "board" }), "");
    assert.equal(told({ encrypted: false, signed: false }), "encrypted; signed");
    const open = { isSigned: false, isEncrypted: false };
    assert.equal(told({ encrypted: true, signed: true }, open), "not encrypted; not signed");
    assert.equal(told({ signedBy: "board" }, open), "signed by nobody");
    assert.equal(told({ signedBy: "board" }, { osid: "other@x/y" }), "signed by other@x/y");
  });
});

describe("conditions on the rest", () => {
  it("a log line has its event, its level and values, exact or by a regular expression", () => {
    const event = { level: "warn", name: "offline", values: { reason: "silent" } } as const;
    const wanted = { expect: "log", within: 1, event: "offline" } as const;
    assert.ok(fitsLog(event, wanted));
    assert.ok(fitsLog(event, { ...wanted, level: "warn", values: { reason: "/^sil/" } }));
    assert.ok(!fitsLog(event, { ...wanted, values: { reason: "sil" } }));
    assert.ok(!fitsLog(event, { ...wanted, values: { other: "silent" } }));
    assert.ok(!fitsLog(event, { ...wanted, level: "error" }));
    assert.ok(!fitsLog(event, { ...wanted, event: "online" }));
    assert.ok(fitsText("7", 7));
    assert.ok(!fitsText(undefined, "/./"));
  });

  it("a state's field is exact, or from one number to another", () => {
    const fields = { waiting: "3", engine: "2v29" };
    assert.deepEqual(stateMisfits(fields, { waiting: { to: 3 }, engine: "/^2v/" }), []);
    assert.deepEqual(stateMisfits(fields, { waiting: 4, boots: { from: 1 } }), [
      "waiting=3",
      "boots NaN",
    ]);
  });

  it("a hole between dates is told, and a date that is there twice, in whatever order they came", () => {
    assert.deepEqual(holesIn([at(6), at(0), at(3)], 3), []);
    assert.deepEqual(holesIn([at(0), at(3), at(10)], 3), ["nothing for 7 s before 08:00:10"]);
    assert.deepEqual(holesIn([at(3), at(0), at(3)], 3), ["two entries of 08:00:03"]);
  });

  it("a track goes from point to point and ends at the last", () => {
    const north = { lat: 45.01, lon: 9 };
    const track = [PLACE, north, { lat: 45.01, lon: 9.01 }];
    const length = metresBetween(PLACE, north);
    assert.ok(Math.abs(length - 1112) < 1, `${length}`);
    assert.ok(Math.abs(pointOn(track, length / 2).lat - 45.005) < 1e-9);
    assert.ok(pointOn(track, length + 100).lon > 9);
    assert.deepEqual(pointOn(track, 1e6), track[2]);
    assert.deepEqual(pointOn([PLACE], 5), PLACE);
  });
});
