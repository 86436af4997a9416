// A simulated Winsen MH-Z19B or MH-Z19C, after their user's manuals (B 1.5, C 1.21). Written from the
// manuals, not from the driver, so that each checks the other. Commands 0x7D, 0x9B and 0xA0, which those do
// not list, after revspace.nl/MH-Z19B; 0x8D after the manual of the MH-Z16. No error frame is known.

import { sumOf } from "../../sensors/checks.js";
import type { Wire } from "../wire.js";
import type { FaultName } from "./faults.js";
import type { Framing } from "./frame-finder.js";
import { MeasuredAir } from "./measured-air.js";
import { type Answer, attachSensor, type SerialSensor } from "./serial-line.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

const COMMAND_BYTES = 9;
const START = 0xff;
const SENSOR_NUMBER = 0x01;
const ROOM_TEMPERATURE_C = 23;
const TEMPERATURE_OFFSET = 40;
const ABC_ON = 0xa0;
const ZERO_POINT_PPM = 400;
const FIRMWARE = "0443";
/** Above the widest range that it is sold with it goes on saying the end of it. */
const MOST_PPM = 10_000;

const Command = {
  setAbc: 0x79,
  getAbc: 0x7d,
  read: 0x86,
  calibrateZero: 0x87,
  calibrateSpan: 0x88,
  reset: 0x8d,
  setRange: 0x99,
  getRange: 0x9b,
  firmware: 0xa0,
} as const;

/** Both manuals, "Main parameters"; the number that they say meanwhile is from users. */
export const MHZ19B_WARM_UP = { warmUpMs: 180_000, plateauPpm: 410 };
export const MHZ19C_WARM_UP = { warmUpMs: 150_000, plateauPpm: 410 };

/** All but the first byte, and their sum's two's complement as the last. */
const isChecked = (frame: Buffer) => sumOf(frame.subarray(1)) === 0;

const FRAMING: Framing = {
  frameBytes: (head) => (head[0] === START ? COMMAND_BYTES : 0),
  isFrame: (frame) => frame[1] === SENSOR_NUMBER && isChecked(frame),
};

function answerFrame(command: number, fill: (frame: Buffer) => void): Buffer {
  const frame = Buffer.alloc(COMMAND_BYTES);
  frame[0] = START;
  frame[1] = command;
  fill(frame);
  frame[8] = -sumOf(frame.subarray(1, 8)) & 0xff;
  return frame;
}

class Mhz19 implements SerialSensor, Twin {
  readonly framing = FRAMING;
  private readonly air: MeasuredAir;
  private readonly eeprom = new Eeprom({ hasAbc: true, rangePpm: MOST_PPM });

  constructor(options: TwinOptions, warmUp: typeof MHZ19B_WARM_UP) {
    this.air = new MeasuredAir(options, warmUp);
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  reboot(): void {
    this.air.reboot();
  }

  obey(frame: Buffer): Answer | undefined {
    const command = frame[2];
    const { hasAbc, rangePpm } = this.eeprom.read();
    const say = (fill: (frame: Buffer) => void) => () => answerFrame(command, fill);
    switch (command) {
      case Command.read:
        return (fault) => this.reading(fault);
      case Command.getAbc:
        return say((answer) => (answer[7] = hasAbc ? 1 : 0));
      case Command.getRange:
        return say((answer) => answer.writeUInt16BE(rangePpm, 4));
      case Command.firmware:
        return say((answer) => answer.write(FIRMWARE, 2, "latin1"));
      default:
        this.change(command, frame);
        return undefined;
    }
  }

  private reading(fault: FaultName | undefined): Buffer {
    const ppm = Math.min(Math.round(this.air.ppm(fault)), this.eeprom.read().rangePpm);
    return answerFrame(Command.read, (frame) => {
      frame.writeUInt16BE(ppm, 2);
      frame[4] = ROOM_TEMPERATURE_C + TEMPERATURE_OFFSET;
    });
  }

  /** These get no answer, nor do commands that it does not know. */
  private change(command: number, frame: Buffer): void {
    if (command === Command.setAbc) this.eeprom.write({ hasAbc: frame[3] === ABC_ON });
    if (command === Command.setRange) this.eeprom.write({ rangePpm: frame.readUInt16BE(6) });
    if (command === Command.calibrateZero) this.calibrate(ZERO_POINT_PPM);
    if (command === Command.calibrateSpan) this.calibrate(frame.readUInt16BE(3));
    if (command === Command.reset) this.reboot();
  }

  private calibrate(ppm: number): void {
    this.air.calibrateTo(ppm);
    this.eeprom.write({});
  }
}

/** Connects a sensor to the wire (9600 baud, 8N1); an MH-Z19B unless the warm-up is another's. */
export function attachMhz19(wire: Wire, options: TwinOptions, warmUp = MHZ19B_WARM_UP): Twin {
  return attachSensor(wire, new Mhz19(options, warmUp), faultsOf(options));
}
