// The simulated MH-Z19 against frames of the manual and of real sensors (test/vectors/co2-frames.json).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { attachMhz19 } from "../../../../src/desktop/sim/sensors/mhz19.js";
import { VirtualClock } from "../../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../../src/desktop/sim/wire.js";

interface Frame {
  readonly sensor: string;
  readonly kind: "tx" | "rx";
  readonly hex: string;
  readonly meaning: string;
  readonly checkOk: boolean;
}

const frames = (JSON.parse(readFileSync("test/vectors/co2-frames.json", "utf8")) as Frame[]).filter(
  ({ sensor }) => sensor === "MH-Z",
);
const commands = frames.filter(({ kind }) => kind === "tx");
const answers = frames.filter(({ kind, checkOk }) => kind === "rx" && checkOk);
const bytesOf = ({ hex }: Frame) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const read = bytesOf(commands[0]);

/** What a sensor in air of that concentration answers to these pieces. */
function ask(ppm: number, ...pieces: Buffer[]): Buffer {
  const wire = new Wire();
  const answered: Buffer[] = [];
  wire.onBytesForBoard((bytes) => answered.push(bytes));
  attachMhz19(wire, { curve: () => ppm, clock: new VirtualClock(1), warmUpMs: 0 });
  pieces.forEach((piece) => wire.toSensor(piece));
  return Buffer.concat(answered);
}

describe("simulated MH-Z19", () => {
  it("has frames to be checked against", () => {
    assert.ok(commands[0].meaning === "read CO2" && commands.length > 5 && answers.length > 3);
  });

  for (const frame of answers) {
    it(`answers as the real one does: ${frame.meaning}`, () => {
      const ppm = Number(/^(\d+) ppm/.exec(frame.meaning)?.[1]);
      const answer = ask(ppm, read);
      assert.equal(answer.length, 9);
      assert.ok(answer.subarray(0, 4).equals(bytesOf(frame).subarray(0, 4)));
      // Byte 8 makes the sum of bytes 1 to 8 zero, as it does in the real frame.
      const sumOf = (bytes: Buffer) => bytes.subarray(1).reduce((sum, byte) => sum + byte, 0) % 256;
      assert.deepEqual([sumOf(answer), sumOf(bytesOf(frame))], [0, 0]);
    });
  }

  it("says the temperature in byte 4, 40 higher than it is", () =>
    assert.equal(ask(400, read)[4], 63));

  for (const command of commands.slice(1)) {
    it(`says nothing to another command: ${command.meaning}`, () => {
      assert.equal(ask(400, bytesOf(command)).length, 0);
    });
  }

  it("says nothing to a wrong checksum", () => {
    const wrong = Buffer.from(read);
    wrong[8] ^= 1;
    assert.equal(ask(400, wrong).length, 0);
  });

  for (let at = 1; at < 9; at++) {
    it(`understands a command cut after ${at} bytes`, () => {
      assert.equal(ask(400, read.subarray(0, at), read.subarray(at)).length, 9);
    });
  }

  it("finds commands among other bytes, and answers each", () => {
    const noise = Buffer.from("ff01ff860042", "hex");
    const half = read.subarray(0, 5);
    assert.equal(ask(400, noise, half, read, read, noise, read).length, 27);
  });

  it("rounds, and stays at the end of its range", () => {
    assert.equal(ask(412.5, read).readUInt16BE(2), 413);
    assert.equal(ask(70_000, read).readUInt16BE(2), 10_000);
  });

  it("measures what the air is like at the clock's time", () => {
    const wire = new Wire();
    const seconds: number[] = [];
    const curve = (second: number) => seconds.push(second);
    attachMhz19(wire, { curve, clock: new VirtualClock(100), warmUpMs: 0 });
    wire.toSensor(read);
    assert.ok(seconds[0] >= 0 && seconds[0] < 100);
  });
});
