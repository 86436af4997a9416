// Simulated SenseAir sensors after "Modbus on Senseair S8" (TDE2067) and, for the K30, CO2Meter's AN102 and
// AN123: Modbus RTU, 9600 baud, any sensor at address 0xFE. How long they warm up, and what they say meanwhile, is not in those:
// 0 ppm here, as before the first measurement. Written from the documents, not from the driver.

import type { Wire } from "../wire.js";
import type { FaultName } from "./faults.js";
import type { Framing } from "./frame-finder.js";
import { MeasuredAir } from "./measured-air.js";
import {
  dataAnswer,
  exceptionAnswer,
  ModbusException,
  ModbusFunction,
  modbusFraming,
  readAnswer,
  writeAnswer,
} from "./modbus-server.js";
import { type Answer, attachSensor, type SerialSensor } from "./serial-line.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

const ANY_SENSOR = 0xfe;
const MOST_COUNTS = 0x7fff;

/** Input registers, by address; IR1 is at 0. */
const Input = {
  meterStatus: 0x00,
  alarmStatus: 0x01,
  outputStatus: 0x02,
  co2: 0x03,
  pwm: 0x15,
  typeHigh: 0x19,
  typeLow: 0x1a,
  mapVersion: 0x1b,
  firmware: 0x1c,
  serialHigh: 0x1d,
  serialLow: 0x1e,
} as const;

/** Holding registers, by address; HR1 is at 0. */
const Holding = { acknowledgement: 0x00, command: 0x01, abcPeriodH: 0x1f } as const;

const FATAL_ERROR = 0x0001;
const LONGEST_ABC_PERIOD_H = 4800;
const USUAL_ABC_PERIOD_H = 180;
/** One measurement: only after it a calibration is done. */
const MEASUREMENT_MS = 4000;

/** What is written to HR2, to which concentration it calibrates, and the bit of HR1 that says so. */
const CALIBRATIONS: ReadonlyMap<number, { ppm: number; doneBit: number }> = new Map([
  [0x7c06, { ppm: 400, doneBit: 0x0020 }],
  [0x7c07, { ppm: 0, doneBit: 0x0040 }],
]);

export interface SenseairModel {
  /** Besides the one that any sensor has. */
  readonly address?: number;
  /** ppm in one count of the CO2 register. */
  readonly scale: number;
  readonly warmUpMs: number;
  /** Where its memory keeps the CO2, if it can be read. */
  readonly co2RamAddress?: number;
}

export const SENSEAIR_S8: SenseairModel = { scale: 1, warmUpMs: 30_000 };
export const K30: SenseairModel = {
  address: 0x68,
  scale: 1,
  warmUpMs: 60_000,
  co2RamAddress: 0x08,
};
/** The version up to 3 %. */
export const K30_3_PERCENT: SenseairModel = { ...K30, scale: 3 };

const IDENTITY: ReadonlyMap<number, number> = new Map([
  [Input.alarmStatus, 0],
  [Input.outputStatus, 0],
  [Input.typeHigh, 0x0001],
  [Input.typeLow, 0x0e01],
  [Input.mapVersion, 0x0001],
  [Input.firmware, 0x0160],
  [Input.serialHigh, 0x0452],
  [Input.serialLow, 0x9f1c],
]);

class Senseair implements SerialSensor, Twin {
  readonly framing: Framing;
  private readonly air: MeasuredAir;
  private readonly eeprom = new Eeprom({ abcPeriodH: USUAL_ABC_PERIOD_H });
  private doneBits = 0;
  private doneAtMs = 0;

  constructor(
    private readonly options: TwinOptions,
    private readonly model: SenseairModel,
  ) {
    this.air = new MeasuredAir(options, { warmUpMs: model.warmUpMs, plateauPpm: 0 });
    this.framing = modbusFraming([ANY_SENSOR, model.address ?? ANY_SENSOR]);
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  reboot(): void {
    this.air.reboot();
    this.doneBits = 0;
  }

  obey(request: Buffer): Answer {
    switch (request[1]) {
      case ModbusFunction.readInput:
        return (fault) => readAnswer(request, (address) => this.input(address, fault));
      case ModbusFunction.readHolding:
        return () => readAnswer(request, (address) => this.holding(address));
      case ModbusFunction.writeHolding:
        return this.write(request);
      case ModbusFunction.readRam:
        return (fault) => this.ramAnswer(request, fault);
      default:
        return () => exceptionAnswer(request, ModbusException.illegalFunction);
    }
  }

  private counts(fault: FaultName | undefined): number {
    return Math.min(Math.round(this.air.ppm(fault) / this.model.scale), MOST_COUNTS);
  }

  private input(address: number, fault: FaultName | undefined): number | undefined {
    if (address === Input.meterStatus) return fault === "error" ? FATAL_ERROR : 0;
    if (address === Input.co2) return this.counts(fault);
    // Full scale of the output is 2,000 ppm, in 14 bits.
    if (address === Input.pwm)
      return Math.min(Math.round((this.counts(fault) * 0x3fff) / 2000), 0x3fff);
    return IDENTITY.get(address);
  }

  private holding(address: number): number | undefined {
    const isDone = this.options.clock.nowMs() >= this.doneAtMs;
    if (address === Holding.acknowledgement) return isDone ? this.doneBits : 0;
    if (address === Holding.command) return 0;
    return address === Holding.abcPeriodH ? this.eeprom.read().abcPeriodH : undefined;
  }

  private write(request: Buffer): Answer {
    const exception = this.change(request.readUInt16BE(2), request.readUInt16BE(4));
    return () => writeAnswer(request, exception);
  }

  /** Returns the exception, if any. */
  private change(address: number, value: number): number | undefined {
    if (address === Holding.command) return this.calibrate(value);
    if (address === Holding.abcPeriodH) return this.changeAbc(value);
    if (address !== Holding.acknowledgement) return ModbusException.illegalAddress;
    this.doneBits = value;
    return undefined;
  }

  private changeAbc(abcPeriodH: number): number | undefined {
    if (abcPeriodH > LONGEST_ABC_PERIOD_H) return ModbusException.illegalValue;
    this.eeprom.write({ abcPeriodH });
    return undefined;
  }

  private calibrate(command: number): number | undefined {
    const calibration = CALIBRATIONS.get(command);
    if (!calibration) return ModbusException.illegalValue;
    this.air.calibrateTo(calibration.ppm);
    this.eeprom.write({});
    this.doneBits |= calibration.doneBit;
    this.doneAtMs = this.options.clock.nowMs() + MEASUREMENT_MS;
    return undefined;
  }

  private ramAnswer(request: Buffer, fault: FaultName | undefined): Buffer {
    const { co2RamAddress } = this.model;
    if (co2RamAddress === undefined) {
      return exceptionAnswer(request, ModbusException.illegalFunction);
    }
    const isCo2 = request.readUInt16BE(2) === co2RamAddress && request[4] === 2;
    if (!isCo2) return exceptionAnswer(request, ModbusException.illegalAddress);
    const data = Buffer.alloc(2);
    data.writeUInt16BE(this.counts(fault));
    return dataAnswer(request, data);
  }
}

/** Connects an S8, or another model, to the wire (9600 baud, 8N1). */
export function attachSenseairS8(wire: Wire, options: TwinOptions, model = SENSEAIR_S8): Twin {
  return attachSensor(wire, new Senseair(options, model), faultsOf(options));
}
