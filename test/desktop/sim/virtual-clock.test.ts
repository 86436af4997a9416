// A clock that goes faster than the wall clock; real waits, of some milliseconds.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";

describe("VirtualClock", () => {
  it("goes as many times as fast as the wall clock", async () => {
    const clock = new VirtualClock(100);
    const wallMs = performance.now();
    const virtualMs = clock.nowMs();
    await sleep(30);
    const ratio = (clock.nowMs() - virtualMs) / (performance.now() - wallMs);
    // Less on a busy machine, where the clock stands still at times.
    assert.ok(ratio > 40 && ratio < 101, `${ratio}`);
  });

  it("stands still while the process computes, and so do its timers", async () => {
    const clock = new VirtualClock(10);
    const startMs = clock.nowMs();
    let firedMs = NaN;
    clock.after(1000, () => (firedMs = clock.nowMs() - startMs));
    // One step, whatever a busy machine does to the process in it.
    const computesMs = clock.nowMs();
    const untilMs = performance.now() + 150;
    while (performance.now() < untilMs);
    assert.ok(clock.nowMs() - computesMs <= 201);
    await sleep(0);
    assert.ok(Number.isNaN(firedMs));
    while (Number.isNaN(firedMs)) await sleep(5);
    assert.ok(firedMs >= 990, `${firedMs}`);
  });

  it("starts at 0", () => assert.ok(new VirtualClock(1).nowMs() < 50));

  it("fires after the virtual delay", async () => {
    const clock = new VirtualClock(100);
    const startMs = clock.nowMs();
    await new Promise<void>((resolve) => void clock.after(2000, resolve));
    const passedMs = clock.nowMs() - startMs;
    // A timer of Node's may be a millisecond early; how late it is, the machine decides.
    assert.ok(passedMs >= 1900, `${passedMs}`);
  });

  it("slows down as well", async () => {
    const clock = new VirtualClock(0.1);
    const startMs = performance.now();
    await new Promise<void>((resolve) => void clock.after(2, resolve));
    assert.ok(performance.now() - startMs >= 19);
  });

  it("fires in the order of the delays", async () => {
    const clock = new VirtualClock(100);
    const fired: string[] = [];
    clock.after(2000, () => fired.push("late"));
    clock.after(500, () => fired.push("early"));
    while (fired.length < 2) await sleep(1);
    assert.deepEqual(fired, ["early", "late"]);
  });

  it("fires nothing that was cancelled, and ignores handles that it does not know", async () => {
    const clock = new VirtualClock(100);
    const fired: string[] = [];
    const handle = clock.after(500, () => fired.push("cancelled"));
    clock.after(500, () => fired.push("kept"));
    clock.cancel(handle);
    clock.cancel(handle);
    clock.cancel(4711);
    while (fired.length < 1) await sleep(1);
    assert.deepEqual(fired, ["kept"]);
  });

  it("stops for good: what waits and what is asked for later", async () => {
    const clock = new VirtualClock(100);
    const fired: string[] = [];
    clock.after(500, () => fired.push("waiting"));
    clock.stop();
    clock.after(500, () => fired.push("later"));
    await sleep(20);
    assert.deepEqual(fired, []);
  });

  it("gives each timer a handle of its own, and none is 0, which means none on the board", () => {
    const clock = new VirtualClock(100);
    const handles = [1, 2, 3].map(() => clock.after(1000, () => {}));
    clock.stop();
    assert.equal(new Set(handles).size, 3);
    assert.ok(!handles.includes(0));
  });
});
