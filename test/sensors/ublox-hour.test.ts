// What the firmware tells a u-blox receiver, and a simulated one that obeys it, by generation: all but RMC and GGA fall
// silent, again after each loss of power, whatever happens to the line, and the fixes go on.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { epochsOf, GpsReceiver } from "../../src/desktop/sim/gps-receiver.js";
import { type Faults, RandomFaults } from "../../src/desktop/sim/sensors/faults.js";
import { GPS_FAULTS } from "../../src/desktop/sim/sensors/gps.js";
import { UBLOX_SENTENCES, type UbloxGeneration } from "../../src/desktop/sim/sensors/ublox.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { senseGps } from "../../src/firmware/gps-sensing.js";
import type { Receiver } from "../../src/firmware/sensors/receiver.js";
import { RECEIVER } from "../../src/firmware/sensors/ublox.js";
import { createFakePlatform } from "../portable/fake-platform.js";
import { SteppedClock } from "../support/stepped-clock.js";
import { ACQUIRE_MS, COMMAND_FAULTS, GpsBench, type GpsBenchOptions } from "./gps-bench.js";
import { Mishaps } from "./mishaps.js";

const HOUR_MS = 3_600_000;
const WANTED = ["RMC", "GGA"];
/** The first brings each kind of sentence; what is told during it counts from the next on. */
const EPOCHS_TO_SILENCE = 1;
/** Of what came before the last fault, a held epoch and half a frame may still be on their way. */
const EPOCHS_TO_RECOVER = 6;

const GENERATIONS: readonly UbloxGeneration[] = [8, 9, 10];

const optionsOf = (generation: UbloxGeneration): GpsBenchOptions => ({
  ...{ generation, receiver: RECEIVER, talker: "GN", sentences: UBLOX_SENTENCES },
});

function pass(bench: GpsBench, epochs: number): void {
  for (let i = 0; i < epochs; i++) bench.epoch();
}

describe("u-blox receiver told what to send", function () {
  this.timeout(60_000);

  for (const generation of GENERATIONS) {
    const options = optionsOf(generation);

    it(`generation ${generation}: silent after the first epoch, and a fix in each`, () => {
      const bench = new GpsBench({ ...options, acquireMs: 0 });
      // The bench begins with an epoch.
      assert.deepEqual(bench.twin.sentences, WANTED);
      const { bytes } = bench;
      pass(bench, 60);
      assert.ok(bench.bytes - bytes < (60 * bytes) / 2);
      assert.deepEqual(bench.counts, { fix: 61, "no height": 0, none: 0 });
      assert.deepEqual(bench.wrong, []);
    });

    it(`generation ${generation}: refuses the command that it does not know, does the other`, () => {
      const { answers } = told(options).twin;
      assert.equal(answers.refused > 0, generation !== 9);
      assert.equal(answers.done > 0, true);
      if (generation !== 9) assert.equal(answers.done, answers.refused);
    });

    it(`generation ${generation}: silent again after each loss of power`, () => {
      const bench = new GpsBench(options);
      for (let times = 0; times < 20; times++) {
        pass(bench, 10);
        assert.deepEqual(bench.twin.sentences, WANTED);
        const { fix } = bench.counts;
        bench.mishaps.arm("reset");
        bench.epoch();
        assert.deepEqual(bench.twin.sentences, UBLOX_SENTENCES);
        pass(bench, EPOCHS_TO_SILENCE);
        assert.deepEqual(bench.twin.sentences, WANTED);
        pass(bench, ACQUIRE_MS / 1000 + 1);
        assert.ok(bench.counts.fix > fix);
      }
      assert.deepEqual(bench.wrong, []);
    });

    it(`generation ${generation}: an hour of noise, cut frames and losses of power, no wrong fix`, () => {
      for (let seed = 1; seed <= 3; seed++) {
        const weather = new Weather();
        const commandFaults = weather.mishaps(new RandomFaults(COMMAND_FAULTS, 3, seed));
        const mishaps = weather.mishaps(new RandomFaults(GPS_FAULTS, 10, seed));
        const bench = new GpsBench({ ...options, commandFaults }, mishaps);
        while (bench.clock.nowMs() < HOUR_MS) {
          weather.isCalm = false;
          pass(bench, 50);
          weather.isCalm = true;
          pass(bench, EPOCHS_TO_RECOVER);
          assert.deepEqual(bench.twin.sentences, WANTED);
        }
        assert.deepEqual(bench.wrong, []);
        assert.equal(bench.twin.eepromWrites, 0);
        assert.ok((bench.mishaps.counts.reset ?? 0) > 10);
        for (const fault of COMMAND_FAULTS) assert.ok(commandFaults.counts[fault], fault);
        assert.ok(bench.counts.fix > 1500, `${bench.counts.fix} fixes`);
      }
    });
  }

  /** Epochs, and bytes in all of them: as recorded, and of RMC and GGA (as grep and wc count them). */
  const LOGS: Readonly<Record<string, [UbloxGeneration, number, number, number]>> = {
    "neo-m8n": [8, 23, 17_044, 3335],
    "ublox-zed-f9p-nmea": [9, 5, 10_011, 715],
  };

  for (const [log, [generation, epochs, before, after]] of Object.entries(LOGS)) {
    it(`${log}.log: ${Math.round(before / epochs)} bytes an epoch, then ${Math.round(after / epochs)}`, () => {
      assert.deepEqual(new Playback(log, generation).play(2), [before, before]);
      const [first, ...later] = new Playback(log, generation, RECEIVER).play(3);
      assert.deepEqual(later, [after, after]);
      assert.ok(first < before / 2, String(first));
    });
  }

  it("a receiver that is told nothing goes on with all", () => {
    const { generation, sentences } = optionsOf(9);
    assert.deepEqual(told({ generation, sentences }).twin.sentences, UBLOX_SENTENCES);
  });
});

/** While it is calm nothing goes wrong. */
class Weather {
  isCalm = false;

  mishaps(chance: Faults): Mishaps {
    const next = () => (this.isCalm ? undefined : chance.next());
    return new Mishaps({ next, pick: (below) => chance.pick(below) });
  }
}

/** A log as one receiver plays it again and again. */
class Playback {
  private readonly clock = new SteppedClock();
  private readonly receiver: GpsReceiver;
  private bytes = 0;

  constructor(log: string, generation: UbloxGeneration, receiver?: Receiver) {
    const wire = new Wire();
    const epochs = epochsOf(readFileSync(`test/vectors/nmea/${log}.log`))!;
    this.receiver = new GpsReceiver(epochs, wire, this.clock, 9600, generation);
    const platform = createFakePlatform();
    senseGps(platform, { device: "gps", baud: 9600 }, () => {}, undefined, receiver);
    const line = platform.line("gps");
    wire.onBytesForBoard((bytes) => {
      this.bytes += bytes.length;
      line.push(bytes.toString("latin1"));
      wire.toSensor(Buffer.from(line.sent(), "latin1"));
    });
  }

  /** The bytes that came in each of them, acknowledgements among them. */
  play(times: number): number[] {
    return Array.from({ length: times }, () => {
      let hasEnded = false;
      this.bytes = 0;
      this.receiver.play(() => (hasEnded = true));
      while (!hasEnded) this.clock.advance(10);
      return this.bytes;
    });
  }
}

function told(options: GpsBenchOptions): GpsBench {
  const bench = new GpsBench(options);
  pass(bench, 10);
  return bench;
}
