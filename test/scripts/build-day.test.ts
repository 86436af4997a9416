// The day of the build that goes into the bundle of a board with a chip.

import assert from "node:assert/strict";
import { buildDayMs } from "../../../../scripts/build-day.js";

const NOON_MS = Date.UTC(2026, 10, 25, 12, 34, 56, 789);

describe("the day of the build", () => {
  it("is midnight before now, so that a build is the same all day", () => {
    assert.equal(buildDayMs({}, NOON_MS), Date.UTC(2026, 10, 25));
    assert.equal(buildDayMs({ SOURCE_DATE_EPOCH: "" }, NOON_MS), Date.UTC(2026, 10, 25));
  });

  it("is that of SOURCE_DATE_EPOCH, so that a build can be the same every day", () => {
    assert.equal(buildDayMs({ SOURCE_DATE_EPOCH: "1700000000" }, NOON_MS), Date.UTC(2023, 10, 14));
  });

  it("is none that SOURCE_DATE_EPOCH does not have", () => {
    for (const wrong of ["today", "-1"]) {
      const what = { name: "TypeError", message: /SOURCE_DATE_EPOCH/ };
      assert.throws(() => buildDayMs({ SOURCE_DATE_EPOCH: wrong }, NOON_MS), what);
    }
  });
});
