// The scenarios that ship are right, and what is wrong with one is said with its line and field.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../../../src/desktop/failure.js";
import { readRig } from "../../../src/desktop/hil/rig.js";
import { readScenario, TARGET_NAMES, tempoOn } from "../../../src/desktop/hil/scenario.js";

const SHIPPED = "scenarios";
const shipped = readdirSync(SHIPPED).filter((name) => name.endsWith(".yaml"));

const RIGHT = `title: One
shows: something
targets: { node: { speed: 2 }, espruino: { pace: 3 } }
notFor: { board: it has no board }
sensors:
  gps: { silent: true }
  co2: { curve: [[0, 400], [10, 500]] }
steps:
  - { wait: 1 }
  - expect: report
    within: 10
    co2Ppm: { from: 400 }
`;

describe("scenario files", () => {
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "microspime-scenario-"));
    file = path.join(folder, "one.yaml");
  });
  after(() => rmSync(folder, { recursive: true }));

  function read(text: string) {
    writeFileSync(file, text);
    return readScenario(file);
  }

  function refusal(text: string): string {
    try {
      read(text);
    } catch (error) {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.exitCode, 2);
      return error.message.replace(`${folder}/`, "");
    }
    return "taken";
  }

  for (const name of shipped) {
    it(`${name} is right, and says for each target that it is for it or why not`, () => {
      const scenario = readScenario(path.join(SHIPPED, name));
      for (const target of TARGET_NAMES) {
        assert.notEqual(target in scenario.targets, target in scenario.notFor, target);
      }
    });
  }

  it("cover every section of the document's examples", () => {
    const shown = shipped.map((name) => readScenario(path.join(SHIPPED, name)).shows).join("\n");
    for (const section of ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1"]) {
      assert.ok(shown.includes(`section ${section}`), section);
    }
  });

  it("are named in the documentation, each", () => {
    const documentation = readFileSync("docs/hil.md", "utf8");
    for (const name of shipped) assert.ok(documentation.includes(name.replace(".yaml", "")), name);
  });

  it("has the lines of its steps, and how fast each target goes", () => {
    const scenario = read(RIGHT);
    assert.deepEqual(scenario.lines, [9, 10]);
    assert.deepEqual(tempoOn(scenario, "node"), { speed: 2, pace: 1 });
    assert.deepEqual(tempoOn(scenario, "espruino"), { speed: 1, pace: 3 });
  });

  it("says why it is not for a target", () => {
    const scenario = read(RIGHT);
    assert.throws(
      () => tempoOn(scenario, "board"),
      (error: Failure) =>
        error.message === "one.yaml is not for board: it has no board." && error.exitCode === 2,
    );
  });

  for (const [what, wrong, right, message] of [
    [
      "a field that is none",
      "within: 10",
      "withn: 10",
      "one.yaml:10: steps[2]: within is missing.",
    ],
    [
      "a time that is none",
      "within: 10",
      "within: soon",
      "one.yaml:11: steps[2].within must be number.",
    ],
    [
      "a step that is none",
      "{ wait: 1 }",
      "{ wate: 1 }",
      "one.yaml:9: steps[1] names nothing to do.",
    ],
    [
      "an expectation that is none",
      "expect: report",
      "expect: raport",
      "one.yaml:10: steps[2].expect must be one of report, no-report, log, no-log, refusal, claim, answer, state, complete.",
    ],
    [
      "a field of another step",
      "{ wait: 1 }",
      "{ wait: 1, count: 2 }",
      "one.yaml:9: steps[1].count is no field that belongs here.",
    ],
    ["a field that is missing", "shows: something\n", "", "one.yaml:1: shows is missing."],
    [
      "a value in none of its forms",
      "co2Ppm: { from: 400 }",
      "place: { lat: 45 }",
      "one.yaml:12: steps[2].place has none of the forms that it may have.",
    ],
    [
      "a target without a reason",
      "notFor: { board: it has no board }",
      "notFor: {}",
      "one.yaml:3: board is neither in targets nor, with the reason, in notFor.",
    ],
    [
      "a target with a reason against it",
      "board: it has no board",
      "board: it has none, node: no",
      "one.yaml:4: node is both in targets and in notFor.",
    ],
    [
      "a real engine's clock that would go faster",
      "pace: 3",
      "speed: 3",
      "one.yaml:3: targets.espruino.speed: a real engine's clock is that of the wall.",
    ],
    [
      "a sensor with nothing to say",
      "{ curve: [[0, 400], [10, 500]] }",
      "{ warmUpS: 1 }",
      "one.yaml:7: sensors.co2 must have one of curve, recording.",
    ],
    [
      "air that goes back in time",
      "[[0, 400], [10, 500]]",
      "[[5, 400], [5, 500]]",
      "one.yaml:7: sensors.co2.curve goes back in time.",
    ],
  ]) {
    it(`refuses ${what}, by line and field`, () => {
      assert.ok(RIGHT.includes(wrong));
      const said = refusal(RIGHT.replace(wrong, right));
      assert.equal(said.replace(/ And \d+ more\.$/, ""), message);
    });
  }

  it("refuses what is not YAML, by its line", () => {
    assert.match(refusal(RIGHT.replace("{ wait: 1 }", "{ wait: 1")), /^one\.yaml:\d+: not YAML: /);
  });

  it("refuses a file that is not there", () => {
    assert.throws(() => readScenario(path.join(folder, "none.yaml")), /cannot be read \(ENOENT\)/);
  });

  it("a rig is read with what is left out, and its faults told by line and field", () => {
    const rig = path.join(folder, "rig.yaml");
    writeFileSync(
      rig,
      "board: esp32\nserver: { address: 10.0.0.2 }\ngps: { port: /dev/ttyUSB1 }\n",
    );
    const { server, gps, co2, restart, consoleBaud } = readRig(rig);
    assert.deepEqual(server, { address: "10.0.0.2", listen: "0.0.0.0", port: 0 });
    assert.deepEqual(gps, { port: "/dev/ttyUSB1", paced: "adapter" });
    assert.deepEqual([co2, restart, consoleBaud], [undefined, "load()", 115_200]);
    writeFileSync(rig, "board: esp32\nserver:\n  adress: 10.0.0.2\n");
    assert.throws(() => readRig(rig), /rig\.yaml:2: server: address is missing\. And 1 more\./);
    writeFileSync(rig, "board: nonesuch\nserver: { address: 10.0.0.2 }\n");
    assert.throws(() => readRig(rig), /rig\.yaml:1: board: there is no boards\/nonesuch\.json/);
  });
});
