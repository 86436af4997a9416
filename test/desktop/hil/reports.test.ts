// What a run leaves: JUnit XML that a parser reads, and a page that needs nothing beside itself.

import assert from "node:assert/strict";
import { DOMParser } from "@xmldom/xmldom";
import { htmlReport } from "../../../src/desktop/hil/html-report.js";
import type { Happened } from "../../../src/desktop/hil/journal.js";
import { junitReport } from "../../../src/desktop/hil/junit.js";
import { ticksBetween } from "../../../src/desktop/hil/plot.js";
import type { HilOutcome } from "../../../src/desktop/hil/outcome.js";

const START_MS = Date.UTC(2026, 10, 29, 8);

const entry = (second: number, co2Ppm: number): Happened => ({
  kind: "entry",
  atS: second + 1,
  entry: {
    ...{ date: new Date(START_MS + second * 1000), co2Ppm, lat: 45, lon: 9 },
    ...{ isSigned: false, isEncrypted: false, osid: "board@example.org/spime" },
  },
});

const outcome: HilOutcome = {
  scene: {
    ...{ title: "A <title> & more", shows: "something", file: "scenarios/one.yaml" },
    ...{ target: "node", board: "a board", server: "a server", security: "plain" },
    tempo: { speed: 5, pace: 1 },
  },
  about: "",
  isPassed: false,
  verdicts: [
    { title: "wait 1 s", line: 9, atS: 0, tookS: 1, isPassed: true, seen: "done" },
    {
      ...{ title: "a report", line: 10, atS: 1, tookS: 30, isPassed: false },
      ...{ expected: 'CO2 "near" 400', seen: "<script>500</script>" },
    },
    { title: "wait 2 s", line: 12, atS: 31, tookS: 0, isPassed: false, isSkipped: true },
  ],
  happened: [
    { kind: "power", isOn: true, atS: 0 },
    { kind: "link", what: "server down", atS: 10 },
    { kind: "link", what: "server up", atS: 20 },
    { kind: "fault", sensor: "co2", name: "bit-flip", atS: 12 },
    entry(5, 420),
    entry(15, 430),
    {
      ...{ kind: "log", atS: 3, line: "info online jid=<x>" },
      event: { level: "info", name: "online", values: {} },
    },
  ],
  durationS: 31,
  tookMs: 6200,
  date: new Date(START_MS),
  given: {
    curve: () => 420,
    placeAt: undefined,
    secondOf: (date) => (date.getTime() - START_MS) / 1000,
    windowS: 5,
    pace: 1,
    spime: "board@example.org/spime",
  },
};

describe("the reports of a rig", () => {
  it("JUnit XML has a suite a scenario, a case a step, with what failed and what was not run", () => {
    const xml = new DOMParser().parseFromString(junitReport([outcome, outcome]), "text/xml");
    const suites = Array.from(xml.getElementsByTagName("testsuite"));
    assert.equal(suites.length, 2);
    const counts = ["name", "tests", "failures", "skipped"].map((name) =>
      suites[0].getAttribute(name),
    );
    assert.deepEqual(counts, ["A <title> & more", "3", "1", "1"]);
    const [failure] = Array.from(suites[0].getElementsByTagName("failure"));
    assert.equal(
      failure.getAttribute("message"),
      'scenarios/one.yaml:10: expected CO2 "near" 400; seen: <script>500</script>',
    );
  });

  it("the page refers to nothing outside itself and runs nothing", () => {
    const html = htmlReport(outcome);
    assert.doesNotMatch(html, /<script|<link|<img|@import|https?:|url\(/);
    assert.match(html, /A &lt;title&gt; &amp; more/);
    assert.match(html, /&lt;script&gt;500/);
  });

  it("the page marks each report at the date of its sample, each fault and each outage", () => {
    const html = htmlReport(outcome);
    const dots = [...html.matchAll(/<circle class="reported" cx="([\d.]+)"/g)].map(([, x]) => +x);
    // Twice: CO2, and the delay.
    assert.equal(dots.length, 4);
    assert.ok(dots[0] < dots[1]);
    assert.match(html, /<rect class="bad"[^>]*><title>server down at 10\.0 s/);
    assert.match(html, /<line class="tick"[^>]*><title>co2: bit-flip at 12\.0 s/);
    assert.match(html, /failed: 1 step/);
    assert.match(html, /✖<\/td>.*\(line 10\)/);
    assert.match(html, /– not run/);
  });

  for (const [least, most, count, ticks] of [
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [412, 436, 5, [415, 420, 425, 430, 435]],
    [0, 0.03, 3, [0, 0.01, 0.02, 0.03]],
    [5, 5, 5, [5]],
  ] as const) {
    it(`an axis from ${least} to ${most} has round numbers`, () => {
      assert.deepEqual(ticksBetween(least, most, count), [...ticks]);
    });
  }
});
