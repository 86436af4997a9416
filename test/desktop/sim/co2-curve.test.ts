import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Co2Curve, co2CurveOf } from "../../../src/desktop/sim/co2-curve.js";

function curve(text: string): Co2Curve {
  const found = co2CurveOf(text);
  assert.ok(found);
  return found;
}

describe("co2CurveOf", () => {
  const morning = curve("0,400\n10,500\n20,450\n");

  for (const [second, ppm] of [
    [0, 400],
    [2.5, 425],
    [10, 500],
    [15, 475],
    [19.999, 450.005],
  ]) {
    it(`goes straight between two lines: ${ppm} ppm after ${second} s`, () => {
      assert.ok(Math.abs(morning(second) - ppm) < 1e-9);
    });
  }

  it("starts again after the last line", () => {
    assert.equal(morning(20), 400);
    assert.equal(morning(25), 450);
    assert.equal(morning(20 * 1000 + 10), 500);
  });

  it("has its first value until the time of its first line", () => {
    assert.equal(curve("5,600\n10,700")(2), 600);
  });

  for (const text of ["0,800", "60,800"]) {
    it(`stays where it is with the one line ${text}`, () => {
      assert.deepEqual([0, 59, 60, 1e6].map(curve(text)), [800, 800, 800, 800]);
    });
  }

  it("passes over headings, comments and empty lines, and takes every way to write a line", () => {
    const text = "seconds,ppm\r\n# a room\r\n\r\n0,400\r\n 10 ; 500 \n20\t450.5\n";
    assert.deepEqual([0, 10, 15].map(curve(text)), [400, 500, 475.25]);
  });

  for (const [name, text] of [
    ["nothing", ""],
    ["a heading only", "seconds,ppm\n"],
    ["NMEA", "$GPRMC,101500,A*00\n"],
    ["times that go back", "0,400\n10,500\n5,450\n"],
    ["a time that comes twice", "0,400\n10,500\n10,450\n"],
    ["negative numbers", "-5,400\n"],
    ["binary", "\0\xff\xd8"],
  ]) {
    it(`refuses ${name}`, () => assert.equal(co2CurveOf(text), undefined));
  }

  it("reads the one that comes with the program", () => {
    const own = curve(readFileSync("src/desktop/sim/recordings/co2-morning.csv", "utf8"));
    assert.deepEqual([0, 60].map(own), [428, 911]);
  });
});
