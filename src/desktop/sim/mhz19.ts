// A simulated Winsen MH-Z19B, after its user's manual (v1.6): answers command 0x86 with the
// concentration. Written from the manual, not from the driver, so that each checks the other.

import type { Co2Curve } from "./co2-curve.js";
import type { BoardClock } from "./virtual-clock.js";
import type { Wire } from "./wire.js";

const COMMAND_BYTES = 9;
const START = 0xff;
const SENSOR_NUMBER = 0x01;
const READ_CONCENTRATION = 0x86;
const ROOM_TEMPERATURE_C = 23;
const TEMPERATURE_OFFSET = 40;
/** Above the widest range that it is sold with it goes on saying the end of it. */
const MOST_PPM = 10_000;

/** The checksum of bytes 1 to 7: their sum's two's complement. */
function checksum(frame: Buffer): number {
  const sum = frame.subarray(1, 8).reduce((total, byte) => total + byte, 0);
  return -sum & 0xff;
}

function answerFrame(ppm: number): Buffer {
  const frame = Buffer.alloc(COMMAND_BYTES);
  frame[0] = START;
  frame[1] = READ_CONCENTRATION;
  frame.writeUInt16BE(Math.min(Math.round(ppm), MOST_PPM), 2);
  frame[4] = ROOM_TEMPERATURE_C + TEMPERATURE_OFFSET;
  frame[8] = checksum(frame);
  return frame;
}

function isReadCommand(frame: Buffer): boolean {
  const isForSensor = frame[0] === START && frame[1] === SENSOR_NUMBER;
  return isForSensor && frame[2] === READ_CONCENTRATION && frame[8] === checksum(frame);
}

/** Connects a sensor to the wire. */
export function attachMhz19(wire: Wire, curve: Co2Curve, clock: BoardClock): void {
  let pending = Buffer.alloc(0);
  wire.onBytesForSensor((bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= COMMAND_BYTES) {
      const isCommand = isReadCommand(pending);
      pending = pending.subarray(isCommand ? COMMAND_BYTES : 1);
      if (isCommand) wire.toBoard(answerFrame(curve(clock.nowMs() / 1000)));
    }
  });
}
