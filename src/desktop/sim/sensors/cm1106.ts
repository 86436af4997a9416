// A simulated Cubic CM1106 on its UART, after its specification (CM1106-C V0.5, UART communication protocol) and,
// for the error frames, AirMeter.IO's notes on Cubic's sensors: command 11 LEN CMD DATA… CS, answer 16 LEN CMD DATA… CS,
// error 06 02 CMD CODE CS. The 550 ppm while warming up are from its I2C protocol. Written from the documents, not
// from the driver.

import { sumOf } from "../../sensors/checks.js";
import type { Wire } from "../wire.js";
import type { FaultName } from "./faults.js";
import type { Framing } from "./frame-finder.js";
import { MeasuredAir } from "./measured-air.js";
import { type Answer, attachSensor, type SerialSensor } from "./serial-line.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

const START = 0x11;
const ACCEPTED = 0x16;
const REFUSED = 0x06;
/** Start, length and check around what the length counts. */
const FRAME_BYTES = 3;
/** The longest command, to set the automatic baseline. */
const MOST_COUNTED = 7;
const MOST_PPM = 5000;
/** The two bytes around the settings of the automatic baseline. */
const ABC_MARGIN = 100;
const LONGEST_CYCLE_DAYS = 15;
const SOFTWARE = "CM V0.0.20\0";
const SERIAL = Buffer.from("00000c9612e40191007b", "hex");

const Command = {
  read: 0x01,
  calibrate: 0x03,
  getAbc: 0x0f,
  setAbc: 0x10,
  software: 0x1e,
  serial: 0x1f,
} as const;

const Refusal = { check: 1, command: 2, length: 3, range: 4 } as const;

/** How many bytes follow each command. */
const DATA_BYTES: ReadonlyMap<number, number> = new Map([
  [Command.read, 0],
  [Command.calibrate, 2],
  [Command.getAbc, 0],
  [Command.setAbc, 6],
  [Command.software, 0],
  [Command.serial, 0],
]);

/** "Time to first reading". */
const WARM_UP = { warmUpMs: 30_000, plateauPpm: 550 };

function frameOf(start: number, command: number, data: Uint8Array): Buffer {
  const body = Buffer.from([start, data.length + 1, command, ...data]);
  return Buffer.concat([body, Buffer.from([-sumOf(body) & 0xff])]);
}

const FRAMING: Framing = {
  frameBytes(head) {
    if (head[0] !== START) return 0;
    if (head.length < 2) return undefined;
    const isCount = head[1] >= 1 && head[1] <= MOST_COUNTED;
    return isCount ? head[1] + FRAME_BYTES : 0;
  },
  // One with a wrong check gets an answer too: an error.
  isFrame: () => true,
};

interface Abc {
  readonly isOff: number;
  readonly cycleDays: number;
  readonly basePpm: number;
}

class Cm1106 implements SerialSensor, Twin {
  readonly framing = FRAMING;
  private readonly air: MeasuredAir;
  private readonly eeprom = new Eeprom<Abc>({ isOff: 0, cycleDays: 7, basePpm: 400 });

  constructor(options: TwinOptions) {
    this.air = new MeasuredAir(options, WARM_UP);
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  reboot(): void {
    this.air.reboot();
  }

  obey(frame: Buffer): Answer {
    const command = frame[2];
    const data = frame.subarray(3, -1);
    const refusal = this.refusalOf(frame, command, data);
    if (refusal !== undefined) return () => frameOf(REFUSED, command, Buffer.from([refusal]));
    this.change(command, data);
    return (fault) =>
      // No code of the list says "out of order"; of those it has, this one fits every command.
      fault === "error"
        ? frameOf(REFUSED, command, Buffer.from([Refusal.range]))
        : frameOf(ACCEPTED, command, this.dataOf(command, fault));
  }

  private refusalOf(frame: Buffer, command: number, data: Buffer): number | undefined {
    if (sumOf(frame) !== 0) return Refusal.check;
    const expected = DATA_BYTES.get(command);
    if (expected === undefined) return Refusal.command;
    if (data.length !== expected) return Refusal.length;
    return this.isInRange(command, data) ? undefined : Refusal.range;
  }

  private isInRange(command: number, data: Buffer): boolean {
    if (command === Command.calibrate) return this.isBase(data.readUInt16BE(0));
    if (command !== Command.setAbc) return true;
    const isCycle = data[2] >= 1 && data[2] <= LONGEST_CYCLE_DAYS;
    return isCycle && this.isBase(data.readUInt16BE(3));
  }

  private isBase(ppm: number): boolean {
    return ppm >= 400 && ppm <= 1500;
  }

  private change(command: number, data: Buffer): void {
    if (command === Command.calibrate) {
      this.air.calibrateTo(data.readUInt16BE(0));
      this.eeprom.write({});
    }
    if (command !== Command.setAbc) return;
    this.eeprom.write({ isOff: data[1], cycleDays: data[2], basePpm: data.readUInt16BE(3) });
  }

  private dataOf(command: number, fault: FaultName | undefined): Buffer {
    if (command === Command.read) return this.reading(fault);
    if (command === Command.getAbc) return this.abc();
    if (command === Command.software) return Buffer.from(SOFTWARE, "latin1");
    return command === Command.serial ? SERIAL : Buffer.alloc(0);
  }

  /** Concentration, then two bytes that are reserved. */
  private reading(fault: FaultName | undefined): Buffer {
    const data = Buffer.alloc(4);
    data.writeUInt16BE(Math.min(Math.round(this.air.ppm(fault)), MOST_PPM));
    return data;
  }

  private abc(): Buffer {
    const { isOff, cycleDays, basePpm } = this.eeprom.read();
    const data = Buffer.from([ABC_MARGIN, isOff, cycleDays, 0, 0, ABC_MARGIN]);
    data.writeUInt16BE(basePpm, 3);
    return data;
  }
}

/** Connects a sensor to the wire (9600 baud, 8N1). */
export function attachCm1106(wire: Wire, options: TwinOptions): Twin {
  return attachSensor(wire, new Cm1106(options), faultsOf(options));
}
