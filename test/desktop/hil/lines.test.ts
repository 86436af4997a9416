// The lines between sensors and board: bytes at the pace of the baud rate, faults on demand, sessions played again.

import assert from "node:assert/strict";
import { answersIn, playAnswers, playOnTime } from "../../../src/desktop/hil/replay.js";
import type { RecordedBytes } from "../../../src/desktop/hil/replay.js";
import { RigFaults } from "../../../src/desktop/hil/rig-faults.js";
import { SensorLine } from "../../../src/desktop/hil/sensor-line.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { SteppedClock } from "../../support/stepped-clock.js";

function openLine(changes: Partial<ConstructorParameters<typeof SensorLine>[0]> = {}) {
  const clock = new SteppedClock();
  const told: string[] = [];
  const line = new SensorLine({
    ...{ clock, baud: 1000, parity: "none", isPaced: true },
    onBytes: (direction, bytes) => told.push(`${direction} ${bytes.toString("latin1")}`),
    ...changes,
  });
  const arrived: [number, string][] = [];
  line.boardEnd.onBytesForBoard((bytes) =>
    arrived.push([Math.round((changes.clock ?? clock).nowMs()), bytes.toString("latin1")]),
  );
  return { clock, line, told, arrived };
}

const say = (line: SensorLine, text: string) => line.sensorEnd.toBoard(Buffer.from(text, "latin1"));

describe("a sensor's line", () => {
  it("carries each byte when the line has carried it, and what is sent meanwhile behind it", () => {
    const { clock, line, told, arrived } = openLine();
    say(line, "abc");
    clock.advance(15);
    say(line, "d");
    clock.advance(100);
    say(line, "e");
    clock.advance(100);
    assert.deepEqual(arrived, [
      [10, "a"],
      [20, "b"],
      [30, "c"],
      [40, "d"],
      [125, "e"],
    ]);
    assert.deepEqual(told, ["to-board abc", "to-board d", "to-board e"]);
  });

  it("a parity bit takes its time", () => {
    const { clock, line, arrived } = openLine({ parity: "even" });
    say(line, "ab");
    clock.advance(100);
    assert.deepEqual(arrived, [
      [11, "a"],
      [22, "b"],
    ]);
  });

  it("an adapter sees to the pace by itself", () => {
    const { line, arrived } = openLine({ isPaced: false });
    say(line, "abc");
    assert.deepEqual(arrived, [[0, "abc"]]);
  });

  it("on the wall's clock no byte comes before its time, and all in their order", async () => {
    const clock = new VirtualClock(1);
    const { line, arrived } = openLine({ clock, baud: 9600 });
    const startMs = clock.nowMs();
    const text = Array.from({ length: 200 }, (_, i) => String.fromCharCode(i)).join("");
    say(line, text);
    await new Promise((resolve) => clock.after(280, () => resolve(undefined)));
    clock.stop();
    assert.equal(arrived.map(([, bytes]) => bytes).join(""), text);
    let count = 0;
    for (const [atMs, bytes] of arrived) {
      count += bytes.length;
      const dueMs = startMs + (count * 10_000) / 9600;
      assert.ok(atMs - dueMs > -1, `byte ${count} at ${atMs} ms, due at ${dueMs} ms`);
    }
  });

  it("what the board says arrives at the sensor, and is told", () => {
    const { line, told } = openLine();
    const heard: string[] = [];
    line.sensorEnd.onBytesForSensor((bytes) => heard.push(bytes.toString("latin1")));
    line.boardEnd.toSensor(Buffer.from("?"));
    assert.deepEqual([heard, told], [["?"], ["to-sensor ?"]]);
  });
});

describe("faults of a rig", () => {
  const take = (faults: RigFaults, count: number) =>
    Array.from({ length: count }, () => faults.next() ?? "-").join(" ");

  it("happen so often as asked for, one in so many, or until they are taken back", () => {
    const told: string[] = [];
    const faults = new RigFaults((name) => told.push(name));
    assert.equal(take(faults, 1), "-");
    faults.inject("drop", 2);
    assert.equal(take(faults, 3), "drop drop -");
    faults.hold("silence", 3);
    assert.equal(take(faults, 6), "- - silence - - silence");
    faults.hold("cut");
    faults.inject("echo", 1);
    assert.equal(take(faults, 3), "echo cut cut");
    faults.release();
    assert.equal(take(faults, 2), "- -");
    assert.deepEqual(told, ["drop", "drop", "silence", "silence", "echo", "cut", "cut"]);
  });
});

describe("a session played again", () => {
  const bytes = (
    atS: number,
    sensor: "gps" | "co2",
    direction: RecordedBytes["direction"],
    text: string,
  ): RecordedBytes => ({ atS, sensor, direction, hex: Buffer.from(text).toString("hex") });

  const SESSION = [
    bytes(1, "gps", "to-board", "$A"),
    bytes(1.5, "co2", "to-sensor", "?"),
    bytes(1.51, "co2", "to-sensor", "?"),
    bytes(1.6, "co2", "to-board", "one"),
    bytes(2, "gps", "to-board", "$B"),
    bytes(6.5, "co2", "to-sensor", "??"),
    bytes(11.5, "co2", "to-sensor", "??"),
    bytes(11.6, "co2", "to-board", "thr"),
    bytes(11.7, "co2", "to-board", "ee"),
  ];

  it("a receiver speaks at its time", () => {
    const [clock, wire, heard] = [new SteppedClock(), new Wire(), [] as [number, string][]];
    wire.onBytesForBoard((text) => heard.push([clock.nowMs(), text.toString()]));
    playOnTime(SESSION, wire, clock);
    clock.advance(5000);
    assert.deepEqual(heard, [
      [1000, "$A"],
      [2000, "$B"],
    ]);
  });

  it("another sensor answers as it did, when it is asked, and is silent where it was", () => {
    assert.deepEqual(
      answersIn(SESSION).map((answer) => answer.length),
      [1, 0, 2],
    );
    const [clock, wire, heard] = [new SteppedClock(), new Wire(), [] as [number, string][]];
    wire.onBytesForBoard((text) => heard.push([Math.round(clock.nowMs()), text.toString()]));
    playAnswers(SESSION, wire, clock);
    for (let i = 0; i < 4; i++) {
      // A question in two pieces is one.
      wire.toSensor(Buffer.from("?"));
      clock.advance(5);
      wire.toSensor(Buffer.from("?"));
      clock.advance(995);
    }
    assert.deepEqual(heard, [
      [90, "one"],
      [2100, "thr"],
      [2200, "ee"],
    ]);
  });
});
