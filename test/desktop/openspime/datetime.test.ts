import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDateTime } from "../../../src/desktop/openspime/datetime.js";

describe("ScopeNode: XEP-0082 date and time", () => {
  const valid: [string, string][] = [
    ["2008-04-02T17:54:22+01:00", "2008-04-02T16:54:22.000Z"],
    ["2008-04-02T17:54:22Z", "2008-04-02T17:54:22.000Z"],
    ["1969-07-20T21:56:15-05:00", "1969-07-21T02:56:15.000Z"],
    ["2008-02-29T23:59:59.5+14:00", "2008-02-29T09:59:59.500Z"],
    ["2008-04-02T17:54:22.123456789Z", "2008-04-02T17:54:22.123Z"],
    ["0000-01-01T00:00:00+14:00", "-000001-12-31T10:00:00.000Z"],
    ["9999-12-31T23:59:59-14:00", "+010000-01-01T13:59:59.000Z"],
  ];
  for (const [text, iso] of valid) {
    it(`reads ${text}`, () => assert.equal(parseDateTime(text)?.toISOString(), iso));
  }

  const invalid = [
    ...["", "now", "1207155262", "2008-04-02", "20080402T17:54:22", "2008-04-02T17:54:22"],
    ...[
      "2008-04-02 17:54:22Z",
      "2008-04-02t17:54:22z",
      "2008-04-02T17:54Z",
      " 2008-04-02T17:54:22Z",
    ],
    ...["2008-00-02T17:54:22Z", "2008-13-02T17:54:22Z", "2008-04-31T17:54:22Z"],
    ...["2007-02-29T17:54:22Z", "1900-02-29T00:00:00Z", "2008-04-00T17:54:22Z"],
    ...["2008-04-02T24:00:00Z", "2008-04-02T17:60:22Z", "2008-04-02T17:54:60Z"],
    ...["2008-04-02T17:54:22+0100", "2008-04-02T17:54:22+14:01", "2008-04-02T17:54:22+01:60"],
    ...["2008-04-02T17:54:22.Z", "+292278994-08-17T07:12:55Z", "-2008-04-02T17:54:22Z"],
    ...["99999999999999999999-01-01T00:00:00Z", "2008-04-02T17:54:22Z\n", "٢٠٠٨-04-02T17:54:22Z"],
  ];
  for (const text of invalid) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDateTime(text), undefined));
  }

  it("reads what toISOString writes, at any offset", () => {
    const instants = fc.date({
      min: new Date("0000-01-02T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    });
    const check = (instant: Date, offsetMin: number) => {
      const local = new Date(instant.getTime() + offsetMin * 60_000).toISOString();
      const text = local.replace("Z", writeOffset(offsetMin));
      assert.equal(parseDateTime(text)?.getTime(), instant.getTime());
    };
    fc.assert(fc.property(instants, fc.integer({ min: -840, max: 840 }), check));
  });

  it("never throws, and what it gives is a time", () => {
    const digits = fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    const check = (text: string) => {
      const date = parseDateTime(text);
      assert.ok(date === undefined || date.toISOString() !== "");
    };
    fc.assert(fc.property(fc.oneof(fc.string(), digits), check));
  });
});

function writeOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const digits = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0"));
  return `${minutes < 0 ? "-" : "+"}${digits.join(":")}`;
}
