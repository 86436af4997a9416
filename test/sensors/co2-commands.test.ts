// Each command of each CO2 driver to its simulated sensor: what comes of it, how often memory that wears was written, what
// can be read then, and measurements before it, during it and after it.

import assert from "node:assert/strict";
import { type TwinName, TWINS } from "../../src/desktop/sim/sensors/twins.js";
import type { Co2Command, Co2Outcome } from "../../src/firmware/sensors/co2-sensor.js";
import { Co2Bench, type Told } from "./co2-bench.js";

const AIR_PPM = 800;
/** A calibration of the T6713's takes six minutes, after which, as after each start, some values are none. */
const MOST_ASKS = 90;

interface Step {
  readonly command: Co2Command;
  readonly value: number;
  readonly outcome: Co2Outcome;
  /** Into memory that wears. */
  readonly writes: number;
  /** What it is asked then, by somebody else, and how its answer begins. */
  readonly reads?: readonly [question: string, answer: string];
  /** What it says of the air then, if another than before. */
  readonly ppm?: number;
}

/** Set to what it is not, and to what it is. */
function setting(command: Co2Command, value: number, reads?: Step["reads"]): readonly Step[] {
  const step = { command, value, ...(reads && { reads }) };
  return [
    { ...step, outcome: "done", writes: 1 },
    { ...step, outcome: "same", writes: 0 },
  ];
}

/** Nobody can say whether it is needed again. */
function calibration(command: Co2Command, value: number, ppm: number, writes = 1): readonly Step[] {
  const step: Step = { command, value, outcome: "done", writes, ppm };
  return [step, step];
}

/** From the factory: on with all but the SCD30 (off). */
const isOn = (command: Co2Command, value: number): Step => ({
  ...{ command, value, outcome: "same", writes: 0 },
});

const MHZ19_ABC = "ff 01 7d 00 00 00 00 00 82";
const MHZ19_RANGE = "ff 01 9b 00 00 00 00 00 64";
const S8_ABC = "fe 03 00 1f 00 01 a1 c3";
const CM1106_ABC = "11 01 0f df";

const STEPS: Readonly<Record<TwinName, readonly Step[]>> = {
  mhz19: [
    isOn("self-calibration", 1),
    ...setting("self-calibration", 0, [MHZ19_ABC, "ff7d000000000000"]),
    ...setting("self-calibration", 1, [MHZ19_ABC, "ff7d000000000001"]),
    ...setting("range", 5000, [MHZ19_RANGE, "ff9b00001388"]),
    ...setting("range", 2000, [MHZ19_RANGE, "ff9b000007d0"]),
    ...calibration("forced", 2000, 2000),
    ...calibration("zero", 0, 400),
  ],
  "senseair-s8": [
    isOn("self-calibration", 1),
    ...setting("self-calibration", 0, [S8_ABC, "fe03020000"]),
    ...setting("self-calibration", 1, [S8_ABC, "fe030200b4"]),
    ...calibration("zero", 0, 400),
  ],
  t6713: [
    // It cannot be read: each one is written.
    { command: "self-calibration", value: 0, outcome: "done", writes: 1 },
    { command: "self-calibration", value: 0, outcome: "done", writes: 1 },
    ...calibration("zero", 0, 400),
  ],
  cm1106: [
    isOn("self-calibration", 1),
    // Cycle and base stay.
    ...setting("self-calibration", 0, [CM1106_ABC, "16070f640207019064"]),
    ...setting("self-calibration", 1, [CM1106_ABC, "16070f640007019064"]),
    ...calibration("forced", 1500, 1500),
  ],
  scd30: [
    { command: "self-calibration", value: 0, outcome: "same", writes: 0 },
    ...setting("self-calibration", 1, ["53 06", "0001b0"]),
    ...setting("altitude", 500, ["51 02", "01f4"]),
    ...setting("pressure", 1000),
    ...calibration("forced", 600, 600),
  ],
  scd4x: [
    // Before three minutes of measuring it has nothing to go by.
    { command: "forced", value: 600, outcome: "failed", writes: 0 },
    isOn("self-calibration", 1),
    ...setting("self-calibration", 0),
    ...setting("altitude", 500),
    // In memory that does not wear.
    { command: "pressure", value: 1000, outcome: "done", writes: 0 },
    { command: "pressure", value: 1000, outcome: "done", writes: 0 },
  ],
};

function valueOf(bench: Co2Bench): Told {
  for (let asks = 0; asks < MOST_ASKS; asks++) {
    const value = bench.ask().find((told) => typeof told === "number");
    if (value !== undefined) return value;
  }
  throw new Error("no value any more");
}

/** Measures meanwhile: all that is told is that it is busy. */
function outcomeOf(bench: Co2Bench, command: Co2Command, value: number): Co2Outcome {
  const outcomes: Co2Outcome[] = [];
  bench.sensor.command(command, value, (outcome) => outcomes.push(outcome));
  while (outcomes.length === 0) assert.equal(bench.ask()[0], "busy", command);
  valueOf(bench);
  assert.equal(outcomes.length, 1, "told once");
  return outcomes[0];
}

function take(bench: Co2Bench, step: Step): void {
  const { command, value, outcome, writes, reads } = step;
  const title = `${command} ${value} ${outcome}`;
  const before = bench.twin.eepromWrites;
  assert.equal(outcomeOf(bench, command, value), outcome, title);
  assert.equal(bench.twin.eepromWrites - before, writes, `${title}: writes`);
  if (!reads) return;
  const answer = bench.answerTo(reads[0], reads[1].length / 2);
  assert.equal(answer.slice(0, reads[1].length), reads[1], title);
}

/** Its settings outlast that. */
function reboot(bench: Co2Bench): void {
  bench.twin.reboot();
  bench.ask();
  valueOf(bench);
}

describe("commands of the CO2 drivers to their simulated sensors", () => {
  for (const name of Object.keys(TWINS) as TwinName[]) {
    it(`${name}: outcome, writes, what can be read, and values before and after`, () => {
      const bench = new Co2Bench(name, () => AIR_PPM);
      let ppm = AIR_PPM;
      for (const step of STEPS[name]) {
        assert.equal(valueOf(bench), ppm, `before ${step.command}`);
        take(bench, step);
        ppm = step.ppm ?? ppm;
        assert.equal(valueOf(bench), ppm, `after ${step.command}`);
      }
    });
  }

  for (const name of Object.keys(TWINS) as TwinName[]) {
    // A board that starts again does not know the pressure, which cannot be read.
    const settings = STEPS[name].filter(
      ({ command, outcome }) => outcome === "same" && command !== "pressure",
    );
    const last = new Map(settings.map(({ command, value }) => [command, value]));
    if (last.size === 0) continue;

    it(`${name}: what was set is still so after a start, and is not written again`, () => {
      const bench = new Co2Bench(name, () => AIR_PPM);
      valueOf(bench);
      for (const [command, value] of last) outcomeOf(bench, command, value);
      reboot(bench);
      const before = bench.twin.eepromWrites;
      for (const [command, value] of last) assert.equal(outcomeOf(bench, command, value), "same");
      assert.equal(bench.twin.eepromWrites, before);
    });
  }

  for (const name of Object.keys(TWINS) as TwinName[]) {
    const step = STEPS[name].find(({ reads }) => reads !== undefined);
    if (!step) continue;

    it(`${name}: whatever goes wrong, it is not said to be set when it is not`, () => {
      for (const fault of TWINS[name].faults) {
        for (const answersBefore of [0, 1, 2]) {
          const bench = new Co2Bench(name, () => AIR_PPM);
          valueOf(bench);
          const before = bench.twin.eepromWrites;
          bench.mishaps.arm(fault, answersBefore);
          const outcome = outcomeOf(bench, step.command, step.value);
          const [question, right] = step.reads!;
          const isSo = bench.answerTo(question, right.length / 2).startsWith(right);
          const title = `${fault} after ${answersBefore}: ${outcome}`;
          assert.ok(isSo || outcome === "failed", title);
          assert.ok(bench.twin.eepromWrites - before <= 1, title);
        }
      }
    });
  }

  it("scd4x: a forced value after three minutes of measuring, which is kept by the sensor itself", () => {
    const bench = new Co2Bench("scd4x", () => AIR_PPM);
    for (let asks = 0; asks < 40; asks++) bench.ask();
    for (const ppm of [600, 1200]) {
      assert.equal(outcomeOf(bench, "forced", ppm), "done");
      assert.equal(valueOf(bench), ppm);
    }
    assert.equal(bench.twin.eepromWrites, 0);
  });
});
