// A simulated Telaire T6713 on its UART, after Amphenol's application note "T67xx CO2 sensor"
// (AAS-916-142A of February 2019): Modbus RTU, 19200 baud, 8E1, address 0x15. Status bits as in NuttX's t67xx.c. Written from
// the documents, not from the driver.

import type { Wire } from "../wire.js";
import type { FaultName } from "./faults.js";
import { MeasuredAir } from "./measured-air.js";
import {
  ModbusException,
  ModbusFunction,
  modbusFraming,
  readAnswer,
  writeAnswer,
} from "./modbus-server.js";
import { type Answer, attachSensor, type SerialSensor } from "./serial-line.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

const ADDRESS = 0x15;
const FIRMWARE = 0x0117;
const MOST_PPM = 5000;

const Input = { firmware: 5001, status: 5002, co2: 5003 } as const;
const Coil = { reset: 1000, calibrate: 1004, abc: 1006 } as const;
const Status = { error: 0x0001, warmUp: 0x0800, calibrating: 0x8000 } as const;

const COIL_ON = 0xff00;
const COIL_OFF = 0;
const OUTDOOR_PPM = 400;
/** "Start single point calibration": some six minutes. */
const CALIBRATION_MS = 360_000;

/** "Power-on sequence": usable after two minutes; 0 ppm before is an assumption. */
const WARM_UP = { warmUpMs: 120_000, plateauPpm: 0 };

class T6713 implements SerialSensor, Twin {
  readonly framing = modbusFraming([ADDRESS]);
  private readonly air: MeasuredAir;
  private readonly eeprom = new Eeprom({ hasAbc: true });
  private calibratedAtMs = 0;

  constructor(private readonly options: TwinOptions) {
    this.air = new MeasuredAir(options, WARM_UP);
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  reboot(): void {
    this.air.reboot();
    this.calibratedAtMs = 0;
  }

  obey(request: Buffer): Answer {
    if (request[1] === ModbusFunction.readInput) {
      return (fault) => readAnswer(request, (address) => this.input(address, fault));
    }
    const exception = this.write(request);
    return () => writeAnswer(request, exception);
  }

  private input(address: number, fault: FaultName | undefined): number | undefined {
    if (address === Input.firmware) return FIRMWARE;
    if (address === Input.status) return this.status(fault);
    if (address === Input.co2) return Math.min(Math.round(this.air.ppm(fault)), MOST_PPM);
    return undefined;
  }

  private status(fault: FaultName | undefined): number {
    const isWarm = this.air.isWarm() && fault !== "plateau";
    const isCalibrating = this.options.clock.nowMs() < this.calibratedAtMs;
    return (
      (fault === "error" ? Status.error : 0) |
      (isWarm ? 0 : Status.warmUp) |
      (isCalibrating ? Status.calibrating : 0)
    );
  }

  /** Returns the exception, if any. */
  private write(request: Buffer): number | undefined {
    if (request[1] !== ModbusFunction.writeCoil) return ModbusException.illegalFunction;
    const value = request.readUInt16BE(4);
    if (value !== COIL_ON && value !== COIL_OFF) return ModbusException.illegalValue;
    return this.switch(request.readUInt16BE(2), value === COIL_ON);
  }

  private switch(coil: number, isOn: boolean): number | undefined {
    if (coil === Coil.reset && isOn) this.reboot();
    if (coil === Coil.abc) this.eeprom.write({ hasAbc: isOn });
    if (coil === Coil.calibrate) this.calibrate(isOn);
    return ([Coil.reset, Coil.abc, Coil.calibrate] as number[]).includes(coil)
      ? undefined
      : ModbusException.illegalAddress;
  }

  private calibrate(isOn: boolean): void {
    this.calibratedAtMs = isOn ? this.options.clock.nowMs() + CALIBRATION_MS : 0;
    if (!isOn) return;
    this.air.calibrateTo(OUTDOOR_PPM);
    this.eeprom.write({});
  }
}

/** Connects a sensor to the wire (19200 baud, 8E1). */
export function attachT6713(wire: Wire, options: TwinOptions): Twin {
  return attachSensor(wire, new T6713(options), faultsOf(options));
}
